"""What may be wrong, drawn over a room: each takes the pen and the kind of room it lies in."""

from __future__ import annotations

from typing import Final

from qa_app.demo.drawing_tools import Colour, Pen, shade
from qa_app.demo.drawn_rooms import BRASS, DARK, STEEL, WHITE

MOULD: Final[Colour] = (48, 54, 46)
WET: Final[Colour] = (146, 118, 80)
SPLINTER: Final[Colour] = (214, 182, 136)

# Where on the picture walls of that kind grow mould or stains: x, y.
_CORNERS: Final[dict[str, tuple[float, float]]] = {
    "bedroom": (420, 250),
    "kitchen": (300, 330),
    "bathroom": (420, 360),
    "living-room": (900, 250),
    "hall": (430, 260),
    "window": (400, 860),
    "wall": (420, 320),
}
# Where a wall stands free near the floor, and how large a stain looks from there: x, y, scale.
_LOW: Final[dict[str, tuple[float, float, float]]] = {
    "wall": (560, 790, 1.0),
    "window": (200, 900, 0.6),
    "hall": (500, 720, 0.45),
    "bedroom": (1170, 700, 0.35),
    "living-room": (410, 720, 0.35),
    "kitchen": (190, 760, 0.5),
    "bathroom": (1160, 740, 0.4),
}


def mould(pen: Pen, kind: str) -> None:
    """Draw black mould spreading from a corner."""
    x, y = _CORNERS.get(kind, (500, 300))
    pen.stain([(x - 130, y - 80, x + 190, y + 130)], (150, 146, 120), strength=0.45, blur=40)
    pen.specks(x, y, (95, 60), 130, MOULD, size=13)
    pen.specks(x + 60, y + 50, (130, 80), 90, (70, 74, 60), size=7)


def damp(pen: Pen, kind: str) -> None:
    """Draw a tide mark of rising damp and blistered paint."""
    x, y, scale = _LOW.get(kind, (860, 720, 0.5))
    for grow, strength in ((1.0, 0.34), (0.78, 0.3), (0.5, 0.28)):
        across, down = 330 * grow * scale, 150 * grow * scale
        pen.stain(
            [(x - across, y - down, x + across, y + down * 0.9)], WET, strength=strength, blur=16
        )
    for _ in range(16):
        left, top = pen.chance.gauss(x, 130 * scale), pen.chance.gauss(y, 55 * scale)
        size = pen.chance.uniform(12, 38) * scale
        pen.oval(left + 2, top + 3, size, size * 0.6, shade(WET, 0.8))
        pen.oval(left, top, size, size * 0.6, shade(pen.wall, 0.9))


def leak(pen: Pen, kind: str) -> None:
    """Draw a brown ring on the ceiling, drops and a bucket."""
    x = {"bathroom": 560, "bedroom": 1090, "kitchen": 900}.get(kind, 640)
    for grow, strength in ((1.0, 0.5), (0.7, 0.35), (0.45, 0.4)):
        pen.stain(
            [(x - 190 * grow, 95 - 60 * grow, x + 190 * grow, 95 + 60 * grow)],
            WET,
            strength=strength,
            blur=7,
        )
    for drop in range(7):
        top = 170 + 105 * drop
        pen.oval(x + pen.chance.uniform(-5, 5), top, 5, 13, (150, 180, 200))
    pen.shadow(x - 120, 990, x + 120, 1060, strength=0.5)
    pen.polygon(
        [(x - 90, 860), (x + 90, 860), (x + 68, 1030), (x - 68, 1030)],
        (190, 60, 52),
        bottom=(140, 42, 38),
    )
    pen.oval(x, 860, 90, 24, (120, 38, 34))
    pen.oval(x, 866, 76, 17, (140, 170, 186))


def broken_lock(pen: Pen, kind: str) -> None:
    """Draw a lock whose cylinder is gone and a frame split where it was forced."""
    x, y = (1125, 740) if kind == "door" else (1008, 770)
    pen.oval(x, y, 34, 34, shade(STEEL, 0.5))
    pen.oval(x, y, 25, 25, (18, 16, 16))
    pen.crack([(x + 30, y - 20), (x + 20, y + 70)], shade(STEEL, 0.45), width=4, roughness=5)
    edge = 1280 if kind == "door" else 1090
    for start, end in (
        ((edge, y - 210), (edge + 34, y + 40)),
        ((edge + 26, y - 120), (edge - 6, y + 190)),
    ):
        pen.crack([start, end], SPLINTER, width=15, roughness=12)
        pen.crack([start, end], DARK, width=4, roughness=12)
    pen.polygon(
        [(edge - 10, y - 60), (edge + 56, y - 95), (edge + 40, y + 50), (edge - 4, y + 80)],
        SPLINTER,
        bottom=(170, 132, 90),
    )
    pen.crack([(edge + 4, y - 70), (edge + 28, y + 60)], (96, 70, 46), width=4, roughness=7)
    pen.oval(x - 150, 1130, 16, 10, BRASS)
    pen.stain([(x - 60, y - 60, x + 60, y + 90)], (60, 52, 44), strength=0.2, blur=24)


def broken_window(pen: Pen, _kind: str) -> None:
    """Draw a star of cracks and a missing piece of glass."""
    x, y = 1040, 470
    for dx, dy in (
        (200, -260),
        (190, 70),
        (90, 350),
        (-150, 320),
        (-250, 60),
        (-230, -180),
        (-60, -280),
    ):
        pen.crack([(x, y), (x + dx, y + dy)], (244, 250, 252), width=4, roughness=11)
        pen.crack([(x + 3, y + 3), (x + dx, y + dy)], (108, 128, 140), width=2, roughness=11)
    pen.polygon(
        [(x - 40, y - 50), (x + 55, y - 34), (x + 70, y + 44), (x - 4, y + 66), (x - 58, y + 16)],
        (34, 40, 46),
    )
    pen.line([(x - 300, y - 210), (x + 210, y + 330)], (222, 206, 160), 26)
    pen.line([(x - 300, y - 210), (x + 210, y + 330)], (236, 224, 188), 16)


