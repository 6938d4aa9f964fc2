"""Forms about visits: plan, begin at the door, cancel, give to somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from qa_app.accounts.models import User
from qa_app.base.choosing import Choice
from qa_app.base.forms import (
    Checkboxes,
    DateField,
    Form,
    Needed,
    Radios,
    Select,
    TextArea,
    TimeField,
)
from qa_app.base.text import LONDON
from qa_app.question_sets.rules import QuestionSet
from qa_app.visits.purposes import purposes

ANNOUNCED, UNANNOUNCED = "announced", "unannounced"


def purpose_choices() -> list[Choice]:
    """Return why a visit can be made, in the order of the data file."""
    return [Choice(one.id, one.label) for one in purposes().values()]


def form_choices(question_set: QuestionSet) -> list[Choice]:
    """Return the forms of a question set, each with how many questions it asks."""
    return [
        Choice(form.id, f"{form.title} ({len(form.question_ids)} questions)")
        for form in question_set.forms.values()
    ]


class _AboutForm(Form):
    """Why the visit is made, and what is asked."""

    purpose = Radios(
        "Why is this visit made?", [Needed("Choose why the visit is made")], choices=purpose_choices
    )
    form = Select("Questions to ask", empty="The usual ones for this kind of visit")

    def offer_forms(self, question_set: QuestionSet | None) -> None:
        """Offer the forms of the officer's question set."""
        self.form.choices = form_choices(question_set) if question_set is not None else []

    @property
    def form_chosen(self) -> str:
        """The form to use: the one chosen, or the one that goes with the purpose."""
        found = purposes().get(self.purpose.data or "")
        return str(self.form.data or (found.form if found is not None else ""))


class PlanForm(_AboutForm):
    """A visit as it is planned, or its plan changed."""

    is_announced = Radios(
        "Will the home be told?",
        [Needed("Choose whether the home will be told")],
        choices=(
            Choice(ANNOUNCED, "Yes, announced"),
            Choice(UNANNOUNCED, "No, unannounced", "The provider is never shown it beforehand."),
        ),
    )
    due_on = DateField("Day of the visit", [Needed("Enter the day of the visit")])
    starts_at = TimeField("Time, if it is agreed")
    officer = Select(
        "Officer who goes", [Needed("Choose the officer who goes")], empty="Choose an officer"
    )
    young_inspectors = Checkboxes("Young inspectors who come along")

    def offer_people(self, officers: Iterable[User], young_inspectors: Iterable[User]) -> None:
        """Offer whoever can go."""
        self.officer.choices = [Choice(str(one.id), one.name) for one in officers]
        self.young_inspectors.choices = [Choice(str(one.id), one.name) for one in young_inspectors]

    @property
    def starts_at_moment(self) -> datetime | None:
        """Day and time together, in UTC; None without a time."""
        return moment_of(self.due_on.data, self.starts_at.data)


class ChangeForm(PlanForm):
    """The plan of a visit that has not begun; the officer is changed on a page of its own."""

    officer = None  # type: ignore[assignment]  # WTForms leaves out a field that is None

    def offer_people(self, officers: Iterable[User], young_inspectors: Iterable[User]) -> None:
        """Offer the young inspectors."""
        self.young_inspectors.choices = [Choice(str(one.id), one.name) for one in young_inspectors]


class BeginForm(_AboutForm):
    """A visit begun at the door."""


class CancelForm(Form):
    """Why a visit is cancelled."""

    because = TextArea(
        "Why is this visit cancelled?",
        [Needed("Say why the visit is cancelled")],
        max_length=1000,
        description="Do not name anybody who lives there.",
    )


class ReassignForm(Form):
    """Who goes instead."""

    officer = Select(
        "Officer who goes now", [Needed("Choose the officer who goes")], empty="Choose an officer"
    )

    def offer_people(self, officers: Iterable[User]) -> None:
        """Offer whoever can go."""
        self.officer.choices = [Choice(str(one.id), one.name) for one in officers]


def moment_of(day: date | None, at: time | None) -> datetime | None:
    """Return a London day and time as a moment in UTC; None when either is missing."""
    if day is None or at is None:
        return None
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def chosen(people: Sequence[User], ids: Iterable[str]) -> list[User]:
    """Return those of the people whose id was chosen."""
    wanted = set(ids)
    return [one for one in people if str(one.id) in wanted]
