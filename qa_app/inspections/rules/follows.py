"""What follows from an inspection: repairs, actions, prompts and emergency panels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_app.inspections.rules.findings import gather
from qa_app.inspections.rules.open_checks import FIXED, NOT_FIXED
from qa_app.inspections.rules.submission import Finding, PhotoRef, Submission
from qa_app.question_sets.answers import export
from qa_app.question_sets.rules import OFFICER, Facts, Question, QuestionSet, Share


@dataclass(frozen=True, slots=True)
class ProposedDefect:
    """A repair that an answer asks for. `is_immediate`: raised on receipt, without asking.

    `words` hold the question and the answer only; `comment` is the person's own words, which a
    provider sees only once released. Category and priority are None where an officer has to pick.
    """

    question: str
    room: str | None
    category: str | None
    priority: str | None
    words: str
    comment: str
    is_immediate: bool
    is_critical: bool
    target_working_days: int | None
    hazards: tuple[str, ...]
    photos: tuple[PhotoRef, ...]
    may_raise_to: str | None
    share: Share


@dataclass(frozen=True, slots=True)
class ProposedAction:
    """Something asked for that is no repair; `kind` names its workflow."""

    question: str
    room: str | None
    kind: str
    words: str
    comment: str
    is_immediate: bool
    photos: tuple[PhotoRef, ...]
    share: Share


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something the person must be asked to do; `is_always`: by the question, not the answer."""

    kind: str
    question: str
    room: str | None
    is_critical: bool
    is_always: bool


@dataclass(frozen=True, slots=True)
class EmergencyPanel:
    """A panel to show at once, `before` what it names."""

    panel: str
    question: str
    before: str | None


@dataclass(frozen=True, slots=True)
class CheckedBefore:
    """What was found of an open defect or action (`D-...`, `A-...`)."""

    id: str
    is_fixed: bool
    comment: str
    photos: tuple[PhotoRef, ...]


@dataclass(frozen=True, slots=True)
class Follows:
    """All that follows, in the order of the set."""

    defects: tuple[ProposedDefect, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    emergencies: tuple[EmergencyPanel, ...] = ()
    checks: tuple[CheckedBefore, ...] = ()

    @property
    def immediate(self) -> tuple[ProposedDefect, ...]:
        """The repairs raised on receipt: "Ring the provider now"."""
        return tuple(one for one in self.defects if one.is_immediate)

    @property
    def proposed(self) -> tuple[ProposedDefect, ...]:
        """The repairs an officer confirms, edits or declines."""
        return tuple(one for one in self.defects if not one.is_immediate)


def follows(
    question_set: QuestionSet,
    submission: Submission,
    facts: Facts,
    *,
    audience: str | None = None,
    checks: Mapping[str, Question] | None = None,
) -> Follows:
    """What every answer of a submission asks for, asked on its form or not: danger is danger.

    An officer's critical answers and P1 repairs are immediate; nothing of a young inspector is
    (product.md, lifecycle of an inspection). `checks` are the questions about what was open.
    """
    by_officer = (audience or question_set.audience) == OFFICER
    findings = gather(submission.answers)
    each = [
        (question, room, finding)
        for question in question_set.questions.values()
        for room, finding in findings.get(question.id, {}).items()
    ]
    return Follows(
        defects=tuple(
            _defect(question, room, finding, facts, by_officer=by_officer)
            for question, room, finding in each
            if question.raises_defect(finding.value)
        ),
        actions=tuple(
            _action(question, room, finding, facts, by_officer=by_officer)
            for question, room, finding in each
            if question.raises_action(finding.value)
        ),
        prompts=tuple(
            Prompt(
                kind=question.prompt.kind,
                question=question.id,
                room=room,
                is_critical=question.is_critical(finding.value, facts),
                is_always=question.prompt.when is None,
            )
            for question, room, finding in each
            if question.prompt is not None and question.prompts(finding.value)
        ),
        emergencies=tuple(dict.fromkeys(_emergencies(each))),
        checks=tuple(
            CheckedBefore(check_id, one.value == FIXED, one.comment.strip(), one.photos)
            for check_id in checks or {}
            for one in findings.get(check_id, {}).values()
            if one.value in {FIXED, NOT_FIXED}
        ),
    )


def failed_last_time(
    question_set: QuestionSet, submission: Submission, facts: Facts
) -> tuple[str, ...]:
    """The questions whose answers raised anything, in the order of the set.

    Raised: a repair, an action, a prompt, or a cap of the band; not a prompt that every answer
    gives. For the form keyword `failed-last-time`.
    """
    found = follows(question_set, submission, facts)
    raised = {one.question for one in found.defects}
    raised |= {one.question for one in found.actions}
    raised |= {one.question for one in found.prompts if not one.is_always}
    for question_id, rooms in gather(submission.answers).items():
        question = question_set.question(question_id)
        if question and any(question.is_critical(one.value, facts) for one in rooms.values()):
            raised.add(question_id)
    return tuple(one for one in question_set.questions if one in raised)


def _defect(
    question: Question, room: str | None, finding: Finding, facts: Facts, *, by_officer: bool
) -> ProposedDefect:
    rule = question.defect
    raise_to = finding.raise_to if by_officer else None
    priority = question.priority_for(finding.value, facts.month, raise_to)
    is_critical = question.is_critical(finding.value, facts)
    return ProposedDefect(
        question=question.id,
        room=room,
        category=rule.category if rule else None,
        priority=priority,
        words=said(question, finding),
        comment=finding.comment.strip(),
        is_immediate=by_officer and (is_critical or priority == "P1"),
        is_critical=is_critical,
        target_working_days=rule.target_working_days if rule else None,
        hazards=question.hazards,
        photos=finding.photos,
        may_raise_to=rule.officer_may_raise_to if rule else None,
        share=question.share,
    )


def _action(
    question: Question, room: str | None, finding: Finding, facts: Facts, *, by_officer: bool
) -> ProposedAction:
    return ProposedAction(
        question=question.id,
        room=room,
        kind=question.follow_up.kind if question.follow_up else "",
        words=said(question, finding),
        comment=finding.comment.strip(),
        is_immediate=by_officer and question.is_critical(finding.value, facts),
        photos=finding.photos,
        share=question.share,
    )


def said(question: Question, finding: Finding) -> str:
    """The question and what was answered, as one line of words; never the comment."""
    ends = "" if question.text.endswith(("?", "!", ".", ":")) else ":"
    return f"{question.text}{ends} {export(question, finding.value, finding.status)}"


def _emergencies(each: list[tuple[Question, str | None, Finding]]) -> Iterator[EmergencyPanel]:
    for question, _, finding in each:
        panel = question.emergency_panel(finding.value)
        if panel is not None and question.show_emergency is not None:
            yield EmergencyPanel(panel, question.id, question.show_emergency.before)
