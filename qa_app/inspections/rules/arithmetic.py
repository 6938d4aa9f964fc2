"""Rounding scores, and saying in one sentence how a score was worked out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def half_up(number: Fraction, places: int) -> Decimal:
    """A number that is not negative, rounded half up to some decimals."""
    scale = 10**places
    return Decimal(int(number * scale + Fraction(1, 2))).scaleb(-places)


def one_decimal(number: Fraction | None) -> Decimal | None:
    """A percentage rounded half up to one decimal, as it is shown; None stays None."""
    return None if number is None else half_up(number, 1)


def points_shown(number: Fraction) -> str:
    """Points or weight in at most two decimals, without zeros at the end."""
    digits = f"{half_up(number, 2):f}"
    return digits.rstrip("0").rstrip(".")


def sentence(
    *,
    points: Fraction,
    counted: Fraction,
    due: Fraction,
    band: str | None,
    capped_by: tuple[str, ...],
) -> str:
    """The arithmetic in one sentence of plain English."""
    if not due:
        said = "No question asked on this form carries weight, so there is no score"
    elif not counted:
        said = f"None of the {points_shown(due)} points of weight asked about got a score"
    else:
        said = (
            f"The answers earned {points_shown(points)} of {points_shown(counted)} points,"
            f" which is {one_decimal(100 * points / counted)}%, and they cover"
            f" {points_shown(counted)} of the {points_shown(due)} points asked about,"
            f" which is {one_decimal(100 * counted / due)}%"
        )
    if capped_by and band:
        return f"{said}; whatever the score, it is “{band}” because of: {listed(capped_by)}"
    return f"{said}; the band is “{band}”." if band else f"{said}."


def listed(words: tuple[str, ...]) -> str:
    """Questions in a row, each in quotation marks: “May doors shut?”, “Are exits clear?”."""
    return ", ".join(f"“{one}”" for one in words) + "."
