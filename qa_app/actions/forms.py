"""Forms on the page of an action."""

from __future__ import annotations

from qa_app.base.forms import Form, Needed, TextArea


class DoneForm(Form):
    """It is done, and how we know."""

    evidence = TextArea(
        "How do we know that it is done?",
        [Needed("Say how we know that it is done")],
        max_length=1000,
        description="What you saw, or who told you. Name nobody who lives there.",
    )


class ReopenForm(Form):
    """It is not done after all."""

    because = TextArea("What is not done?", [Needed("Say what is not done")], max_length=1000)


class AnswerForm(Form):
    """What a provider says."""

    words = TextArea(
        "Your answer",
        [Needed("Write your answer")],
        max_length=1000,
        description="What you have done, or when you will. Name nobody who lives there.",
    )
