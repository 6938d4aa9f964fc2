"""Rooms as a visitor's camera would see them from the door when nothing is wrong."""

from __future__ import annotations

from typing import Final

from qa_app.demo.drawing_tools import Colour, Pen, shade

WALLS: Final[tuple[Colour, ...]] = (
    (226, 220, 206),
    (205, 216, 220),
    (222, 208, 196),
    (211, 219, 203),
    (230, 226, 220),
    (214, 205, 218),
)
CLOTHS: Final[tuple[Colour, ...]] = (
    (63, 92, 140),
    (140, 70, 72),
    (74, 120, 96),
    (110, 84, 130),
    (176, 132, 66),
)
WOODS: Final[tuple[Colour, ...]] = ((168, 124, 82), (136, 98, 66), (190, 156, 116))
WHITE: Final[Colour] = (240, 239, 235)
STEEL: Final[Colour] = (168, 172, 176)
DARK: Final[Colour] = (52, 50, 50)
GLASS: Final[Colour] = (186, 212, 230)
BRASS: Final[Colour] = (190, 158, 86)


def _shell(pen: Pen, floor: Colour, *, has_boards: bool = True) -> None:
    """Draw floor, ceiling and three walls of a room seen from its door."""
    wall = pen.wall
    pen.polygon(
        [(0, 0), (1600, 0), (1250, 190), (350, 190)], (236, 234, 229), bottom=(214, 211, 204)
    )
    pen.polygon(
        [(0, 0), (350, 190), (350, 820), (0, 1200)], shade(wall, 0.82), bottom=shade(wall, 0.7)
    )
    pen.polygon(
        [(1600, 0), (1250, 190), (1250, 820), (1600, 1200)],
        shade(wall, 0.88),
        bottom=shade(wall, 0.74),
    )
    pen.box(350, 190, 1250, 820, shade(wall, 1.03), bottom=shade(wall, 0.9))
    pen.polygon(
        [(350, 820), (1250, 820), (1600, 1200), (0, 1200)],
        shade(floor, 0.85),
        bottom=shade(floor, 1.1),
    )
    if has_boards:
        for step in range(1, 12):
            top, low = 350 + 900 * step / 12, 1600 * step / 12
            pen.line([(top, 820), (low, 1200)], shade(floor, 0.72), 2)
    for low_edge, colour in ((806, WHITE), (820, shade(WHITE, 0.8))):
        pen.line([(350, low_edge), (1250, low_edge)], colour, 10 if colour == WHITE else 3)
    pen.line([(0, 1180), (350, 806)], shade(WHITE, 0.85), 10)
    pen.line([(1600, 1180), (1250, 806)], shade(WHITE, 0.85), 10)


def draw_window(pen: Pen, left: float, top: float, right: float, low: float) -> None:
    """Draw a window of two panes with a sky, a roof and a tree behind it."""
    pen.box(left - 16, top - 16, right + 16, low + 16, WHITE, bottom=shade(WHITE, 0.86))
    pen.box(left, top, right, low, (168, 205, 235), bottom=(222, 234, 240))
    middle, down = (left + right) / 2, low - top
    pen.box(left, low - down * 0.3, right, low, (150, 112, 98), bottom=(126, 92, 80))
    pen.polygon(
        [
            (left, low - down * 0.3),
            (left + (right - left) * 0.3, low - down * 0.48),
            (middle, low - down * 0.3),
        ],
        (112, 82, 76),
    )
    pen.oval(
        right - (right - left) * 0.2,
        low - down * 0.35,
        (right - left) * 0.15,
        down * 0.2,
        (96, 134, 84),
    )
    pen.box(middle - 8, top, middle + 8, low, WHITE)
    pen.box(left - 30, low + 16, right + 30, low + 36, WHITE, bottom=shade(WHITE, 0.75))


def draw_socket(pen: Pen, x: float, y: float) -> None:
    """Draw a double socket around a middle."""
    pen.round_box(x - 42, y - 25, x + 42, y + 25, WHITE, radius=5)
    for side in (-21, 21):
        pen.box(x + side - 3, y - 14, x + side + 3, y - 4, DARK)
        pen.box(x + side - 11, y + 4, x + side - 5, y + 9, DARK)
        pen.box(x + side + 5, y + 4, x + side + 11, y + 9, DARK)


def draw_radiator(pen: Pen, left: float, top: float, right: float, low: float) -> None:
    """Draw a radiator."""
    pen.shadow(left, low - 10, right, low + 30, strength=0.3)
    pen.round_box(left, top, right, low, WHITE, radius=8)
    fins = int((right - left) / 24)
    for fin in range(1, fins):
        pen.line([(left + 24 * fin, top + 10), (left + 24 * fin, low - 10)], shade(WHITE, 0.84), 4)


