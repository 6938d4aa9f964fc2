"""Doors, windows, walls and fronts, as a camera sees them from close by when nothing is wrong."""

from __future__ import annotations

from qa_app.demo.drawing_tools import Pen, shade
from qa_app.demo.drawn_rooms import (
    BRASS,
    DARK,
    GLASS,
    STEEL,
    WHITE,
    WOODS,
    draw_radiator,
    draw_socket,
    draw_window,
)


def door(pen: Pen) -> None:
    """Draw a bedroom door from close by, with its handle and lock."""
    wood = pen.chance.choice((WHITE, *WOODS))
    pen.box(0, 0, 1600, 1200, shade(pen.wall, 1.02), bottom=shade(pen.wall, 0.85))
    pen.box(300, 0, 1340, 1200, shade(WHITE, 0.9))
    pen.box(360, 0, 1280, 1200, shade(wood, 1.02), bottom=shade(wood, 0.86))
    for top, low in ((-60, 420), (500, 1260)):
        pen.box(470, top, 830, low, shade(wood, 0.86))
        pen.box(484, top, 830, low, shade(wood, 0.97), bottom=shade(wood, 0.88))
    pen.line([(1280, 0), (1280, 1200)], shade(wood, 0.55), 8)
    pen.line([(1340, 0), (1340, 1200)], shade(WHITE, 0.65), 5)
    pen.round_box(1080, 470, 1170, 860, shade(STEEL, 1.1), radius=14)
    pen.round_box(1092, 482, 1158, 848, shade(STEEL, 0.98), radius=10)
    pen.oval(1125, 570, 34, 34, shade(STEEL, 0.8))
    pen.round_box(940, 552, 1130, 590, STEEL, radius=18)
    pen.line([(955, 562), (1110, 562)], shade(STEEL, 1.3), 5)
    pen.oval(1125, 740, 27, 27, BRASS)
    pen.box(1121, 722, 1129, 758, DARK)


def fire_door(pen: Pen) -> None:
    """Draw a fire door with closer, glass and sign, shut."""
    wood = pen.chance.choice(WOODS)
    pen.box(0, 0, 1600, 1200, shade(pen.wall, 1.02), bottom=shade(pen.wall, 0.88))
    pen.polygon(
        [(0, 1080), (1600, 1080), (1600, 1200), (0, 1200)], (126, 118, 112), bottom=(104, 98, 94)
    )
    pen.box(470, 70, 1130, 1080, shade(WHITE, 0.92))
    pen.box(510, 110, 1090, 1080, wood, bottom=shade(wood, 0.8))
    for grain in range(9):
        along = 540 + 62 * grain
        pen.crack([(along, 115), (along + 10, 1075)], shade(wood, 0.93), width=2, roughness=3)
    pen.box(900, 260, 1000, 620, shade(wood, 0.6))
    pen.box(910, 270, 990, 610, (170, 190, 190), bottom=(198, 210, 208))
    for wire in range(4):
        pen.line([(910, 340 + 75 * wire), (990, 340 + 75 * wire)], (130, 140, 140), 2)
    pen.oval(800, 330, 76, 76, (24, 84, 168))
    pen.box(752, 308, 848, 324, WHITE)
    pen.box(764, 336, 836, 350, WHITE)
    pen.round_box(985, 640, 1030, 820, STEEL, radius=10)
    pen.round_box(930, 690, 1012, 714, shade(STEEL, 0.85), radius=12)
    pen.round_box(560, 120, 760, 168, shade(STEEL, 0.9), radius=8)
    pen.line([(720, 130), (860, 86), (930, 92)], shade(STEEL, 0.7), 14)
    pen.box(540, 980, 1060, 1060, STEEL, bottom=shade(STEEL, 0.85))


def window(pen: Pen) -> None:
    """Draw a window from close by."""
    pen.box(0, 0, 1600, 1200, shade(pen.wall, 1.02), bottom=shade(pen.wall, 0.86))
    draw_window(pen, 330, 170, 1270, 880)
    pen.box(330, 170, 1270, 184, shade(WHITE, 0.8))
    pen.round_box(744, 500, 768, 610, shade(WHITE, 0.75), radius=8)
    pen.round_box(250, 932, 1350, 968, WHITE, radius=8)
    draw_radiator(pen, 420, 1010, 1180, 1200)


