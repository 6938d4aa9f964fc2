"""The questions of a page in the order in which one walks: room by room where the set asks room by room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from qa_app.homes.catalogue import room_kinds
from qa_app.inspections.asking.beside import Beside, LastTime
from qa_app.inspections.forms.fields import field_name
from qa_app.inspections.forms.reading import Read
from qa_app.inspections.preparing import Prepared
from qa_app.inspections.rules.findings import cells, gather
from qa_app.inspections.rules.submission import Finding, PhotoRef, RoomSeen
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState
from qa_app.question_sets.rules import Choice, Question, When

STARS = frozenset("12345")


@dataclass(frozen=True)
class PhotoShown:
    """A photo of this draft; ``key`` is the beginning of its SHA-256, as in the names of its fields."""

    key: str
    caption: str
    id: str
    is_clean: bool
    is_unreadable: bool


@dataclass(frozen=True)
class Asked:
    """One question in one place, with what was answered and what was wrong with it."""

    question: Question
    room: RoomSeen | None
    name: str
    value: str
    comment: str
    reason: str
    is_raised: bool
    photos: tuple[PhotoShown, ...]
    errors: Mapping[str, str]
    """By suffix: "", comment, reason, photos."""
    is_unasked: bool
    """Asked room by room, of a home without such a room: there is nothing to answer, only to explain."""
    asks_reason: str
    """Label of the box for a reason; "" where there is none."""
    last: LastTime | None
    open_defects: Sequence[object]
    hints: tuple[str, ...]
    may_stars: bool

    @property
    def label(self) -> str:
        """The question, with the room where it is asked room by room."""
        return (
            self.question.text if self.room is None else f"{self.question.text} {self.room.label}"
        )

    @property
    def is_stars(self) -> bool:
        """Whether the answers are stars: one to five, in a young inspector's set."""
        return self.may_stars and {one.value for one in self.question.choices} >= STARS

    @property
    def plain_choices(self) -> list[Choice]:
        """The choices apart from those of not answering."""
        return [one for one in self.question.choices if one.coverage != "missing"]

    @property
    def other_choices(self) -> list[Choice]:
        """The choices of not answering: could not check, skip, not sure."""
        return [one for one in self.question.choices if one.coverage == "missing"]

    @property
    def has_status(self) -> bool:
        """Whether a way of not answering was chosen."""
        return self.question.choice(self.value) is not None

    @property
    def comment_label(self) -> str:
        """What the box for words is for."""
        if self.question.words_label:
            return self.question.words_label
        if self.question.ask_why_when:
            return "Why?"
        return "Anything to add?" if self.may_stars else "Comment"

    @property
    def has_comment(self) -> bool:
        """Whether there is a box for words beside the answer: not where the answer is words itself."""
        return self.question.kind != "text" or bool(self.comment) or bool(self.comment_when)

    @property
    def comment_when(self) -> When:
        """The answers that ask for words."""
        return (*self.question.ask_why_when, *self.question.ask_words_when)

    @property
    def photo_when(self) -> str:
        """The answers that ask for a photo, for the script that shows what is needed; "" when it cannot say."""
        return _plain(self.question.photo.required_when)

    @property
    def reason_when(self) -> str:
        """The answers for which the box for a reason matters."""
        missing = [one.value for one in self.question.choices if one.coverage == "missing"]
        return " ".join([*self.photo_when.split(), *missing])

    @property
    def raise_when(self) -> str:
        """The answers that may be raised."""
        return _plain(self.question.defect.when) if self.question.defect else ""

    @property
    def emergency_when(self) -> str:
        """The answers that show a panel at once."""
        return _plain(self.question.show_emergency.when) if self.question.show_emergency else ""

    def labels_of(self, when: When) -> list[str]:
        """The labels of the choices that a rule names."""
        found = (self.question.choice(one) for one in when if isinstance(one, str))
        return [one.label for one in found if one is not None]


@dataclass(frozen=True)
class Group:
    """Questions that stand together: of the home, or of one room. ``no_room`` names a kind that the home lacks."""

    title: str
    id: str
    asked: tuple[Asked, ...]
    no_room: str = ""


