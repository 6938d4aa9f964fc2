"""pip's settings reach uv."""

from __future__ import annotations

import pytest

from qa_app.setup import package_index

LISTING = """\
global.index-url='https://index.example/simple'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
install.find-links='/srv/wheels /srv/more'
global.cert='/etc/ca.pem'
:env:.find-links='/mnt/wheels'
not a setting
"""


def test_every_setting_is_told_in_uvs_words() -> None:
    env = package_index.for_uv(LISTING, {})
    assert env["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert env["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/ca.pem"


def test_the_environment_wins_over_pips_files_as_in_pip() -> None:
    assert package_index.for_uv(LISTING, {})["UV_FIND_LINKS"] == "/mnt/wheels"


def test_several_folders_are_separated_as_uv_wants_them() -> None:
    listing = "install.find-links='/srv/wheels /srv/more'"
    assert package_index.for_uv(listing, {})["UV_FIND_LINKS"] == "/srv/wheels,/srv/more"


def test_what_uv_was_told_directly_stays() -> None:
    env = package_index.for_uv(LISTING, {"UV_DEFAULT_INDEX": "https://mine.example/simple"})
    assert env["UV_DEFAULT_INDEX"] == "https://mine.example/simple"


def test_with_several_indexes_the_best_version_of_all_is_taken_as_by_pip() -> None:
    assert package_index.for_uv(LISTING, {})["UV_INDEX_STRATEGY"] == "unsafe-best-match"


@pytest.mark.parametrize("listing", ["", "rubbish", "global.index-url=not quoted"])
def test_without_settings_the_environment_passes_unchanged(listing: str) -> None:
    assert package_index.for_uv(listing, {"PATH": "/bin"}) == {"PATH": "/bin"}
