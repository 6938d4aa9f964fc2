"""Photos for the demonstration, drawn by program: rooms, doors and what may be wrong with them. Nobody's home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from qa_app.demo import drawn_details, drawn_faults, drawn_rooms
from qa_app.demo.drawing_tools import Pen
from qa_app.demo.drawn_rooms import WALLS

ROOMS: Final[dict[str, Callable[[Pen], None]]] = {
    "bedroom": drawn_rooms.bedroom,
    "kitchen": drawn_rooms.kitchen,
    "bathroom": drawn_rooms.bathroom,
    "living-room": drawn_rooms.living_room,
    "hall": drawn_rooms.hall,
    "door": drawn_details.door,
    "fire-door": drawn_details.fire_door,
    "window": drawn_details.window,
    "wall": drawn_details.bare_wall,
    "outside": drawn_details.outside,
    "meters": drawn_details.meters,
    # kinds of room that look like another from the door
    "toilet": drawn_rooms.bathroom,
    "laundry": drawn_rooms.kitchen,
    "office": drawn_rooms.living_room,
    "garden": drawn_details.outside,
    "other": drawn_details.bare_wall,
}

FAULTS: Final[dict[str, Callable[[Pen, str], None]]] = {
    "broken-lock": drawn_faults.broken_lock,
    "mould": drawn_faults.mould,
    "damp": drawn_faults.damp,
    "leak": drawn_faults.leak,
    "broken-window": drawn_faults.broken_window,
    "propped-open": drawn_faults.propped_open,
    "no-closer": drawn_faults.no_closer,
    "loose-socket": drawn_faults.loose_socket,
    "no-smoke-alarm": drawn_faults.no_smoke_alarm,
    "rubbish": drawn_faults.rubbish,
    "crack": drawn_faults.cracked_plaster,
}


def room_photo(kind: str, fault: str | None = None, seed: int = 0) -> bytes:
    """Return a JPEG of 1600 by 1200 pixels, under 300 kB, of a kind of room and perhaps a fault in it.

    The same arguments draw the same bytes. ``KeyError`` for a kind or fault that is not in ``ROOMS`` or ``FAULTS``.
    A broken lock, a propped door and a missing closer are drawn on a door, whatever the room.
    """
    draw_room = ROOMS[kind]
    draw_fault = FAULTS[fault] if fault else None
    if fault == "broken-lock" and kind not in {"door", "fire-door"}:
        kind, draw_room = "door", drawn_details.door
    elif fault in {"propped-open", "no-closer"}:
        kind, draw_room = "fire-door", drawn_details.fire_door
    elif fault == "broken-window":
        kind, draw_room = "window", drawn_details.window
    name = f"{kind}/{seed}"
    pen = Pen(WALLS[sum(name.encode()) % len(WALLS)], name)
    draw_room(pen)
    if draw_fault is not None:
        draw_fault(pen, kind)
    return pen.photograph(light=(0.35 + 0.3 * pen.chance.random(), 0.4))