def bedroom(pen: Pen) -> None:
    """Draw a bed, a cupboard, a desk lamp and a window."""
    wood, cloth = pen.chance.choice(WOODS), pen.chance.choice(CLOTHS)
    _shell(pen, shade(pen.chance.choice(WOODS), 1.05))
    draw_window(pen, 760, 260, 1080, 520)
    for side, edge in ((690, 744), (1096, 1150)):
        pen.polygon(
            [(side, 230), (edge, 230), (edge + 6, 640), (side - 6, 640)],
            shade(cloth, 1.15),
            bottom=shade(cloth, 0.8),
        )
    pen.shadow(330, 1010, 1000, 1120)
    pen.polygon(
        [(380, 610), (650, 610), (650, 800), (380, 800)], shade(wood, 0.9), bottom=shade(wood, 0.7)
    )
    pen.polygon([(380, 760), (660, 760), (960, 1050), (420, 1060)], WHITE, bottom=(214, 214, 212))
    pen.polygon([(392, 830), (735, 830), (960, 1050), (420, 1060)], cloth, bottom=shade(cloth, 0.8))
    pen.polygon(
        [(420, 1060), (960, 1050), (960, 1110), (425, 1124)],
        shade(wood, 0.8),
        bottom=shade(wood, 0.6),
    )
    pen.round_box(404, 735, 630, 812, (246, 245, 242), radius=30)
    for stripe in range(3):
        along = 470 + 130 * stripe
        pen.line([(along - 60, 835), (along + 40, 1052)], shade(cloth, 1.3), 8)
    pen.polygon(
        [(1250, 300), (1420, 230), (1420, 1010), (1250, 830)],
        shade(wood, 1.0),
        bottom=shade(wood, 0.75),
    )
    pen.line([(1335, 265), (1335, 920)], shade(wood, 0.6), 4)
    for handle in (1318, 1352):
        pen.oval(handle, 600, 6, 14, BRASS)
    draw_socket(pen, 1160, 740)
    pen.box(120, 330, 250, 520, (250, 248, 240))
    pen.polygon(
        [(132, 345), (238, 352), (238, 500), (132, 505)],
        shade(cloth, 1.2),
        bottom=shade(cloth, 0.9),
    )


def kitchen(pen: Pen) -> None:
    """Draw worktop, cupboards, cooker, sink and fridge."""
    front = pen.chance.choice(((226, 228, 226), (150, 170, 160), (196, 184, 168)))
    _shell(pen, (150, 146, 140), has_boards=False)
    for row in range(5):
        for column in range(18):
            tint = 0.96 + 0.08 * pen.chance.random()
            pen.box(
                352 + 50 * column,
                470 + 34 * row,
                398 + 50 * column,
                502 + 34 * row,
                shade((232, 234, 230), tint),
            )
    draw_window(pen, 690, 240, 960, 440)
    for left in (370, 520, 985, 1115):
        pen.box(left, 225, left + 125, 440, shade(front, 1.04), bottom=shade(front, 0.9))
        pen.line([(left + 108, 390), (left + 108, 425)], STEEL, 6)
    pen.box(350, 640, 1250, 668, (112, 100, 92), bottom=(84, 76, 70))
    for left in (350, 500, 770, 920, 1080):
        pen.box(left, 668, left + 146, 860, front, bottom=shade(front, 0.82))
        pen.line([(left + 45, 690), (left + 100, 690)], STEEL, 6)
    pen.round_box(720, 628, 930, 648, STEEL, radius=6)
    pen.line([(826, 632), (826, 570), (860, 560), (866, 590)], shade(STEEL, 0.85), 10)
    pen.box(640, 668, 770, 868, (70, 72, 76), bottom=(46, 48, 52))
    pen.box(655, 725, 755, 835, (28, 30, 34))
    for ring in (662, 706, 748):
        pen.oval(ring, 692, 9, 9, STEEL)
    for ring in (668, 740):
        pen.oval(ring, 638, 32, 8, (38, 38, 40))
    pen.polygon(
        [(1250, 330), (1470, 230), (1470, 1060), (1250, 850)], WHITE, bottom=shade(WHITE, 0.78)
    )
    pen.line([(1250, 560), (1470, 530)], shade(WHITE, 0.6), 4)
    pen.line([(1275, 430), (1275, 530)], STEEL, 8)
    pen.shadow(120, 1060, 560, 1160, strength=0.3)
    pen.polygon(
        [(110, 900), (520, 900), (600, 960), (60, 960)], (176, 138, 98), bottom=(150, 114, 78)
    )
    for leg in (90, 560):
        pen.box(leg, 960, leg + 20, 1150, (120, 90, 62))


