"""One picture in, two clean pictures out: bytes to bytes, no files, no database, no clock.

Meant to run in the child process of ``sandbox``, because decoders read what strangers send.
"""

from __future__ import annotations

import io
import re
import warnings
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageFile, UnidentifiedImageError

from qa_app.photos.rules import LARGE, MAX_PIXELS, SMALL, NotAPicture, PhotoTooLarge, Tidied

__all__ = ["NotAPicture", "PhotoTooLarge", "Tidied", "tidy"]

FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
"""The only decoders that may run. The two-picture files of phones (MPO) open as JPEG."""

QUALITY: Final = 80
ICC_LIMIT: Final = 4_000_000

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
# An embedded thumbnail may show something else than the picture, and nobody asks for depth maps.
pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)

_DECODER_ERRORS: Final = (OSError, ValueError, SyntaxError, EOFError, RuntimeError)
_SRGB: Final = ImageCms.createProfile("sRGB")
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def tidy(data: bytes) -> Tidied:
    """Return the clean copies of the picture in ``data``.

    Raises ``PhotoTooLarge`` above 50 megapixels and ``NotAPicture`` for whatever cannot be decoded whole.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _tidy(data)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PhotoTooLarge("It has more than 50 megapixels.") from error


def _tidy(data: bytes) -> Tidied:
    picture = _open(data)
    kind = (picture.format or "").lower()
    kind = "jpeg" if kind == "mpo" else kind
    orientation, taken_at = _read_exif(picture)
    profile = picture.info.get("icc_profile")
    try:
        shrunk = _shrink(picture)
    except _DECODER_ERRORS as error:
        raise _blamed(error, "It is damaged: only part of it arrived.") from error
    if orientation in _TURNS:
        shrunk = shrunk.transpose(_TURNS[orientation])
    large = _fresh_canvas(_in_srgb(_without_alpha(shrunk), profile))
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return Tidied(
        large=_encode(large),
        small=_encode(small),
        width=large.width,
        height=large.height,
        phash=_perceptual_hash(small),
        taken_at=taken_at,
        kind=kind,
    )


def _open(data: bytes) -> Image.Image:
    """Read the header only; the first picture of a file with several is the one we keep."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise NotAPicture("It is not a JPEG, PNG, WebP or HEIC picture.") from error
    except _DECODER_ERRORS as error:
        raise _blamed(error, "It is damaged: its beginning cannot be read.") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise PhotoTooLarge("It has more than 50 megapixels.")
    if picture.width < 1 or picture.height < 1:
        raise NotAPicture("It is empty.")
    return picture


def _blamed(error: Exception, words: str) -> Exception:
    """Blame the picture, unless the machine itself failed (then the picture may be good)."""
    return error if isinstance(error, OSError) and error.errno else NotAPicture(words)


def _shrink(picture: Image.Image) -> Image.Image:
    """Decode no more than needed and bring the longest side to 1600 pixels, before any turning."""
    factor = LARGE / max(picture.width, picture.height)
    if factor < 1:
        # A JPEG decoder can halve while decoding, but only when asked in the picture's own proportions.
        picture.draft(None, (round(picture.width * factor), round(picture.height * factor)))
    picture.load()
    if picture.mode.startswith("I"):
        # 16-bit greys: keep the upper eight bits, which `convert` would clip instead.
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in {"P", "PA"} or (picture.mode in {"1", "L"} and _has_alpha(picture)):
        picture = picture.convert("RGBA" if _has_alpha(picture) else "RGB")
    elif picture.mode == "RGB" and _has_alpha(picture):
        picture = picture.convert("RGBA")
    elif picture.mode == "1":
        picture = picture.convert("L")
    picture.thumbnail((LARGE, LARGE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return picture


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in {"PA", "LA", "RGBA"} or "transparency" in picture.info


def _without_alpha(picture: Image.Image) -> Image.Image:
    """Lay what is see-through over white; leave grey, RGB and CMYK as they are, for their profile."""
    if picture.mode in {"LA", "RGBA", "La", "RGBa"}:
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return picture


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Convert by the picture's own colour profile when it has one that can be read, else plainly."""
    if isinstance(profile, bytes) and 128 <= len(profile) <= ICC_LIMIT:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            # RGB or grey for a CMYK picture would be a lie; lcms refuses it and we fall through.
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _fresh_canvas(picture: Image.Image) -> Image.Image:
    """Copy the pixels, and nothing else, onto a new picture."""
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture)
    return canvas


def _encode(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def _perceptual_hash(picture: Image.Image) -> str:
    import imagehash  # brings numpy and scipy: only a process that decodes should pay for them

    return str(imagehash.phash(picture))


def _read_exif(picture: Image.Image) -> tuple[int, datetime | None]:
    """Return the orientation (1 to 8) and the capture time; a broken block counts as none."""
    try:
        exif = picture.getexif()
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        details = exif.get_ifd(ExifTags.IFD.Exif)
        taken = details.get(ExifTags.Base.DateTimeOriginal)
        offset = details.get(ExifTags.Base.OffsetTimeOriginal) or details.get(
            ExifTags.Base.OffsetTime
        )
    except Exception:  # noqa: BLE001 - parsing a hostile block fails in many ways, none of which matters
        return 1, None
    return (orientation if orientation in _TURNS else 1), _capture_time(taken, offset)


def _capture_time(taken: object, offset: object) -> datetime | None:
    """Read ``2026:11:22 10:15:00`` and ``+01:00``, as EXIF 2.31 writes them."""
    if not isinstance(taken, str):
        return None
    found = re.match(r"\s*(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", taken)
    if found is None:
        return None
    try:
        # Not strptime: it loads a module on first use, and the child process may open no file.
        moment = datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers; the camera may not say more
    except ValueError:
        return None
    if not isinstance(offset, str):
        return moment
    if offset.strip("\0 ") == "Z":
        return moment.replace(tzinfo=UTC)
    parts = re.fullmatch(r"([+-])(\d\d):(\d\d)", offset.strip("\0 "))
    if parts is None:
        return moment
    ahead = timedelta(hours=int(parts[2]), minutes=int(parts[3]))
    if ahead > timedelta(hours=14):
        return moment
    return moment.replace(tzinfo=timezone(ahead if parts[1] == "+" else -ahead))
