"""Loading question sets: both shipped files, and every kind of mistake named with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.question_sets.loading import (
    Mistake,
    QuestionSetInvalid,
    content_digest,
    from_content,
    parse,
    to_content,
)
from qa_app.question_sets.wire import for_phone
from tests.support.question_sets import FILES, officer_set, text_of, young_set

SMALL = """\
key: small
version: 1
title: A small set
audience: officer
hazard_scheme: 2026
scoring:
  score: as the set says
  coverage: as the set says
  rules: [one rule]
  prompts: {safeguarding: what to do now}
  bands:
  - {id: good, label: Good, at_least: 50}
  - {id: bad, label: Bad, at_least: 0}
  critical_band: {id: urgent, label: Urgent}
  partial_below_coverage: 80
scales:
  yes-no:
  - {value: 'yes', label: 'Yes', score: 1}
  - {value: 'no', label: 'No', score: 0}
forms:
  full: {title: Full, questions: all}
  some: {title: Some, questions: [Q1]}
sections:
- id: one
  title: One
  questions:
  - id: Q1
    text: Does it lock?
    scale: yes-no
    weight: 5
    critical: {when: ['no'], months: [11, 12]}
    photo: {required_when: ['no']}
    defect: {when: ['no'], category: doors.lock, priority: P2, priority_by_value: {P1: ['no']}}
    prompt: {when: ['no'], kind: safeguarding}
    share: reviewed
    standards: [PR]
    hazards: [H19]
  - id: Q2
    text: How warm is it?
    type: number
    weight: 2
    minimum: -10
    maximum: 45
    scoring:
    - {at_least: 18, score: 1}
    - {below: 18, score: 0}
    standards: [AC]
  - id: Q3
    text: What is best?
    type: text
    weight: 0
    standards: [AC]
"""


def mistakes_in(text: str) -> list[str]:
    with pytest.raises(QuestionSetInvalid) as refused:
        parse(text)
    return [str(one) for one in refused.value.mistakes]


def changed(old: str, new: str) -> tuple[str, int]:
    """The small set with one thing changed, and the line of the change."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new), SMALL[: SMALL.index(old)].count("\n") + 1


def test_the_small_set_has_no_mistake() -> None:
    assert list(parse(SMALL).questions) == ["Q1", "Q2", "Q3"]


@pytest.mark.parametrize(("name", "count"), list(zip(FILES, (64, 28), strict=True)))
def test_the_shipped_sets_load(name: str, count: int) -> None:
    found = parse(text_of(name))
    assert (found.key, found.version, len(found.questions)) == (name, 1, count)


@pytest.mark.parametrize("name", FILES)
def test_a_set_comes_back_the_same_from_what_is_kept(name: str) -> None:
    found = parse(text_of(name))
    again = from_content(to_content(found))
    assert again == found
    assert to_content(again) == to_content(found)


def test_what_makes_no_difference_in_the_file_makes_none_in_the_digest() -> None:
    plain = content_digest(to_content(parse(SMALL)))
    spaced = SMALL.replace("weight: 5", "weight:   5.0   # five").replace("'Yes'", '"Yes"')
    assert content_digest(to_content(parse(spaced))) == plain
    other, _ = changed("weight: 5", "weight: 4")
    assert content_digest(to_content(parse(other))) != plain


