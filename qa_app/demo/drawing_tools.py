"""A pen for drawing demonstration photos: shaded shapes on a canvas of 1600 by 1200, softened like a photograph."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH: Final = 1600
HEIGHT: Final = 1200
_SCALE: Final = 1.5  # drawn larger, so that edges come out soft

Colour = tuple[int, int, int]
Point = tuple[float, float]


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour made lighter (factor above 1) or darker (below)."""
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


class Pen:
    """Draws in units of the finished picture; ``chance`` is seeded, so that the same call draws the same."""

    def __init__(self, wall: Colour, seed: str) -> None:
        """``wall`` is the colour of the walls, and of the canvas at first."""
        size = (round(WIDTH * _SCALE), round(HEIGHT * _SCALE))
        self.canvas = Image.new("RGB", size, wall)
        self.wall = wall
        self._draw = ImageDraw.Draw(self.canvas)
        self.chance = random.Random(seed)  # noqa: S311 - a drawing is no secret

    def polygon(
        self, points: Sequence[Point], colour: Colour, *, bottom: Colour | None = None
    ) -> None:
        """Fill a shape; with ``bottom`` its colour runs from ``colour`` above to ``bottom`` below."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        if bottom is None:
            self._draw.polygon(scaled, fill=colour)
            return
        left, top = int(min(x for x, _ in scaled)), int(min(y for _, y in scaled))
        right, low = int(max(x for x, _ in scaled)) + 1, int(max(y for _, y in scaled)) + 1
        size = (max(1, right - left), max(1, low - top))
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=255)
        ramp = Image.linear_gradient("L").resize(size)
        fill = Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, colour), ramp)
        self.canvas.paste(fill, (left, top), mask)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        low: float,
        colour: Colour,
        *,
        bottom: Colour | None = None,
    ) -> None:
        """Fill an upright box."""
        self.polygon([(left, top), (right, top), (right, low), (left, low)], colour, bottom=bottom)

    def round_box(
        self,
        left: float,
        top: float,
        right: float,
        low: float,
        colour: Colour,
        *,
        radius: float = 16,
    ) -> None:
        """Fill a box with round corners."""
        corners = (left * _SCALE, top * _SCALE, right * _SCALE, low * _SCALE)
        self._draw.rounded_rectangle(corners, radius * _SCALE, fill=colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour) -> None:
        """Fill an oval around a middle; ``across`` and ``down`` are half its width and height."""
        corners = (
            (x - across) * _SCALE,
            (y - down) * _SCALE,
            (x + across) * _SCALE,
            (y + down) * _SCALE,
        )
        self._draw.ellipse(corners, fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 3) -> None:
        """Draw a line through points."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=max(1, round(width * _SCALE)), joint="curve")

    def shadow(
        self, left: float, top: float, right: float, low: float, *, strength: float = 0.4
    ) -> None:
        """Darken an oval softly, as a thing standing there would."""
        self.stain([(left, top, right, low)], (30, 26, 24), strength=strength, blur=22)

    def stain(
        self,
        ovals: Sequence[tuple[float, float, float, float]],
        colour: Colour,
        *,
        strength: float = 0.6,
        blur: float = 6,
    ) -> None:
        """Tint ovals (left, top, right, low) with soft edges; ``strength`` from 0 to 1."""
        margin = blur * 3
        left = min(oval[0] for oval in ovals) - margin
        top = min(oval[1] for oval in ovals) - margin
        right = max(oval[2] for oval in ovals) + margin
        low = max(oval[3] for oval in ovals) + margin
        # Soft things need few pixels: drawn at a third of the size, then enlarged.
        third = _SCALE / 3
        size = (max(1, round((right - left) * third)), max(1, round((low - top) * third)))
        mask = Image.new("L", size, 0)
        marks = ImageDraw.Draw(mask)
        for one in ovals:
            corners = (
                (one[0] - left) * third,
                (one[1] - top) * third,
                (one[2] - left) * third,
                (one[3] - top) * third,
            )
            marks.ellipse(corners, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(max(0.6, blur * third)))
        whole = (round((right - left) * _SCALE), round((low - top) * _SCALE))
        mask = mask.resize(whole, Image.Resampling.BILINEAR)
        self.canvas.paste(
            Image.new("RGB", whole, colour), (round(left * _SCALE), round(top * _SCALE)), mask
        )

    def specks(
        self,
        x: float,
        y: float,
        spread: tuple[float, float],
        count: int,
        colour: Colour,
        *,
        size: float = 14,
    ) -> None:
        """Scatter soft specks around a middle, thickest there: how mould grows."""
        ovals = []
        for _ in range(count):
            speck = size * self.chance.uniform(0.25, 1.0)
            along = self.chance.gauss(x, spread[0])
            down = self.chance.gauss(y, spread[1])
            ovals.append((along - speck, down - speck * 0.8, along + speck, down + speck * 0.8))
        self.stain(ovals, colour, strength=0.75, blur=3)

    def crack(
        self, points: Sequence[Point], colour: Colour, *, width: float = 3, roughness: float = 9
    ) -> None:
        """Draw a jagged line through points."""
        rough: list[Point] = [points[0]]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            for step in range(1, 9):
                share = step / 8
                rough.append(
                    (
                        x1 + (x2 - x1) * share + self.chance.uniform(-roughness, roughness),
                        y1 + (y2 - y1) * share + self.chance.uniform(-roughness, roughness),
                    )
                )
        self.line(rough, colour, width)

    def photograph(self, *, light: Point = (0.5, 0.4)) -> bytes:
        """Return the drawing as a JPEG: corners dimmed away from the light, a little soft, a little grain."""
        picture = self.canvas.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        reach = Image.radial_gradient("L").resize(
            (WIDTH * 2, HEIGHT * 2), Image.Resampling.BILINEAR
        )
        left, top = round(WIDTH * (1 - light[0])), round(HEIGHT * (1 - light[1]))
        dim = reach.crop((left, top, left + WIDTH, top + HEIGHT)).point(
            lambda value: 255 - int(value * 0.45)
        )
        picture = ImageChops.multiply(picture, Image.merge("RGB", (dim, dim, dim)))
        return _jpeg(Image.blend(picture, self._grain(), 0.05))

    def _grain(self) -> Image.Image:
        """Return grey grain that is the same for the same seed (Pillow's own noise is not)."""
        small = Image.frombytes("L", (400, 300), self.chance.randbytes(120_000))
        return small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR).convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=78, optimize=True)
    return out.getvalue()
