"""What is done to defects: raise (or tell again), move, stamp, give a date, change the priority, comment.

Nothing here commits. Every act leaves a line on the timeline and an audit row.
"""

from __future__ import annotations

from qa_app.defects.service.acting import Actor, actor_kind
from qa_app.defects.service.moving import comment, give_date, make_safe, move, reprioritise
from qa_app.defects.service.raising import raise_defect

__all__ = [
    "Actor",
    "actor_kind",
    "comment",
    "give_date",
    "make_safe",
    "move",
    "raise_defect",
    "reprioritise",
]
