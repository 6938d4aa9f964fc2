"""What happened in the last four months: every visit that was made."""

from __future__ import annotations

from typing import Final

from qa_app.demo import stories_of_houses, stories_of_others
from qa_app.demo.plot import Made

MADE: Final[tuple[Made, ...]] = (*stories_of_houses.MADE, *stories_of_others.MADE)