def test_content_that_was_tampered_with_is_refused() -> None:
    for content in ("{", "[]", '{"key": "small"}', to_content(parse(SMALL)).replace("Q1", "", 1)):
        with pytest.raises(QuestionSetInvalid):
            from_content(content)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # keys that nobody honours, anywhere
        ("title: A small set", "title: A small set\nauthor: me", "'author' is not a key"),
        ("    weight: 5", "    wieght: 5", "Did you mean 'weight'?"),
        ("rules: [one rule]", "rules: [one rule]\n  cap: 50", "'cap' is not a key"),
        ("{id: good, label: Good,", "{id: good, colour: green, label: Good,", "'colour' is not"),
        ("months: [11, 12]", "month: 11", "Did you mean 'months'?"),
        ("photo: {required_when: ['no']}", "photo: {needed: true}", "'needed' is not a key"),
        ("prompt: {when: ['no'],", "prompt: {loud: 1, when: ['no'],", "'loud' is not a key"),
        ("full: {title: Full,", "full: {short: F, title: Full,", "'short' is not a key"),
        ("label: 'Yes', score: 1", "label: 'Yes', points: 1, score: 1", "'points' is not a key"),
        ("- {at_least: 18, score: 1}", "- {at_least: 18, score: 1, to: 2}", "'to' is not a key"),
        # wrong types
        ("version: 1", "version: one", "must be a number"),
        ("version: 1", "version: 1.5", "must be a whole number"),
        ("version: 1", "version: 0", "at least 1"),
        ("title: A small set", "title: 12", "must be words"),
        ("title: A small set", "title: ''", "not empty"),
        ("weight: 5", "weight: five", "must be a number"),
        ("weight: 5", "weight: -1", "at least 0"),
        ("weight: 5", "weight: .inf", "plain digits"),
        ("weight: 5", "weight: 0x10", "plain digits"),
        ("weight: 5", "weight: true", "must be a number"),
        ("audience: officer", "audience: everyone", "not one of: officer, young inspector"),
        ("audience: officer", "audience: 2026-01-01", "in quotes"),
        ("hazard_scheme: 2026", "hazard_scheme: 2020", "must be 2005 or 2026"),
        ("photo: {required_when: ['no']}", "photo: no photo", "list of keys and values"),
        ("photo: {required_when: ['no']}", "photo: {allowed: 'no'}", "true or false"),
        ("photo: {required_when: ['no']}", "photo: {required_when: 'no'}", "must be a list"),
        ("photo: {required_when: ['no']}", "photo: {required_when: []}", "at least one item"),
        ("questions: [Q1]", "questions: none of them", "must be a list"),
        # words that YAML reads as something else
        ("critical: {when: ['no'],", "critical: {when: [no],", "Put 'no' in quotes"),
        ("{value: 'yes', label:", "{value: yes, label:", "Put 'yes' in quotes"),
        # duplicates
        ("- id: Q2", "- id: Q1", "'Q1' is here twice"),
        ("value: 'no', label: 'No'", "value: 'yes', label: 'No'", "'yes' is here twice"),
        ("id: bad, label", "id: good, label", "'good' is here twice"),
        ("id: urgent, label", "id: good, label", "'good' is here twice"),
        ("    weight: 5", "    weight: 5\n    weight: 5", "here twice"),
        ("standards: [PR]", "standards: [PR, PR]", "'PR' is here twice"),
        ("months: [11, 12]", "months: [11, 11]", "11 is here twice"),
        # what does not exist
        ("scale: yes-no", "scale: yes-maybe", "no scale 'yes-maybe'"),
        ("questions: [Q1]", "questions: [Q1, Q9]", "no question 'Q9'"),
        ("questions: all}", "questions: all, except: [Q9]}", "no question 'Q9'"),
        ("kind: safeguarding", "kind: shouting", "not one of: safeguarding"),
        ("critical: {when: ['no'],", "critical: {when: [broken],", "not an answer of this question"),
        ("photo: {required_when: ['no']}", "photo: {required_when: [bad]}", "not an answer"),
        ("defect: {when: ['no'],", "defect: {when: [bad],", "not an answer"),
        ("prompt: {when: ['no'],", "prompt: {when: [bad],", "not an answer"),
        ("standards: [PR]", "standards: [XX]", "not one of: LM, PR, AC, SU"),
        ("hazards: [H19]", "hazards: [H22]", "not a hazard from H1 to H21"),
        ("hazards: [H19]", "hazards: [damp]", "not a hazard"),
        ("share: reviewed", "share: sometimes", "not one of: yes, reviewed, never"),
        ("priority: P2,", "priority: P9,", "not one of: P1, P2, P3, P4"),
        ("{P1: ['no']}", "{P9: ['no']}", "'P9' is not one of"),
        ("{P1: ['no']}", "{P1: ['yes']}", "raises no repair here"),
        ("category: doors.lock", "category: Door Lock", "is no category"),
        ("category: doors.lock", "category: doors.lok", "is no category"),
        ("    prompt: {when: ['no'], kind: safeguarding}", "    follow_up: {when: ['no'], kind: rekords}", "not one of: staffing"),
        ("    hazards: [H19]", "    show_emergency: {when: ['no'], panel: gass}", "not one of: gas, fire, danger"),
        ("months: [11, 12]", "only_if_home: haunted", "not one of: staffed_24_hours"),
        ("months: [11, 12]", "only_if_expired_or_missing: ['Gas!']", "no kind of certificate"),
        ("questions: [Q1]", "questions: [Q1], and: [surprise]", "not one of: failed-last-time"),
        # numbers that make no sense
        ("months: [11, 12]", "months: [0, 13]", "at least 1"),
        ("months: [11, 12]", "months: [13]", "at most 12"),
        ("at_least: 50", "at_least: 150", "at most 100"),
        ("label: Good, at_least: 50", "label: Good, at_least: 0", "highest score down"),
        ("label: Bad, at_least: 0", "label: Bad, at_least: 10", "last band must begin at 0"),
        ("partial_below_coverage: 80", "partial_below_coverage: 101", "at most 100"),
        ("label: 'Yes', score: 1", "label: 'Yes', score: 2", "at most 1"),
        ("minimum: -10", "minimum: 50", "must be below the maximum"),
        ("{below: 18, score: 0}", "{below: 10, score: 0}", "No band gives a score"),
        ("{below: 18, score: 0}", "{below: 18, score: 0}\n    - {above: 20, score: 1}", "gets as far"),
        ("{below: 18, score: 0}", "{below: 18, at_most: 17, score: 0}", "exactly one of"),
        # things that do not go together
        ("scale: yes-no", "scale: yes-no\n    type: choice", "either 'scale' or 'type'"),
        ("    scale: yes-no\n", "", "either 'scale' or 'type'"),
        ("scale: yes-no", "type: choice", "needs 'choices'"),
        ("scale: yes-no", "scale: yes-no\n    unit: degrees", "for a number only"),
        ("    type: text", "    type: text\n    extra_choices: []", "with choices only"),
        ("    type: number", "    type: number\n    choices: []", "of type choice only"),
        ("label: 'No', score: 0", "label: 'No', score: 0, coverage: missing", "not both"),
        ("label: 'No', score: 0", "label: 'No', coverage: lost", "not one of: missing, excluded"),
        ("    weight: 0", "    weight: 1", "its weight must be 0"),
        ("photo: {required_when: ['no']}", "photo: {allowed: false, required_when: ['no']}", "where none is"),
        ("priority: P2,", "priority: P2, officer_may_raise_to: P3,", "not more urgent"),
        ("questions: [Q1]", "questions: [Q1], except: [Q2]", "asks 'all' questions"),
        ("    scale: yes-no", "    scale: yes-no\n    ask_words_when: ['no']", "belong together"),
        ("    type: text", "    type: text\n    ask_why_when: [x]", "no answers to name"),
        ("- id: Q2", "- id: q2", "An id is a capital letter"),
        ("- id: one", "- id: The first", "small letters, digits and hyphens"),
        # YAML itself
        ("rules: [one rule]", "rules: [one rule", "This is not YAML"),
        ("rules: [one rule]", "rules: &r [one rule]", "Anchors (&name) and aliases"),
        ("rules: [one rule]", "rules: *r", "Anchors (&name) and aliases"),
        ("rules: [one rule]", "rules: !!python/name:os.system [x]", "is not allowed"),
        ("    weight: 5", "\tweight: 5", "This is not YAML"),
        ("    weight: 5", "    ? [weight]\n    : 5", "A key must be words"),
        ("    weight: 5", "    weight: 5\x07", "a character here that YAML does not allow"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    text, line = changed(old, new)
    found = mistakes_in(text)
    ours = [one for one in found if expected in one]
    assert ours, found
    # the line of the change, or of the place around it that is wrong because of it
    number = int(ours[0].removeprefix("line ").partition(":")[0])
    assert line - 14 <= number <= line + 2, found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    weight: 5", "    wieght: 5", "line 30: Q1.wieght: 'wieght' is not a key of a question."),
        ("months: [11, 12]", "months: [11, 13]", "line 31: Q1.critical.months[2]: 13 is too large"),
        ("questions: [Q1]", "questions: [Q1, Q9]", "line 22: forms.some.questions[2]: There is no"),
        ("hazards: [H19]", "hazards: [H22]", "line 37: Q1.hazards[1]: 'H22' is not a hazard"),
        ("label: 'Yes', score: 1", "label: 'Yes'", "line 27: Q1: With a weight, these need"),
        ("id: urgent, label", "id: good, label", "line 14: scoring.critical_band.id: The band"),
        ("- id: Q2", "- id: Q1", "line 38: Q1.id: The question 'Q1' is here twice"),
        ("    weight: 5", "    weight: 5\x07", "line 30: There is a character"),
    ],
)  # fmt: skip
def test_the_line_is_exact(old: str, new: str, expected: str) -> None:
    text, _ = changed(old, new)
    assert any(one.startswith(expected) for one in mistakes_in(text)), mistakes_in(text)