def propped_open(pen: Pen, _kind: str) -> None:
    """Draw the fire door standing open, held by a fire extinguisher."""
    pen.box(510, 110, 1090, 1080, (64, 60, 58), bottom=(38, 36, 36))
    pen.polygon(
        [(600, 700), (1000, 700), (1090, 1080), (510, 1080)], (86, 80, 76), bottom=(66, 62, 60)
    )
    pen.polygon(
        [(510, 110), (700, 40), (700, 1170), (510, 1080)], (150, 110, 74), bottom=(118, 84, 56)
    )
    pen.polygon([(610, 230), (655, 214), (655, 620), (610, 610)], (180, 198, 198))
    pen.round_box(660, 640, 684, 760, STEEL, radius=8)
    pen.shadow(690, 1120, 880, 1180, strength=0.5)
    pen.round_box(716, 860, 828, 1160, (196, 36, 32), radius=34)
    pen.box(734, 940, 810, 1030, WHITE)
    pen.box(754, 820, 790, 868, DARK)
    pen.line([(790, 836), (846, 880), (838, 1010)], DARK, 12)


def no_closer(pen: Pen, _kind: str) -> None:
    """Draw bare screw holes where the door closer was."""
    wood = (150, 112, 78)
    pen.box(548, 112, 780, 176, shade(wood, 1.15), bottom=shade(wood, 1.05))
    pen.box(690, 74, 950, 110, shade(WHITE, 0.92))
    for x, y in ((575, 130), (575, 158), (750, 130), (750, 158), (905, 90), (935, 90)):
        pen.oval(x, y, 7, 7, DARK)
    pen.line([(1090, 112), (1090, 1078)], (20, 18, 18), 16)


def loose_socket(pen: Pen, kind: str) -> None:
    """Draw a double socket hanging off the wall by its wires."""
    x, y = {"wall": (1240, 800), "bedroom": (1160, 740), "living-room": (800, 780)}.get(
        kind, (1120, 720)
    )
    pen.round_box(x - 46, y - 29, x + 46, y + 29, (40, 36, 34), radius=4)
    for dx, colour in ((-16, (140, 82, 44)), (0, (60, 96, 180)), (16, (120, 170, 60))):
        pen.line([(x + dx, y), (x + dx + 12, y + 40), (x + dx + 26, y + 76)], colour, 6)
    pen.polygon(
        [(x - 24, y + 62), (x + 66, y + 84), (x + 54, y + 136), (x - 36, y + 112)],
        WHITE,
        bottom=shade(WHITE, 0.8),
    )
    for dx in (-2, 36):
        pen.box(x + dx - 3, y + 84, x + dx + 3, y + 96, DARK)
    pen.stain([(x - 60, y - 70, x + 50, y + 10)], (30, 24, 20), strength=0.5, blur=14)


def no_smoke_alarm(pen: Pen, kind: str) -> None:
    """Draw the empty bracket of a smoke alarm with its wires."""
    x, y = (
        (800, 120)
        if kind in {"hall", "bedroom", "living-room", "kitchen", "bathroom"}
        else (800, 160)
    )
    pen.oval(x, y, 70, 24, (226, 222, 214))
    pen.oval(x, y, 50, 16, (190, 184, 174))
    pen.oval(x, y, 14, 6, DARK)
    for dx, colour in ((-8, (180, 40, 36)), (4, (40, 40, 44)), (12, (220, 210, 120))):
        pen.line([(x + dx, y), (x + dx * 3, y + 36), (x + dx * 4, y + 56)], colour, 5)


def rubbish(pen: Pen, _kind: str) -> None:
    """Draw black bags and a broken chair left lying."""
    for x, y, size in ((980, 1040, 110), (1130, 1080, 130), (850, 1090, 95), (1040, 1120, 90)):
        pen.shadow(x - size, y + size * 0.5, x + size, y + size * 0.9, strength=0.5)
        pen.oval(x, y, size, size * 0.8, (34, 35, 38))
        pen.stain(
            [(x - size * 0.6, y - size * 0.6, x, y - size * 0.1)],
            (120, 124, 130),
            strength=0.4,
            blur=12,
        )
        pen.polygon(
            [
                (x - 14, y - size * 0.75),
                (x + 14, y - size * 0.75),
                (x + 24, y - size * 1.05),
                (x - 20, y - size),
            ],
            (30, 30, 33),
        )
    pen.line([(620, 1120), (700, 900), (760, 1110)], (140, 98, 62), 18)
    pen.line([(640, 1010), (790, 980)], (160, 116, 76), 22)


def cracked_plaster(pen: Pen, kind: str) -> None:
    """Draw a long crack with plaster fallen off beside it."""
    x, y = {"wall": (700, 60), "bedroom": (640, 200), "hall": (560, 210)}.get(kind, (600, 210))
    path = [(x, y), (x + 60, y + 170), (x + 10, y + 330), (x + 80, y + 520)]
    pen.crack(path, shade(pen.wall, 0.55), width=7, roughness=12)
    pen.crack(path, (60, 54, 50), width=3, roughness=12)
    pen.polygon(
        [(x - 10, y + 300), (x + 66, y + 270), (x + 96, y + 360), (x + 30, y + 410), (x - 26, y + 370)],
        (196, 176, 152), bottom=(176, 154, 128),
    )  # fmt: skip