@dataclass(frozen=True)
class Context:
    """What a page of questions is made from; ``photos`` are this draft's by SHA-256."""

    prepared: Prepared
    read: Read
    photos: Mapping[str, Photo]
    beside: Beside
    is_officer: bool
    findings: Mapping[str, Mapping[str | None, Finding]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        prepared: Prepared,
        read: Read,
        photos: Mapping[str, Photo],
        beside: Beside,
        *,
        is_officer: bool,
    ) -> Context:
        """Gather the answers once for the whole page."""
        found = gather(read.submission.answers)
        return cls(prepared, read, photos, beside, is_officer, found)


def asked_groups(questions: Sequence[Question], context: Context) -> list[Group]:
    """Return the groups of a section: what is asked of the home, then room by room, in the order of the set."""
    found: list[Group] = []
    for kind, several in groupby(questions, key=lambda one: one.per_room):
        block = tuple(several)
        if kind is None:
            found.append(Group("", block[0].id, tuple(_asked_home(block, context))))
        else:
            found += _rooms(kind, block, context)
    return found


def _asked_home(block: Iterable[Question], context: Context) -> Iterator[Asked]:
    for question in block:
        yield _asked(question, None, context)


def _rooms(kind: str, block: tuple[Question, ...], context: Context) -> Iterator[Group]:
    rooms = {one.id: one for one in context.prepared.rooms}
    places: dict[str, None] = {}
    for question in block:
        for cell in cells(question, context.prepared.rooms, context.findings):
            if cell.room is not None:
                places.setdefault(cell.room)
    if not places:
        label = room_kinds()[kind].label if kind in room_kinds() else kind
        asked = tuple(_asked(one, None, context, is_unasked=True) for one in block)
        yield Group("", f"no-{kind}-{block[0].id}", asked, no_room=label.lower())
    for room_id in places:
        room = rooms.get(room_id) or RoomSeen(room_id, kind, "A room that is not on our record")
        asked = tuple(_asked(one, room, context) for one in block)
        yield Group(room.label, f"{block[0].id}-{room.id}", asked)


def _asked(
    question: Question, room: RoomSeen | None, context: Context, *, is_unasked: bool = False
) -> Asked:
    name = field_name(question.id, room.id if room else None)
    finding = context.findings.get(question.id, {}).get(room.id if room else None, Finding())
    typed, problems = context.read.typed, context.read.problems
    return Asked(
        question=question,
        room=room,
        name=name,
        value=typed.get(name, _shown(finding)),
        comment=typed.get(f"{name}-comment", finding.comment),
        reason=typed.get(f"{name}-reason", finding.reason),
        is_raised=finding.raise_to is not None,
        photos=tuple(_photo(one, context.photos.get(one.sha256)) for one in finding.photos),
        errors={
            suffix: problems[key]
            for suffix in ("", "comment", "reason", "photos")
            if (key := f"{name}-{suffix}" if suffix else name) in problems
        },
        is_unasked=is_unasked,
        asks_reason=_reason_label(question, context, is_unasked=is_unasked),
        last=context.beside.last(question, room),
        open_defects=context.beside.open_defects(question, room),
        hints=context.beside.hints(question),
        may_stars=not context.is_officer,
    )


def _shown(finding: Finding) -> str:
    if isinstance(finding.value, Decimal):
        return f"{finding.value:f}"
    return finding.value or finding.status or ""


def _photo(ref: PhotoRef, photo: Photo | None) -> PhotoShown:
    return PhotoShown(
        key=ref.sha256[:16],
        caption=ref.caption,
        id=photo.id if photo is not None else "",
        is_clean=photo is not None and photo.state == PhotoState.CLEAN,
        is_unreadable=photo is not None and photo.state == PhotoState.UNREADABLE,
    )


def _reason_label(question: Question, context: Context, *, is_unasked: bool) -> str:
    is_critical = question.may_be_critical(context.prepared.facts)
    if is_unasked:
        return "Why could you not check this?" if is_critical else ""
    can_be_missed = any(one.coverage == "missing" for one in question.choices)
    if question.photo.required_when:
        labels = (
            question.choice(one) for one in question.photo.required_when if isinstance(one, str)
        )
        words = " or ".join(f"“{one.label}”" for one in labels if one is not None)
        if is_critical and can_be_missed:
            return f"Only for {words} without a photo, or if you could not check: why?"
        return f"Only for {words} without a photo: why is there none?"
    return "Only if you could not check: why?" if is_critical and can_be_missed else ""


def _plain(when: When) -> str:
    values = [one for one in when if isinstance(one, str)]
    return " ".join(values) if len(values) == len(when) else ""
