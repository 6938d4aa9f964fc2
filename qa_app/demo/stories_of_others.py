"""What was said on the visits to the other homes: flats, a foyer, a home not yet used, and lodgings."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from qa_app.demo.answers import Said, Shot
from qa_app.demo.plot import Made, Voice

_WILLOW: Final = (
    Made(
        "willow-1", "willow", 70, "officer",
        {
            "O08": "not-applicable",
            "O35": "4",
            "O44": "weak",
            "O48": "no",
            "O53": "all",
            "O54": "most",
            "O60": "first-visit",
            "O64": "suitable",
        },
        level="good",
        young=(
            Voice("inspector2", {
                "Y01": Said("2", "Bins all over the path.", (Shot("outside", "rubbish", "The path"),)),
                "Y02": Said("no", "No lights between the tram and the flats. I would not walk it alone."),
                "Y04": "3",
                "Y06": "cold",
                "Y10": "sort-of",
                "Y16": Said("1", "It says connected. It is not."),
                "Y17": Said("2", "A list of fines on the fridge."),
                "Y20": Said("2", "They opened the door without knocking. With us standing there."),
                "Y21": "no",
                "Y22": "some",
                "Y23": "slow",
                "Y24": Said("mostly", "In the flat yes, on the way home no."),
                "Y26": Said("no", "You would be on your own out here."),
                "Y27": Said("It is quiet and nobody takes your food."),
                "Y28": Said("Staff should knock."),
            }, "fair"),
        ),
    ),
    Made(
        "willow-2", "willow", 2, "officer",
        {
            "O02": "short-notice",
            "O53": Said("some", "One resident would like to talk about somebody who keeps coming to the door."),
            "O24": Said("needs-attention", "Slow drip under the kitchen sink, a bowl is catching it.",
                        (Shot("kitchen", caption="Under the sink is wet"),)),
            "O64": Said("with-actions", "Safe tonight. Fix the drip, and the gas certificate has run out."),
        },
        purpose="concern", form="short", hour=17, shared_after=None, decided_after=None,
    ),
)  # fmt: skip

_HARBOUR: Final = (
    Made(
        "harbour-1", "harbour", 95, "officer2",
        {
            "O27": Said("some", "Droppings behind the washing machine.", reason="Too dark for a photo."),
            "O43": Said("2", "Lorries under the windows from five in the morning."),
            "O32": Said("needs-attention", "The toilet on the first floor runs on after flushing.",
                        (Shot("bathroom", "leak", "Bathroom 2, first floor"),)),
            "O29": Said("needs-attention", "One of three fridges is warm.", reason="Nothing to see on a photo."),
            "O33.Bathroom 3": Said("needs-attention", "The shower head is furred up.",
                                   (Shot("bathroom", caption="Bathroom 3", seed=1),)),
            "O38.Bedroom 6": Said("unchecked", reason="The young person was asleep after a night shift."),
            "O39.Bedroom 6": "unchecked",
            "O40.Bedroom 6": "unchecked",
            "O41.Bedroom 6": "unchecked",
            "O42.Bedroom 6": "unchecked",
            "O44": "weak",
            "O48": "no",
            "O51": "no",
            "O54": "some",
            "O56": Said("no", "Nothing written down about cooking or money."),
            "O60": "first-visit",
            "O61": Said(Decimal(63)),
            "O64": Said("with-actions", "Well run, in a loud place."),
        },
        level="fair", picked={"Y08": ("toilet", "A toilet that never stops running.")},
        young=(
            Voice("inspector3", {
                "Y02": "mostly",
                "Y08": Said("yes", "A toilet that never stops."),
                "Y13": "nobody-offered",
                "Y19": "mostly",
                "Y26": Said("yes-if", "If I had earplugs."),
                "Y27": Said("There is always somebody at the desk, even at night."),
                "Y28": Said("Thicker windows."),
            }, "fair"),
        ),
    ),
    Made(
        "harbour-2", "harbour", 33, "officer",
        {
            "O02": "unannounced",
            "O46": Said("2", "The house rules are a page of capital letters.",
                        (Shot("wall", caption="Where the rules hang (no names)", seed=2),)),
            "O54": "most",
            "O60": "all",
        },
        is_announced=False, hour=18,
        young=(
            Voice("inspector2", {
                "Y05": Said("4", "", (Shot("living-room", caption="Table football!", seed=2),)),
                "Y17": Said("2", "ALL IN CAPITALS. Like being shouted at."),
                "Y26": "yes",
                "Y27": Said("Table football."),
                "Y28": Said("Write the rules like you are talking to a person."),
            }, "good"),
        ),
    ),
    Made(
        "harbour-3", "harbour", 24, "officer2",
        {
            "O02": "short-notice",
            "O23": Said("unchecked", reason="The plant room was locked."),
            "O32": Said("unchecked", reason="Being cleaned."),
            "O37": Said("unchecked", reason="Residents were asleep."),
            "O38": Said("unchecked", reason="Residents were asleep."),
            "O53": "not-asked",
            "O64": "suitable",
        },
        purpose="drop-in", form="short", hour=19, shared_after=None, received_after=18,
    ),
)  # fmt: skip

_ROWAN: Final = (
    Made(
        "rowan-1", "rowan", 8, "officer2",
        {
            "O03": Said("no", "No location assessment has been made yet."),
            "O12": Said("not-applicable", "All electric."),
            "O06": "needs-attention",
            "O17": "no",
            "O21": Said("needs-attention", "A socket in Bedroom 3 hangs off the wall.",
                        (Shot("bedroom", "loose-socket", "Bedroom 3, beside the bed"),)),
            "O39.Bedroom 2": Said("needs-attention", "No mattress yet.", (Shot("bedroom", caption="Bedroom 2", seed=2),)),
            "O47": "no",
            "O62": Said("no", "No location assessment."),
            "O64": Said("not-suitable", "Not yet: first the socket, the papers and a mattress. Then we come again."),
        },
        purpose="before-first-use", form="before-first-use", told=(("Tamarind Row on-call", "phone"),),
        shared_after=1, decided_after=0,
    ),
)  # fmt: skip

_FERN: Final = (
    Made(
        "fern-1", "fern", 50, "officer2",
        {
            "O42.Bedroom 1": Said("5", "A shelf full of football stickers.", (Shot("bedroom", caption="A home", seed=2),)),
            "O52": Said(Decimal(1)),
            "O63": "no",
            "O64": "suitable",
        },
        purpose="staying-put", form="staying-put", hour=16,
    ),
)  # fmt: skip

MADE: Final = (*_WILLOW, *_HARBOUR, *_ROWAN, *_FERN)