@pytest.mark.parametrize(
    "key",
    ["key", "version", "title", "audience", "hazard_scheme", "scoring", "forms", "sections"],
)
def test_a_set_that_lacks_a_key_says_which(key: str) -> None:
    document = json.loads(to_content(parse(SMALL)))
    del document[key]
    assert any(f"needs '{key}'" in one for one in mistakes_in(json.dumps(document)))


def test_every_mistake_is_named_at_once_in_the_order_of_the_file() -> None:
    text = SMALL
    for old, new in [
        ("version: 1", "version: none"),
        ("at_least: 50", "at_least: 150"),
        ("questions: [Q1]", "questions: [Q8]"),
        ("weight: 5", "wieght: 5"),
        ("share: reviewed", "share: maybe"),
    ]:
        text = text.replace(old, new)
    found = mistakes_in(text)
    lines = [int(one.removeprefix("line ").partition(":")[0]) for one in found]
    assert lines == sorted(lines)
    assert {2, 12, 22, 30, 35} <= set(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        ("just words", "must be a list of keys and values"),
        ("- a\n- b\n", "must be a list of keys and values"),
        ("a: 1\n---\nb: 2\n", "This is not YAML"),
        ("[" * 50_000, "nested too deeply"),
        ("- " * 5_000, "nested too deeply"),
        ("x" * 600_000, "longer than"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "Anchors"),
        ("<<: {key: a}\n", "A key must be words"),
    ],
)
def test_what_is_no_question_set_at_all_is_refused_without_a_trace(
    text: str, expected: str
) -> None:
    assert any(expected in one for one in mistakes_in(text)), mistakes_in(text)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_with_a_piece_cut_out_or_put_in_never_fails_otherwise(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SMALL)))
    end = min(len(SMALL), start + data.draw(st.integers(0, 40)))
    piece = data.draw(st.text(max_size=6) | st.sampled_from(["- ", ": ", "{", "]", "'", "\n"]))
    mistakes: tuple[Mistake, ...] = ()
    try:
        parse(SMALL[:start] + piece + SMALL[end:])
    except QuestionSetInvalid as refused:
        mistakes = refused.mistakes or (Mistake(0, "", ""),)
    assert all(one.message for one in mistakes)


def test_the_phone_gets_the_questions_flat_in_order_with_every_choice() -> None:
    phone = for_phone(officer_set())
    assert [one["id"] for one in phone["questions"]] == list(officer_set().questions)
    by_id = {one["id"]: one for one in phone["questions"]}
    assert by_id["O08"]["choices"][-1] == {
        "value": "not-applicable",
        "label": "Does not apply",
        "coverage": "excluded",
    }
    assert by_id["O08"]["section"] == "outside"
    assert by_id["O38"]["per_room"] == "bedroom"
    assert by_id["O19"]["statuses"] == ["unchecked"]
    assert by_id["O59"]["share"] == "never"
    assert by_id["O01"]["share"] == "yes"
    assert json.loads(json.dumps(phone)) == phone
    young = {one["id"]: one for one in for_phone(young_set())["questions"]}
    assert young["Y27"]["statuses"] == ["skip", "not-sure"]
    assert young["Y01"]["choices"][-1]["value"] == "not-sure"
