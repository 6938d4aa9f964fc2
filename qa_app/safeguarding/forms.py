"""Forms on the page of a safeguarding record."""

from __future__ import annotations

from qa_app.base.forms import Form, Needed, TextArea


class TakeOnForm(Form):
    """I have read this, and I am dealing with it."""

    note = TextArea(
        "What are you going to do first?", [Needed("Say what you are going to do")], max_length=2000
    )


class NoteForm(Form):
    """What was done since."""

    note = TextArea("What was done?", [Needed("Say what was done")], max_length=2000)
