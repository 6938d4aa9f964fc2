"""The style sheet that is served holds nothing that is GOV.UK's alone, and loads nothing."""

from __future__ import annotations

import re

import pytest

from qa_app.assets import vendor
from qa_app.setup.progress import Failure

SHEET = (
    '/*! Copyright notice of "GDS" */@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}'
    ".govuk-body{font-family:GDS Transport,arial,sans-serif}"
    ".crest{background-image:url(/assets/images/govuk-crest.svg);mask-image:url(/x/govuk-crest.svg)}"
    "\n/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


def test_font_crest_and_source_map_are_taken_out() -> None:
    css = vendor.patched_css(SHEET)
    assert css.strip() == (
        f".govuk-body{{font-family:{vendor.SYSTEM_FONTS}}}"
        ".crest{background-image:none;mask-image:none}"
    )


@pytest.mark.parametrize("left", ["a{background:url(x.png)}", "a{font-family:GDS Other}"])
def test_a_sheet_that_has_changed_is_refused(left: str) -> None:
    with pytest.raises(Failure):
        vendor.patched_css(SHEET + left)


@pytest.mark.parametrize("name", ["govuk-frontend.min.css", "govuk-frontend.rtl.min.css"])
def test_the_sheet_that_is_served_is_clean_and_whole(name: str) -> None:
    css = (vendor.VENDOR / name).read_text("utf-8")
    assert len(css) > 100_000
    assert not re.search(r"GDS|url\(|@font-face|@import", css)
    assert ".govuk-error-summary" in css


def test_the_mirrored_sheet_is_mirrored() -> None:
    plain = (vendor.VENDOR / "govuk-frontend.min.css").read_text("utf-8")
    mirrored = (vendor.VENDOR / "govuk-frontend.rtl.min.css").read_text("utf-8")
    assert plain != mirrored
    assert plain.count("margin-left:") == mirrored.count("margin-right:")
    assert plain.count("margin-left:") != mirrored.count("margin-left:")


@pytest.mark.parametrize("name", ["govuk-frontend.min.js", "idb.js"])
def test_scripts_are_modules_without_source_map(name: str) -> None:
    text = (vendor.VENDOR / name).read_text("utf-8")
    assert "export" in text
    assert "sourceMappingURL" not in text
