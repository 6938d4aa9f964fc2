"""The demonstration's photos: small, the same every time, and readable like any phone's."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from qa_app.demo.drawings import FAULTS, ROOMS, room_photo


@pytest.mark.parametrize("kind", ROOMS)
def test_every_kind_of_room_can_be_drawn(kind: str) -> None:
    data = room_photo(kind)
    picture = Image.open(io.BytesIO(data), formats=("JPEG",))
    assert picture.size == (1600, 1200)
    assert 20_000 < len(data) < 300_000
    assert not picture.getexif()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_shows(fault: str) -> None:
    for kind in ("bedroom", "wall"):
        data = room_photo(kind, fault, 3)
        assert len(data) < 300_000
        assert data != room_photo(kind, None, 3)


def test_the_same_call_draws_the_same_and_another_seed_another() -> None:
    assert room_photo("kitchen", "mould", 1) == room_photo("kitchen", "mould", 1)
    assert room_photo("kitchen", "mould", 1) != room_photo("kitchen", "mould", 2)


def test_an_unknown_room_or_fault_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        room_photo("cellar")
    with pytest.raises(KeyError):
        room_photo("kitchen", "haunted")
