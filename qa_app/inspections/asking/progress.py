"""How far the work has come: section by section, and what is still missing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qa_app.base.text import plural
from qa_app.inspections.forms.fields import field_name
from qa_app.inspections.preparing import Prepared
from qa_app.inspections.rules.check import Checked, Gap, check
from qa_app.inspections.rules.findings import cells, gather, has_answer
from qa_app.inspections.rules.submission import Submission
from qa_app.inspections.working import known_questions
from qa_app.question_sets.answers import export
from qa_app.question_sets.rules import Question, SectionAsked

Standing = Literal["todo", "started", "done"]


@dataclass(frozen=True)
class Progress:
    """One section: how many of its questions (each room counted) are answered, and how much is missing."""

    section: SectionAsked
    answered: int
    total: int
    missing: int

    @property
    def standing(self) -> Standing:
        """Not started, with something missing, or done."""
        if self.missing == 0:
            return "done"
        return "started" if self.answered else "todo"


@dataclass(frozen=True)
class GapShown:
    """Something missing, in words, with the section and the field where it can be put right."""

    words: str
    what: str
    section: str
    field: str


@dataclass(frozen=True)
class Standings:
    """The whole work: each section, and what checking found."""

    sections: tuple[Progress, ...]
    checked: Checked

    @property
    def done(self) -> int:
        """How many sections miss nothing."""
        return sum(one.standing == "done" for one in self.sections)


def progress(prepared: Prepared, submission: Submission) -> Standings:
    """Return how far the work has come."""
    checked = check(
        prepared.question_set, prepared.asked, prepared.rooms, submission, prepared.facts,
        checks=prepared.checks,
    )  # fmt: skip
    findings = gather(submission.answers)
    missing: dict[str, int] = {}
    for gap_id in checked.gap_ids:
        missing[gap_id.partition(".")[0]] = missing.get(gap_id.partition(".")[0], 0) + 1
    found = []
    for section in sections(prepared):
        answered = total = 0
        for question in section.questions:
            for cell in cells(question, prepared.rooms, findings):
                total += 1
                answered += cell.finding is not None and has_answer(cell.finding)
        found.append(
            Progress(section, answered, total, sum(missing.get(q.id, 0) for q in section.questions))
        )
    return Standings(tuple(found), checked)


def sections(prepared: Prepared) -> tuple[SectionAsked, ...]:
    """Return the sections that have a question to ask, in order; what was open comes last."""
    return prepared.question_set.sections_for(prepared.asked, checks=prepared.checks)


FEW = 3
"""From this many on, a section that nobody has begun is named as a whole."""


def gaps_shown(prepared: Prepared, standings: Standings) -> list[GapShown]:
    """Return what is missing in the order of the set: question by question, but a section not begun as a whole."""
    untouched = {
        one.section.id: one
        for one in standings.sections
        if one.answered == 0 and one.missing >= FEW
    }
    found: dict[str, GapShown] = {}
    for number, gap in enumerate(_each_gap(prepared, standings.checked)):
        one = untouched.get(gap.section)
        if one is None:
            found[str(number)] = gap
        else:
            words = f"{one.section.title}: {one.missing} questions"
            found.setdefault(gap.section, GapShown(words, "None answered yet", gap.section, ""))
    return list(found.values())


def _each_gap(prepared: Prepared, checked: Checked) -> list[GapShown]:
    known = known_questions(prepared)
    rooms = {one.id: one.label for one in prepared.rooms}
    where = {
        question.id: section.id for section in sections(prepared) for question in section.questions
    }
    return [
        GapShown(
            words=_question_words(known[gap.question], gap, rooms),
            what=_what(known[gap.question], gap),
            section=where.get(gap.question, ""),
            field=_target(gap),
        )
        for gap in checked.gaps
    ]


def _question_words(question: Question, gap: Gap, rooms: Mapping[str, str]) -> str:
    room = rooms.get(gap.room or "", "")
    return f"{room}: {question.text}" if room else question.text


def _what(question: Question, gap: Gap) -> str:
    return {
        "answer": "Not answered yet",
        "photo": "Add a photo, or say why there is none",
        "reason": "Say why you could not check this",
        "why": "Say why",
        "words": question.words_label or "Say more",
    }[gap.kind]


def _target(gap: Gap) -> str:
    name = field_name(gap.question, gap.room)
    suffix = {"photo": "-photos", "reason": "-reason", "why": "-comment", "words": "-comment"}
    return name + suffix.get(gap.kind, "")


def in_words(
    section: SectionAsked, prepared: Prepared, submission: Submission
) -> list[dict[str, str]]:
    """Return the answers of a section in words: ``question``, ``answer``, ``more`` and the ``field`` to change it."""
    findings = gather(submission.answers)
    rooms = {one.id: one.label for one in prepared.rooms}
    found = []
    for question in section.questions:
        for cell in cells(question, prepared.rooms, findings):
            finding = cell.finding
            room = rooms.get(cell.room or "", "")
            more = []
            if finding is not None:
                more = [words for words in (finding.comment, finding.reason) if words]
                if finding.raise_to:
                    more.append(f"Raised to {finding.raise_to}")
                if finding.photos:
                    more.append(plural(len(finding.photos), "photo"))
            found.append(
                {
                    "question": f"{room}: {question.text}" if room else question.text,
                    "answer": export(question, finding.value, finding.status) if finding else "",
                    "more": "\n".join(more),
                    "field": field_name(question.id, cell.room),
                }
            )
    return found