def bare_wall(pen: Pen) -> None:
    """Draw a wall down to its skirting, with a socket."""
    pen.box(0, 0, 1600, 930, shade(pen.wall, 1.04), bottom=shade(pen.wall, 0.9))
    pen.box(0, 930, 1600, 1010, WHITE, bottom=shade(WHITE, 0.85))
    pen.line([(0, 1010), (1600, 1010)], shade(WHITE, 0.6), 5)
    floor = pen.chance.choice(WOODS)
    pen.box(0, 1012, 1600, 1200, shade(floor, 0.9), bottom=shade(floor, 1.08))
    draw_socket(pen, 1240, 800)


def outside(pen: Pen) -> None:
    """Draw the front of a house: brick, door, window, path and bins."""
    brick = pen.chance.choice(((158, 92, 74), (170, 140, 104), (140, 110, 100)))
    pen.box(0, 0, 1600, 150, (168, 204, 234), bottom=(214, 230, 240))
    pen.box(0, 110, 1600, 950, shade(brick, 0.78))
    for row in range(28):
        for column in range(-1, 17):
            left = 100 * column + (50 if row % 2 else 0)
            tint = 0.9 + 0.2 * pen.chance.random()
            pen.box(left + 2, 112 + 30 * row, left + 97, 139 + 30 * row, shade(brick, tint))
    draw_window(pen, 140, 340, 560, 700)
    pen.box(760, 300, 1080, 950, WHITE)
    pen.box(790, 330, 1050, 950, (40, 74, 110), bottom=(30, 56, 86))
    pen.box(830, 380, 1010, 520, GLASS)
    pen.box(870, 640, 970, 660, BRASS)
    pen.oval(1025, 660, 11, 11, BRASS)
    pen.polygon(
        [(0, 950), (1600, 950), (1600, 1200), (0, 1200)], (128, 146, 96), bottom=(104, 122, 78)
    )
    pen.polygon(
        [(760, 950), (1080, 950), (1240, 1200), (600, 1200)],
        (176, 172, 164),
        bottom=(158, 154, 148),
    )
    for left, colour in ((1200, (60, 64, 66)), (1360, (52, 96, 66))):
        pen.shadow(left - 20, 960, left + 160, 1020)
        pen.polygon(
            [(left, 760), (left + 140, 760), (left + 126, 990), (left + 14, 990)],
            colour,
            bottom=shade(colour, 0.7),
        )
        pen.round_box(left - 8, 736, left + 148, 766, shade(colour, 0.85), radius=10)


def meters(pen: Pen) -> None:
    """Draw a boiler with its pressure gauge, pipes and an electricity meter."""
    pen.box(0, 0, 1600, 1200, shade(pen.wall, 0.98), bottom=shade(pen.wall, 0.82))
    pen.shadow(300, 760, 840, 860)
    pen.round_box(320, 120, 820, 800, WHITE, radius=18)
    pen.box(320, 640, 820, 790, shade(WHITE, 0.88))
    pen.oval(440, 716, 46, 46, (250, 250, 248))
    pen.oval(440, 716, 40, 40, (226, 230, 230))
    pen.line([(440, 716), (466, 694)], (190, 40, 36), 5)
    pen.round_box(560, 690, 760, 742, (40, 54, 50), radius=6)
    pen.oval(520, 716, 14, 14, (70, 170, 90))
    for pipe, colour in (
        (400, (190, 116, 70)),
        (500, (190, 116, 70)),
        (600, STEEL),
        (720, (190, 116, 70)),
    ):
        pen.box(pipe, 800, pipe + 26, 1200, shade(colour, 1.1), bottom=shade(colour, 0.8))
    pen.round_box(1000, 300, 1380, 760, (222, 222, 216), radius=10)
    pen.round_box(1050, 350, 1330, 470, (44, 56, 50), radius=8)
    for digit in range(6):
        pen.box(1070 + 40 * digit, 375, 1098 + 40 * digit, 440, (150, 190, 160))
    for switch in range(6):
        pen.box(1060 + 46 * switch, 560, 1094 + 46 * switch, 650, DARK)
        pen.box(1066 + 46 * switch, 570, 1088 + 46 * switch, 604, WHITE)
