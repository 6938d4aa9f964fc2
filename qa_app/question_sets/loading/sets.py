"""Reading a whole question set: its head, scales, scoring, forms and sections."""

from __future__ import annotations

from decimal import Decimal

from qa_app.question_sets.loading.choices import read_choices
from qa_app.question_sets.loading.fields import SLUG, Fields, read_words
from qa_app.question_sets.loading.mistakes import Path, Report
from qa_app.question_sets.loading.questions import Around, read_question
from qa_app.question_sets.rules import (
    AUDIENCES,
    FAILED_LAST_TIME,
    OPEN_CHECKS,
    Band,
    Choice,
    Form,
    Question,
    QuestionSet,
    ScoringWords,
    Section,
)

HAZARD_SCHEMES = {2005: 29, 2026: 21}
"""How many hazards each scheme numbers (domain.md 2.2)."""
ADDS = (FAILED_LAST_TIME, OPEN_CHECKS)


def read_set(data: object, report: Report, *, content: str) -> QuestionSet:
    """The set in a document of plain values. QuestionSetInvalid: it has mistakes."""
    with Fields(data, (), report, what="a question set") as f:
        key = f.slug("key", needed=True) or ""
        version = f.whole("version", least=1, most=1_000_000, needed=True) or 0
        title = f.text("title", needed=True) or ""
        audience = f.one_of("audience", AUDIENCES, needed=True) or ""
        scheme = f.whole("hazard_scheme", needed=True) or 0
        if f.has("hazard_scheme") and scheme not in HAZARD_SCHEMES:
            known = " or ".join(str(one) for one in HAZARD_SCHEMES)
            f.wrong(f"The hazard scheme must be {known}.", "hazard_scheme")
        scoring = _Scoring(f)
        offers = read_choices(f.items("every_question_offers"), report)
        around = Around(
            scales=_read_scales(f),
            offers=offers,
            prompts=tuple(scoring.prompts),
            hazards=HAZARD_SCHEMES.get(scheme, 99),
        )
        sections, questions = _read_sections(f, around)
        found = QuestionSet(
            key=key,
            version=version,
            title=title,
            audience=audience,
            hazard_scheme=scheme,
            bands=scoring.bands,
            critical_band=scoring.critical_band,
            partial_below=scoring.partial_below,
            prompts=scoring.prompts,
            forms=_read_forms(f, questions),
            sections=sections,
            questions=questions,
            scoring_words=scoring.words,
            offers=offers,
            worry_label=f.text("every_page_offers"),
            content=content,
        )
    report.raise_if_any()
    return found


class _Scoring:
    """The mapping `scoring`: words, prompts, bands and the coverage that makes a visit partial."""

    def __init__(self, f: Fields) -> None:
        data = f.take("scoring", needed=True)
        path = (*f.path, "scoring")
        with Fields(data, path, f.report, what="'scoring'") as s:
            self.words = ScoringWords(
                score=s.text("score", needed=True) or "",
                coverage=s.text("coverage", needed=True) or "",
                rules=s.texts("rules", needed=True),
            )
            self.prompts = _read_prompts(s)
            self.bands = _read_bands(s)
            self.critical_band = self._read_critical_band(s)
            below = s.number("partial_below_coverage", least=0, most=100, needed=True)
            self.partial_below = below if below is not None else Decimal(0)

    def _read_critical_band(self, s: Fields) -> Band:
        data = s.take("critical_band", needed=True)
        if not s.has("critical_band"):
            return Band("", "")
        path = (*s.path, "critical_band")
        with Fields(data, path, s.report, what="'critical_band'") as c:
            band = Band(c.slug("id", needed=True) or "", c.text("label", needed=True) or "")
            if any(one.id == band.id for one in self.bands):
                c.wrong(f"The band '{band.id}' is here twice.", "id")
        return band


def _read_prompts(s: Fields) -> dict[str, str]:
    data = s.take("prompts")
    found: dict[str, str] = {}
    if s.has("prompts"):
        with Fields(data, (*s.path, "prompts"), s.report, what="'prompts'") as p:
            for key in p.keys():  # noqa: SIM118 - Fields is no mapping
                if not SLUG.fullmatch(key):
                    p.wrong(f"'{key}' must be small letters, digits and hyphens.", key)
                found[key] = p.text(key) or ""
    return found


