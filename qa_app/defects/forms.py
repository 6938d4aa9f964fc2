"""Forms on the page of a defect: move it, answer it, change its priority, say something."""

from __future__ import annotations

from collections.abc import Sequence

from qa_app.base.choosing import Choice
from qa_app.base.forms import DateField, Form, Needed, Radios, TextArea, TextField, YesNo
from qa_app.defects import catalogue, rules
from qa_app.defects.models import Defect
from qa_app.defects.rules import ActorKind, State

OFFICER_WORDS = {
    State.OPEN: "Open it again",
    State.CLOSED: "Close it: I know that it is fixed",
    State.DUPLICATE: "It is the same as another one",
    State.NOT_A_REPAIR: "It is not a repair",
    State.DECLINED: "Decline it",
}
CLAIM_WORDS = {
    State.CLOSED: "Yes, it is fixed. Close it",
    State.OPEN: "No, it is not fixed. Open it again",
}
MONITOR_WORDS = {
    State.OPEN: "The repair stands: open it again",
    State.DECLINED: "The provider is right: decline it",
    State.NOT_A_REPAIR: "It is not a repair",
}


class MoveForm(Form):
    """What an officer does next; the choices are those that the state allows."""

    to = Radios("What do you want to do?", [Needed("Choose what to do")])
    duplicate_of = TextField(
        "Which one is it the same as?", max_length=12, description="Its reference, like D-7K3M9."
    )
    note = TextArea(
        "Say why",
        max_length=1000,
        description="The provider reads this. Name nobody who lives there.",
    )

    def offer(self, defect: Defect, kind: ActorKind | None) -> bool:
        """Fill in the choices this person has; False when there are none."""
        state = State(defect.status)
        words = dict(OFFICER_WORDS)
        if state is State.REPORTED:
            words[State.OPEN] = "It is a repair: open it"
        if state is State.CLAIMED_FIXED:
            words |= CLAIM_WORDS
        if kind is ActorKind.MONITOR:
            words = MONITOR_WORDS
        order = (State.CLOSED, State.OPEN, State.DUPLICATE, State.NOT_A_REPAIR, State.DECLINED)
        moves = rules.moves_open_to(state, kind) if kind is not None else ()
        self.to.choices = [Choice(to.value, words[to]) for to in order if to in moves]
        if State.DUPLICATE not in moves:
            # not asked, so not read: a stale page may still send it
            self.duplicate_of.process(None)
        if state is State.CLAIMED_FIXED:
            self.to.label.text = "Is it fixed?"
        return bool(self.to.choices)


ANSWERS: dict[str, tuple[str, str]] = {
    "acknowledge": ("We have seen this", "You know about it and will deal with it."),
    "date": ("Give the day of the repair", ""),
    "made-safe": ("It is safe now", "The danger is over; the repair may still be to come."),
    "fixed": (
        "It is fixed",
        "Somebody from the council or the person who lives there confirms it.",
    ),
    "dispute": ("We do not agree", "A contract monitor decides."),
}


class AnswerForm(Form):
    """What a provider says."""

    answer = Radios("What do you want to tell us?", [Needed("Choose what to tell us")])
    promised_on = DateField("Day of the repair")
    note = TextArea(
        "Anything to add?", max_length=1000, description="Needed when you do not agree."
    )

    def offer(self, defect: Defect) -> bool:
        """Fill in what a provider may say now; False when there is nothing."""
        state = State(defect.status)
        moves = rules.moves_open_to(state, ActorKind.PROVIDER)
        may = {
            "acknowledge": State.ACKNOWLEDGED in moves,
            "date": State.SCHEDULED in moves or state is State.SCHEDULED,
            "made-safe": defect.make_safe_by is not None
            and defect.made_safe_at is None
            and state in rules.WAITING_FOR_REPAIR,
            "fixed": State.CLAIMED_FIXED in moves,
            "dispute": State.DISPUTED in moves,
        }
        self.answer.choices = [
            Choice(
                name,
                "Give another day" if name == "date" and state is State.SCHEDULED else label,
                hint,
            )
            for name, (label, hint) in ANSWERS.items()
            if may[name]
        ]
        return bool(self.answer.choices)


def _priorities() -> Sequence[Choice]:
    return [
        Choice(one.id.value, f"{one.id.value} {one.label}", one.help)
        for one in catalogue.priorities().values()
    ]


class PriorityForm(Form):
    """Another priority, with the reason."""

    priority = Radios("Priority", [Needed("Choose a priority")], choices=_priorities)
    because = TextArea(
        "Why?",
        [Needed("Say why the priority should change")],
        max_length=1000,
        description="The provider reads this.",
    )


class SafeForm(Form):
    """An officer has seen that the danger is over."""

    note = TextArea("What did you see?", max_length=1000)


class CommentForm(Form):
    """A remark on the timeline."""

    words = TextArea(
        "Comment",
        [Needed("Write your comment")],
        max_length=2000,
        description="Name nobody who lives there.",
    )
    is_for_provider = YesNo(
        "May the provider read it?", [Needed("Say whether the provider may read it")]
    )