def bathroom(pen: Pen) -> None:
    """Draw tiles, bath, basin, mirror and toilet."""
    tile = pen.chance.choice(((214, 228, 232), (228, 226, 216), (206, 222, 210)))
    _shell(pen, (128, 134, 140), has_boards=False)
    for row in range(8):
        for column in range(12):
            tint = 0.97 + 0.06 * pen.chance.random()
            left, top = 352 + 75 * column, 330 + 60 * row
            pen.box(left, top, left + 71, top + 56, shade(tile, tint))
    pen.box(900, 240, 1130, 300, GLASS, bottom=(226, 236, 240))
    pen.shadow(360, 850, 860, 960, strength=0.35)
    pen.polygon([(352, 640), (830, 640), (900, 740), (352, 740)], shade(WHITE, 0.94), bottom=WHITE)
    pen.polygon(
        [(380, 652), (810, 652), (858, 724), (380, 724)], (206, 214, 216), bottom=(232, 236, 236)
    )
    pen.polygon([(352, 740), (900, 740), (900, 920), (352, 920)], WHITE, bottom=shade(WHITE, 0.82))
    pen.line([(400, 640), (400, 590), (440, 590), (440, 608)], STEEL, 12)
    pen.round_box(950, 330, 1120, 540, (190, 206, 212), radius=10)
    pen.line([(975, 500), (1085, 370)], (222, 232, 236), 10)
    pen.oval(1035, 640, 110, 30, WHITE)
    pen.oval(1035, 636, 84, 18, (204, 212, 214))
    pen.polygon(
        [(990, 660), (1080, 660), (1065, 840), (1005, 840)], WHITE, bottom=shade(WHITE, 0.8)
    )
    pen.line([(1035, 622), (1035, 592), (1035, 592)], STEEL, 12)
    pen.shadow(1150, 960, 1470, 1060, strength=0.35)
    pen.round_box(1240, 620, 1400, 790, WHITE, radius=12)
    pen.oval(1290, 850, 120, 48, WHITE)
    pen.oval(1288, 842, 92, 30, shade(WHITE, 0.86))
    pen.polygon(
        [(1220, 870), (1360, 870), (1340, 1010), (1240, 1010)],
        shade(WHITE, 0.96),
        bottom=shade(WHITE, 0.78),
    )
    pen.polygon(
        [(140, 420), (230, 400), (230, 720), (140, 760)], (92, 130, 150), bottom=(72, 104, 124)
    )


def living_room(pen: Pen) -> None:
    """Draw a sofa, a rug, a television and a window."""
    cloth, wood = pen.chance.choice(CLOTHS), pen.chance.choice(WOODS)
    _shell(pen, pen.chance.choice(WOODS))
    draw_window(pen, 450, 260, 760, 520)
    draw_radiator(pen, 470, 600, 760, 760)
    pen.polygon(
        [(520, 950), (1150, 950), (1330, 1130), (380, 1130)],
        shade(cloth, 1.3),
        bottom=shade(cloth, 1.05),
    )
    pen.shadow(830, 860, 1480, 990)
    pen.round_box(860, 600, 1330, 830, shade(cloth, 0.95), radius=30)
    pen.round_box(830, 690, 920, 920, shade(cloth, 0.8), radius=26)
    pen.round_box(1290, 690, 1390, 930, shade(cloth, 0.76), radius=26)
    for seat in (915, 1105):
        pen.round_box(seat, 740, seat + 186, 880, shade(cloth, 1.1), radius=22)
    pen.box(890, 880, 1320, 920, shade(cloth, 0.7))
    pen.box(110, 760, 330, 920, wood, bottom=shade(wood, 0.7))
    pen.polygon([(90, 500), (330, 540), (330, 740), (90, 760)], (30, 32, 36), bottom=(52, 56, 64))
    pen.box(1020, 280, 1190, 430, (246, 243, 234))
    pen.box(1034, 294, 1176, 416, shade(cloth, 1.25), bottom=shade(cloth, 0.9))
    draw_socket(pen, 800, 780)


def hall(pen: Pen) -> None:
    """Draw stairs, a front door with glass and a smoke alarm."""
    _shell(pen, (120, 104, 92))
    pen.box(660, 300, 930, 820, (54, 88, 92), bottom=(40, 66, 70))
    for pane in (700, 810):
        pen.box(pane, 345, pane + 80, 520, GLASS, bottom=(222, 234, 240))
    pen.box(745, 600, 850, 622, BRASS)
    pen.oval(905, 580, 10, 10, BRASS)
    for step in range(7):
        left, top = 1010 + 60 * step, 800 - 75 * step
        pen.polygon(
            [(left, top), (1600, top), (1600, top + 75), (left, top + 75)],
            shade((146, 122, 104), 1.1 - 0.03 * step),
            bottom=shade((110, 92, 80), 1.1 - 0.03 * step),
        )
    pen.line([(990, 620), (1420, 70)], (150, 110, 74), 22)
    for post in range(7):
        pen.line(
            [(1000 + 60 * post, 605 - 75 * post), (1000 + 60 * post, 805 - 75 * post)], WHITE, 8
        )
    pen.oval(800, 120, 62, 20, WHITE)
    pen.oval(800, 124, 30, 8, shade(WHITE, 0.85))
    pen.oval(828, 122, 4, 3, (60, 170, 80))