def _read_bands(s: Fields) -> tuple[Band, ...]:
    found: list[Band] = []
    items = s.items("bands", needed=True)
    for data, path in items:
        with Fields(data, path, s.report, what="a band") as b:
            band_id = b.slug("id", needed=True) or ""
            label = b.text("label", needed=True) or ""
            least = b.number("at_least", least=0, most=100, needed=True)
            if any(one.id == band_id for one in found):
                b.wrong(f"The band '{band_id}' is here twice.", "id")
            before = found[-1].at_least if found else None
            if least is not None and before is not None and least >= before:
                b.wrong("Bands run from the highest score down.", "at_least")
            found.append(Band(band_id, label, least))
    if found and found[-1].at_least not in {None, Decimal(0)}:
        s.wrong("The last band must begin at 0, so that every score has a band.", "bands")
    return tuple(found)


def _read_scales(f: Fields) -> dict[str, tuple[Choice, ...]]:
    data = f.take("scales")
    found: dict[str, tuple[Choice, ...]] = {}
    if f.has("scales"):
        with Fields(data, (*f.path, "scales"), f.report, what="'scales'") as s:
            for key in s.keys():  # noqa: SIM118 - Fields is no mapping
                found[key] = read_choices(s.items(key), f.report)
    return found


def _read_sections(f: Fields, around: Around) -> tuple[tuple[Section, ...], dict[str, Question]]:
    sections: list[Section] = []
    questions: dict[str, Question] = {}
    for data, path in f.items("sections", needed=True):
        with Fields(data, path, f.report, what="a section") as s:
            section_id = s.slug("id", needed=True) or ""
            title = s.text("title", needed=True) or ""
            if any(one.id == section_id for one in sections):
                s.wrong(f"The section '{section_id}' is here twice.", "id")
            mine: list[str] = []
            for inside, at in s.items("questions", needed=True):
                one = read_question(inside, at, f.report, section_id=section_id, around=around)
                if one is not None and one.id in questions:
                    f.report.add((*at, "id"), f"The question '{one.id}' is here twice.")
                elif one is not None:
                    questions[one.id] = one
                    mine.append(one.id)
            sections.append(Section(section_id, title, tuple(mine)))
    return tuple(sections), questions


def _read_forms(f: Fields, questions: dict[str, Question]) -> dict[str, Form]:
    data = f.take("forms", needed=True)
    found: dict[str, Form] = {}
    if f.has("forms"):
        with Fields(data, (*f.path, "forms"), f.report, what="'forms'") as forms:
            for key in forms.keys():  # noqa: SIM118 - Fields is no mapping
                if not SLUG.fullmatch(key):
                    forms.wrong(f"'{key}' must be small letters, digits and hyphens.", key)
                path = (*forms.path, key)
                found[key] = _read_form(key, forms.take(key), path, f.report, questions)
            if not found:
                forms.wrong("There must be at least one form.")
    return found


def _read_form(
    key: str, data: object, path: Path, report: Report, questions: dict[str, Question]
) -> Form:
    with Fields(data, path, report, what="a form") as f:
        title = f.text("title", needed=True) or ""
        adds = f.texts("and", options=ADDS)
        if f.take("questions", needed=True) == "all":
            left_out = _read_ids(f, "except", questions)
            chosen = tuple(one for one in questions if one not in left_out)
        else:
            f.refuse(("except",), "This belongs to a form that asks 'all' questions.")
            named = _read_ids(f, "questions", questions) if f.has("questions") else ()
            chosen = tuple(one for one in questions if one in named)
    return Form(key, title, chosen, adds)


def _read_ids(f: Fields, key: str, questions: dict[str, Question]) -> tuple[str, ...]:
    found: list[str] = []
    for i, (value, _) in enumerate(f.items(key)):
        words = read_words(value, f, key, i)
        if words is not None and words not in questions:
            f.wrong(f"There is no question '{words}'.", key, i)
        elif words in found:
            f.wrong(f"'{words}' is here twice.", key, i)
        elif words is not None:
            found.append(words)
    return tuple(found)
