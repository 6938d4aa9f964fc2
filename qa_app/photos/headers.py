"""What the beginning and the end of a picture file say, read without decoding anything."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from qa_app.photos.rules import MAX_PIXELS, NotAPicture, PhotoTooLarge

Bytes = bytes | mmap.mmap

CUT_OFF: Final = "It is damaged: only part of it arrived."
NO_PICTURE: Final = "It is not a JPEG, PNG, WebP or HEIC picture."

_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_OTHER_BRANDS: Final = frozenset({b"avif", b"avis"})
# The only boxes looked into, by what is around them, and where in them the inner boxes begin.
_NESTED: Final = {(b"", b"meta"): 4, (b"meta", b"iprp"): 0, (b"iprp", b"ipco"): 0}
_MOST_STEPS: Final = 100_000


@dataclass(frozen=True)
class Kind:
    """What a file says it is: its content type, and its size in pixels before any turning."""

    content_type: str
    width: int
    height: int


def look(data: Bytes) -> Kind:
    """Return what the file says it is.

    Checks the type by its content, the size in pixels by its header, and that its end arrived.
    Raises ``NotAPicture`` or ``PhotoTooLarge``. Whether it can be decoded, the worker finds out.
    """
    try:
        kind = _reader(data)(data)
    except (struct.error, IndexError) as error:
        raise NotAPicture(CUT_OFF) from error
    if kind.width < 1 or kind.height < 1:
        raise NotAPicture("It is damaged: its size cannot be read.")
    if kind.width * kind.height > MAX_PIXELS:
        raise PhotoTooLarge("It has more than 50 megapixels.")
    return kind


def _reader(data: Bytes) -> Callable[[Bytes], Kind]:
    if data[:3] == b"\xff\xd8\xff":
        return _jpeg
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp
    if data[4:8] == b"ftyp":
        return _heif
    raise NotAPicture(NO_PICTURE)


def _jpeg(data: Bytes) -> Kind:
    """Walk the segments to the first scan, then find the marker that ends the picture.

    Phones hang more behind it (a second picture, a short film), so it need not stand last.
    """
    place, size = 2, None
    for _ in range(_MOST_STEPS):
        while data[place] == 0xFF and data[place + 1] == 0xFF:
            place += 1
        if data[place] != 0xFF:
            raise NotAPicture("It is damaged: its beginning cannot be read.")
        marker = data[place + 1]
        length = struct.unpack(">H", data[place + 2 : place + 4])[0]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            size = (width, height)
        place += 2 + length
        if marker == 0xDA:
            break
    if size is None:
        raise NotAPicture("It is damaged: its size cannot be read.")
    if data.rfind(b"\xff\xd9", place) < 0:  # from the back, where it usually stands
        raise NotAPicture(CUT_OFF)
    return Kind("image/jpeg", *size)


# Start of frame, all kinds; the gaps are tables (C4), reserved (C8) and arithmetic coding (CC).
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _png(data: Bytes) -> Kind:
    if data[12:16] != b"IHDR":
        raise NotAPicture("It is damaged: its beginning cannot be read.")
    width, height = struct.unpack(">II", data[16:24])
    place = 8
    for _ in range(_MOST_STEPS):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        place += 12 + length
        if place > len(data):
            raise NotAPicture(CUT_OFF)
        if name == b"IEND":
            return Kind("image/png", width, height)
    raise NotAPicture("It is damaged: it has no end.")


def _webp(data: Bytes) -> Kind:
    if 8 + struct.unpack("<I", data[4:8])[0] > len(data):
        raise NotAPicture(CUT_OFF)
    name = data[12:16]
    if name == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
    elif name == b"VP8L" and data[20] == 0x2F:
        bits = struct.unpack("<I", data[21:25])[0]
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    else:
        raise NotAPicture("It is damaged: its beginning cannot be read.")
    return Kind("image/webp", width, height)


def _heif(data: Bytes) -> Kind:
    """Walk the boxes; the largest size named is that of the whole picture (tiles and thumbnails are smaller)."""
    length = struct.unpack(">I", data[:4])[0]
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(length, 256), 4))}
    if not brands & _HEIF_BRANDS or data[8:12] in _OTHER_BRANDS:
        raise NotAPicture(NO_PICTURE)
    sizes: list[tuple[int, int]] = []
    has_content = False
    for name, start in _boxes(data):
        has_content = has_content or name in {b"mdat", b"idat"}
        if name == b"ispe":
            width, height = struct.unpack(">II", data[start + 4 : start + 12])
            sizes.append((width, height))
    if not sizes or not has_content:
        raise NotAPicture(CUT_OFF)
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Kind("image/heic", width, height)


def _boxes(data: Bytes) -> Iterator[tuple[bytes, int]]:
    """Yield name and start of the content of every box that matters, those inside boxes too."""
    left = [(0, len(data), b"")]
    steps = 0
    while left:
        place, end, around = left.pop()
        while place < end:
            steps += 1
            if steps > _MOST_STEPS:
                raise NotAPicture("It is damaged: it has too many parts.")
            size, name = struct.unpack(">I4s", data[place : place + 8])
            head = 8
            if size == 1:
                size = struct.unpack(">Q", data[place + 8 : place + 16])[0]
                head = 16
            elif size == 0:
                size = end - place
            if size < head or place + size > end:
                raise NotAPicture(CUT_OFF)
            yield name, place + head
            if (around, name) in _NESTED:
                left.append((place + head + _NESTED[around, name], place + size, name))
            place += size
