"""What became of the repairs and actions of the last four months: claimed fixed, confirmed, refused, disputed."""

from __future__ import annotations

from typing import Final

from qa_app.demo.plot import Asked, Repair, Step

REPAIRS: Final = (
    Repair("maple-1", "damp.vent", (
        Step(2, "provider", "acknowledged", "Our electrician is booked."),
        Step(7, "provider", "claimed-fixed", "New fan fitted."),
        Step(13, "officer", "closed", "A resident sent a photo: it holds a sheet of paper."),
    )),
    Repair("cedar-1", "electrics.light", (
        Step(2, "provider", "claimed-fixed", "New bulb and starter."),
        Step(4, "officer", "closed", "Seen working."),
    )),
    Repair("cedar-1", "fire.door", (
        Step(2, "provider", "acknowledged"),
        Step(2, "provider", "scheduled", "The carpenter comes.", hour=15, in_days=2),
        Step(5, "provider", "claimed-fixed", "New closer fitted."),
        Step(24, "officer2", "closed", "Closes on its own."),
    )),
    Repair("cedar-1", "fire.test", (
        Step(2, "provider", "claimed-fixed", "The log is up to date again."),
        Step(24, "officer2", "closed", "Log seen."),
    )),
    Repair("cedar-1", "internet", (
        Step(4, "provider", "disputed", "The contract does not say that Wi-Fi must reach the rooms."),
        Step(12, "monitor", "open", "It does: free of charge, in every bedroom."),
        Step(18, "provider", "scheduled", "Two more boxes are on order.", in_days=14),
        Step(76, "provider", "claimed-fixed", "Both boxes are in."),
    )),
    Repair("cedar-1", "appliance", (
        Step(3, "provider", "claimed-fixed", "New igniter."),
        Step(24, "officer2", "closed", "All four rings light."),
    )),
    Repair("cedar-1", "info", (
        Step(6, "provider", "claimed-fixed", "Posters are up."),
        Step(24, "officer2", "closed", "Posters seen, residents know the number."),
    )),
    Repair("juniper-1", "bathroom", (
        Step(4, "provider", "claimed-fixed", "Sealed again."),
    ), room="Bathroom 1"),
    Repair("juniper-1", "damp", (
        Step(3, "provider", "acknowledged"),
        Step(6, "provider", "claimed-fixed", "Cleaned and painted with stain block."),
    )),
    Repair("juniper-2", "damp", (
        Step(3, "provider", "scheduled", "A surveyor is coming.", in_days=12),
        Step(41, "officer", "comment", "The surveyor has not been. I rang the repairs desk again."),
    )),
    Repair("alder-1", "doors.lock", (
        Step(0, "provider", "acknowledged", "Locksmith called out.", hour=21),
        Step(1, "provider", "safe", "A bolt on the inside until the new lock is here."),
        Step(9, "provider", "claimed-fixed", "New lock."),
    ), room="Bedroom 2"),
    Repair("alder-1", "doors.lock", (
        Step(0, "provider", "acknowledged", "Locksmith called out.", hour=21),
        Step(2, "provider", "safe", "A bolt on the inside."),
        Step(9, "provider", "claimed-fixed", "New lock."),
    ), room="Bedroom 5"),
    Repair("alder-2", "doors.lock", (
        Step(4, "provider", "scheduled", "A joiner comes for the frame.", in_days=5),
    ), room="Bedroom 5"),
    Repair("alder-1", "windows", (
        Step(2, "provider", "claimed-fixed", "Restrictor fitted."),
    )),
    Repair("willow-1", "info", (
        Step(4, "provider", "claimed-fixed", "Cards are up by the door."),
    )),
    Repair("willow-1", "heating", (
        Step(2, "provider", "scheduled", "The engineer comes.", in_days=1),
        Step(8, "provider", "claimed-fixed", "Boiler serviced, pressure was low."),
        Step(10, "officer", "closed", "A resident says it is warm."),
    )),
    Repair("willow-1", "internet", (
        Step(5, "provider", "scheduled", "A new line is ordered.", in_days=60),
    )),
    Repair("harbour-1", "appliance", (
        Step(3, "provider2", "claimed-fixed", "New fridge delivered."),
        Step(15, "officer2", "closed", "Cold."),
    )),
    Repair("harbour-1", "bathroom", (
        Step(6, "provider2", "claimed-fixed", "New shower head."),
        Step(15, "officer2", "closed", "Good flow."),
    ), room="Bathroom 3"),
    Repair("harbour-1", "pests", (
        Step(2, "provider2", "scheduled", "Pest control is booked.", in_days=1),
        Step(4, "provider2", "claimed-fixed", "Holes filled, no new signs for two days."),
        Step(15, "officer2", "closed", "No signs behind the machines."),
    )),
    Repair("harbour-1", "toilet", (
        Step(2, "provider2", "claimed-fixed", "New float valve."),
        Step(15, "officer2", "closed", "Quiet."),
    )),
    Repair("harbour-1", "structure.noise", (
        Step(3, "provider2", "scheduled", "Quotes for thicker windows.", in_days=100),
    )),
    Repair("harbour-2", "info", (
        Step(3, "provider2", "disputed", "The residents wrote these rules themselves."),
    )),
    Repair("rowan-1", "electrics", (
        Step(0, "provider2", "safe", "Power to the room is off.", hour=16),
        Step(1, "provider2", "acknowledged", hour=9),
        Step(5, "provider2", "claimed-fixed", "Socket replaced, certificate attached."),
    )),
)  # fmt: skip

ACTIONS: Final = (
    Asked("harbour-1", "O56", 9, "provider2", "answer", "Cooking is on Tuesdays and money on Fridays, from next week."),
    Asked("harbour-1", "O56", 22, "officer2", "done", "A plan for each resident seen, and three weeks of notes."),
    Asked("harbour-1", "O51", 22, "officer2", "done", "Log and certificates of checks seen."),
    Asked("cedar-1", "O51", 24, "officer2", "done", "The log lies in the hall now."),
    Asked("cedar-1", "O55", 30, "officer", "done", "Keywork notes of four weeks seen."),
    Asked("cedar-1", "O56", 6, "provider", "answer", "We are writing a plan with each resident."),
)  # fmt: skip
