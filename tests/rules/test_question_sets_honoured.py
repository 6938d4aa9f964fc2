"""Every key of both shipped files is honoured: whatever is changed in a file changes the set."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path as Folder
from typing import Any

import pytest

from qa_app.question_sets.loading import QuestionSetInvalid, from_content, to_content
from qa_app.question_sets.rules import QuestionSet
from tests.support.question_sets import FILES, officer_set, young_set

Path = tuple[str | int, ...]
SETS = dict(zip(FILES, (officer_set, young_set), strict=True))
NAMED = {"forms", "scales", "prompts"}
"""Mappings whose keys are names that the file makes up, not keys to honour."""


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every mapping key and every leaf of a document."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*path, key)
            yield from places(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from places(value, (*path, i))
    else:
        yield path


def pattern(path: Path) -> str:
    """A path without positions and made-up names: what kind of place it is."""
    shown: list[str] = []
    for part in path:
        is_named = bool(shown) and shown[-1] in NAMED
        shown.append("*" if isinstance(part, int) or is_named else part)
    return ".".join(shown)


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else None


def is_noticed(document: Any, original: QuestionSet) -> bool:
    try:
        return from_content(json.dumps(document)) != original
    except QuestionSetInvalid:
        return True


@pytest.mark.parametrize("name", FILES)
def test_every_leaf_of_the_file_makes_a_difference(name: str) -> None:
    original = SETS[name]()
    document = json.loads(to_content(original))
    seen: dict[str, int] = {}
    unread = []
    for path in places(document):
        value = at(document, path)
        kind = pattern(path)
        if isinstance(value, dict | list) or seen.get(kind, 0) >= 5:
            continue  # a handful of each kind of place, and at least one of every kind
        seen[kind] = seen.get(kind, 0) + 1
        edited = copy.deepcopy(document)
        at(edited, path[:-1])[path[-1]] = other(value)
        if not is_noticed(edited, original):
            unread.append(path)
    assert unread == []
    assert len(seen) > 40


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_the_file_is_known_by_that_name_only(name: str) -> None:
    """A key that the loader does not ask for is a mistake, so a known key is one that is read."""
    original = SETS[name]()
    document = json.loads(to_content(original))
    tried: set[str] = set()
    for path in places(document):
        kind = pattern(path)
        if kind in tried or not isinstance(path[-1], str) or kind.endswith("*"):
            continue
        tried.add(kind)
        edited = copy.deepcopy(document)
        around = at(edited, path[:-1])
        around[f"{path[-1]}zz"] = around.pop(path[-1])
        with pytest.raises(QuestionSetInvalid, match="zz"):
            from_content(json.dumps(edited))
    assert len(tried) > 30


KNOWN_TO_RULES = {
    # key of a question -> the test that proves what it does
    "id": "test_question_sets_rules.py:test_each_form_asks_its_questions_in_the_order_of_the_set",
    "text": "test_follows.py:test_words_hold_question_and_answer_but_not_the_comment",
    "scale": "test_question_sets_rules.py:test_scales_and_extra_choices_and_offers_all_become_choices",
    "type": "test_question_sets_rules.py:test_numbers_score_by_their_bands",
    "choices": "test_question_sets_rules.py:test_what_an_answer_means_for_the_score",
    "extra_choices": "test_question_sets_rules.py:test_scales_and_extra_choices_and_offers_all_become_choices",
    "weight": "test_scoring.py:test_score_coverage_and_band",
    "per_room": "test_scoring.py:test_per_room_questions_count_pro_rata",
    "critical": "test_question_sets_rules.py:test_which_answers_are_critical_when_and_where",
    "photo": "test_check_answers.py:test_what_is_missing",
    "defect": "test_follows.py:test_what_an_officer_raises_and_proposes",
    "follow_up": "test_follows.py:test_actions_that_are_no_repair",
    "prompt": "test_follows.py:test_prompts",
    "show_emergency": "test_follows.py:test_gas_shows_the_emergency_panel_before_anything_else",
    "share": "test_scoring.py:test_a_provider_sees_a_score_of_what_it_may_see",
    "standards": "test_scoring.py:test_a_question_with_several_standards_counts_fully_in_each",
    "hazards": "test_follows.py:test_what_an_officer_raises_and_proposes",
    "help": "test_question_sets_rules.py:test_photo_help_is_kept",
    "unit": "test_question_sets_answers.py:test_answers_in_words",
    "minimum": "test_check_answers.py:test_what_is_odd_is_kept_and_flagged",
    "maximum": "test_check_answers.py:test_what_is_odd_is_kept_and_flagged",
    "decimals": "test_question_sets_answers.py:test_numbers_as_people_type_them",
    "scoring": "test_question_sets_rules.py:test_numbers_score_by_their_bands",
    "ask_why_when": "test_check_answers.py:test_what_is_missing",
    "ask_words_when": "test_check_answers.py:test_what_is_missing",
    "words_label": "test_question_sets_rules.py:test_other_things_an_answer_asks_for",
    "theme": "test_question_sets_rules.py:test_other_things_an_answer_asks_for",
    "may_be_unchecked": "test_question_sets_rules.py:test_a_number_may_be_unchecked_only_where_the_set_says_so",
}


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_a_question_has_a_test_of_what_it_does(name: str) -> None:
    document = json.loads(to_content(SETS[name]()))
    used = {key for part in document["sections"] for one in part["questions"] for key in one}
    assert used <= set(KNOWN_TO_RULES)
    for where in KNOWN_TO_RULES.values():
        file, _, test = where.partition(":")
        assert f"def {test}(" in (Folder(__file__).parent / file).read_text(encoding="utf-8")
