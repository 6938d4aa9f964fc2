"""What a clean copy holds and what it does not, for every format a phone or a stranger sends."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from qa_app.photos import imaging
from tests.support import pictures

LADEN: dict[str, Callable[..., bytes]] = {
    "jpeg": pictures.jpeg,
    "png": pictures.png,
    "webp": pictures.webp,
    "heic": pictures.heic,
    "mpo": pictures.mpo,
    "polyglot": pictures.polyglot,
}


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=("JPEG",))
    picture.load()
    return picture


def segments(data: bytes) -> list[int]:
    """Return the second byte of every marker of a JPEG, up to its first scan."""
    found, place = [], 2
    while True:
        assert data[place] == 0xFF
        found.append(data[place + 1])
        if data[place + 1] == 0xDA:
            return found
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")


@pytest.mark.parametrize("kind", LADEN)
def test_t07_nothing_but_the_picture_survives(kind: str) -> None:
    laden = LADEN[kind]()
    assert pictures.CANARY.encode() in laden, "the test photo must carry what we look for"
    tidied = imaging.tidy(laden)
    for clean in (tidied.large, tidied.small):
        for trace in (
            pictures.CANARY.encode(),
            b"Canary",
            b"Exif",
            b"GPS",
            b"http",
            b"xmp",
            b"<x:",
            b"Photoshop",
            b"8BIM",
            b"ICC_PROFILE",
            b"MPF",
            b"PK\x03\x04",
            b"<script",
        ):
            assert trace not in clean
        # APP0 (JFIF) is all that may stand beside tables and frame: no APP1 to APP15, no comment.
        assert not {
            marker for marker in segments(clean) if 0xE1 <= marker <= 0xEF or marker == 0xFE
        }
        assert clean.endswith(b"\xff\xd9")
        assert clean.count(b"\xff\xd9") == 1
        picture = opened(clean)
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & picture.info.keys()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [pictures.jpeg, pictures.heic])
def test_every_photo_is_turned_upright(kind: Callable[..., bytes], orientation: int) -> None:
    tidied = imaging.tidy(kind(orientation=orientation))
    assert (tidied.width, tidied.height) == (640, 480)
    assert pictures.are_upright(opened(tidied.large))
    assert pictures.are_upright(opened(tidied.small))


def test_the_test_photo_is_really_turned() -> None:
    """Without this the test above could pass on photos that were upright from the start."""
    assert not pictures.are_upright(opened(pictures.jpeg(orientation=6)))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (pictures.jpeg, "jpeg"),
        (pictures.mpo, "jpeg"),
        (pictures.png, "png"),
        (pictures.webp, "webp"),
        (pictures.heic, "heif"),
    ],
)
def test_the_kind_is_what_the_bytes_are(make: Callable[..., bytes], kind: str) -> None:
    assert imaging.tidy(make()).kind == kind


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "1", "L", "LA", "P", "I;16"])
def test_png_in_every_mode_comes_out_as_rgb(mode: str) -> None:
    tidied = imaging.tidy(pictures.png(mode))
    assert opened(tidied.large).mode == "RGB"
    assert (tidied.width, tidied.height) == (640, 480)


@pytest.mark.parametrize(
    "make", [lambda: pictures.png("RGBA"), pictures.palette_png_with_transparency]
)
def test_what_was_see_through_is_white(make: Callable[..., bytes]) -> None:
    large = opened(imaging.tidy(make()).large)
    assert large.getpixel((320, 240)) == (255, 255, 255)
    assert pictures.are_upright(large)


def test_sixteen_bit_greys_are_scaled_not_clipped() -> None:
    large = opened(imaging.tidy(pictures.png("I;16")).large)
    drawn = pictures.upright(mode="L")
    for place in ((20, 20), (620, 20), (320, 240), (620, 460)):
        red, green, blue = pictures.colour_at(large, place)
        assert red == green == blue
        assert abs(red - pictures.colour_at(drawn, place)[0]) <= 3


def test_cmyk_and_grey_photos_keep_their_colours() -> None:
    assert pictures.are_upright(opened(imaging.tidy(pictures.cmyk_jpeg()).large), tolerance=40)
    grey = opened(imaging.tidy(pictures.grey_jpeg()).large)
    red, green, blue = pictures.colour_at(grey, (320, 240))
    assert red == green == blue


def test_an_unusual_colour_profile_is_used_then_dropped() -> None:
    """The profile says that red and green have changed places: the clean copy shows it so."""
    large = opened(imaging.tidy(pictures.jpeg(profile=pictures.swapped_profile())).large)
    red, green, _blue = pictures.corner_colours(large)["top left"]
    assert green > 180
    assert red < 60


@pytest.mark.parametrize("profile", [b"\0" * 200, b"not a profile" * 40])
def test_a_broken_colour_profile_is_no_reason_to_refuse(profile: bytes) -> None:
    assert pictures.are_upright(opened(imaging.tidy(pictures.jpeg(profile=profile)).large))


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (1600, 1200), (400, 300)),
        ((3000, 4000), (1200, 1600), (300, 400)),
        ((640, 480), (640, 480), (400, 300)),
        ((300, 200), (300, 200), (300, 200)),
        ((5000, 10), (1600, 3), (400, 1)),
    ],
)
def test_two_sizes_never_enlarged(
    size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    tidied = imaging.tidy(pictures.jpeg(width=size[0], height=size[1]))
    assert opened(tidied.large).size == large == (tidied.width, tidied.height)
    assert opened(tidied.small).size == small
    assert opened(tidied.large).info.get("progressive")


@pytest.mark.parametrize("make", [pictures.mpo, lambda: pictures.webp(is_animated=True)])
def test_only_the_first_frame_is_the_photo(make: Callable[..., bytes]) -> None:
    large = opened(imaging.tidy(make()).large)
    assert getattr(large, "n_frames", 1) == 1
    assert pictures.are_upright(large)


@pytest.mark.parametrize("name", pictures.NOT_PICTURES)
def test_t35_t37_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(imaging.NotAPicture):
        imaging.tidy(pictures.NOT_PICTURES[name]())


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_f50_truncated_photos_are_refused(kind: str, share: float) -> None:
    with pytest.raises(imaging.NotAPicture):
        imaging.tidy(pictures.truncated(LADEN[kind](), share))


@pytest.mark.parametrize(
    "make",
    [
        pictures.png_bomb,
        lambda: pictures.png_bomb(7_100),
        lambda: pictures.jpeg_claiming(20_000, 20_000),
        lambda: pictures.jpeg_claiming(65_000, 800),
        lambda: pictures.heic_claiming(16_384, 12_288),
    ],
    ids=[
        "400 MP",
        "50.4 MP",
        "jpeg claiming 400 MP",
        "jpeg claiming 52 MP",
        "heic claiming 200 MP",
    ],
)
def test_t36_f51_pixel_bombs_are_refused_without_decoding(make: Callable[..., bytes]) -> None:
    with pytest.raises(imaging.PhotoTooLarge):
        imaging.tidy(make())


@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        ("2026:06:01 10:15:00", "+01:00", datetime(2026, 6, 1, 10, 15, tzinfo=timezone(timedelta(hours=1)))),
        ("2026:06:01 10:15:00", "-03:30", datetime(2026, 6, 1, 13, 45, tzinfo=UTC)),
        ("2026:06:01 10:15:00", "Z", datetime(2026, 6, 1, 10, 15, tzinfo=UTC)),
        ("2026:06:01 10:15:00", None, datetime(2026, 6, 1, 10, 15)),  # noqa: DTZ001 - the camera did not say
        ("2026:06:01 10:15:00", "+99:00", datetime(2026, 6, 1, 10, 15)),  # noqa: DTZ001 - nor here
        ("2026:06:01 10:15:00", "rubbish", datetime(2026, 6, 1, 10, 15)),  # noqa: DTZ001 - nor here
        ("0000:00:00 00:00:00", None, None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)  # fmt: skip
def test_the_capture_time_is_read_before_it_is_stripped(
    taken: str | None, offset: str | None, expected: datetime | None
) -> None:
    block = pictures.exif_block(taken=taken, offset=offset)
    found = imaging.tidy(pictures.jpeg(exif=block)).taken_at
    assert found == expected
    if found is not None and expected is not None:
        assert (found.tzinfo is None) == (expected.tzinfo is None)


@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + b"\xff" * 64]
)
def test_a_broken_exif_block_counts_as_none(block: bytes) -> None:
    tidied = imaging.tidy(pictures.jpeg(exif=block, is_laden=False))
    assert tidied.taken_at is None
    assert pictures.are_upright(opened(tidied.large))


def test_the_perceptual_hash_survives_encoding_again_and_tells_pictures_apart() -> None:
    first = imaging.tidy(pictures.jpeg(quality=95)).phash
    again = imaging.tidy(pictures.jpeg(quality=40)).phash
    other = imaging.tidy(pictures.jpeg(orientation=1, width=200, height=640)).phash
    turned = imaging.tidy(pictures.jpeg(orientation=3, exif=b"")).phash
    assert len(first) == 16

    def distance(one: str, two: str) -> int:
        return (int(one, 16) ^ int(two, 16)).bit_count()

    assert distance(first, again) <= 8
    assert distance(first, turned) > 12
    assert len(other) == 16
