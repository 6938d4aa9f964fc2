"""Draws the photos that tests send: every format a phone sends, and what a stranger might send instead."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pillow_heif
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

CANARY: Final = "CANARY-12-ACACIA-AVENUE"
"""Written into every kind of metadata; must be found in no derivative."""

CORNERS: Final = {
    "top left": (220, 30, 30),
    "top right": (30, 180, 30),
    "bottom left": (30, 30, 220),
    "bottom right": (230, 220, 40),
}

RGB = tuple[int, int, int]

_INVERSE: Final[dict[int, tuple[Image.Transpose, ...]]] = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}


def upright(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four corners have four colours, so that turning it shows."""
    picture = Image.new("RGB", (width, height), (128, 128, 128))
    draw = ImageDraw.Draw(picture)
    w, h = width // 3, height // 3
    draw.rectangle((0, 0, w, h), CORNERS["top left"])
    draw.rectangle((width - w, 0, width, h), CORNERS["top right"])
    draw.rectangle((0, height - h, w, height), CORNERS["bottom left"])
    draw.rectangle((width - w, height - h, width, height), CORNERS["bottom right"])
    return picture.convert(mode)


def corner_colours(picture: Image.Image) -> dict[str, RGB]:
    """Return the colour a twelfth of the way in from each corner."""
    x, y = picture.width // 12, picture.height // 12
    right, bottom = picture.width - 1 - x, picture.height - 1 - y
    rgb = picture.convert("RGB")
    points = {
        "top left": (x, y),
        "top right": (right, y),
        "bottom left": (x, bottom),
        "bottom right": (right, bottom),
    }
    return {name: colour_at(rgb, point) for name, point in points.items()}


def colour_at(picture: Image.Image, point: tuple[int, int]) -> RGB:
    """Return the red, green and blue of one pixel."""
    red, green, blue = picture.convert("RGB").crop((*point, point[0] + 1, point[1] + 1)).tobytes()
    return red, green, blue


def are_upright(picture: Image.Image, *, tolerance: int = 24) -> bool:
    """Whether every corner has the colour it was drawn with."""
    return all(
        abs(seen - drawn) <= tolerance
        for name, colour in corner_colours(picture).items()
        for seen, drawn in zip(colour, CORNERS[name], strict=True)
    )


def exif_block(
    *,
    orientation: int = 1,
    has_gps: bool = True,
    taken: datetime | str | None = None,
    offset: str | None = None,
) -> bytes:
    """Return an EXIF block with a camera, a canary, a place and perhaps a capture time."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = CANARY
    exif[0x010F] = "Canary Phones"
    exif[0x0110] = CANARY
    details = exif.get_ifd(0x8769)
    details[0x9286] = b"ASCII\0\0\0" + CANARY.encode()
    if taken is not None:
        words = taken if isinstance(taken, str) else taken.strftime("%Y:%m:%d %H:%M:%S")
        details[0x9003] = words
    if offset is not None:
        details[0x9011] = offset
    if has_gps:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N", (51.0, 30.0, 12.34)
        gps[3], gps[4] = "W", (0.0, 5.0, 43.21)
    return exif.tobytes()


def xmp_packet() -> bytes:
    """Return an XMP packet that holds the canary and a place."""
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.2N">'
        f"{CANARY}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def srgb_profile() -> bytes:
    """Return the usual colour profile, always the same: the moment it was made is left out."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[24:36] = bytes(12)
    return bytes(data)


def swapped_profile() -> bytes:
    """Return a colour profile in which red and green have changed places, so that using it shows.

    Built from sRGB by swapping the red and green colorants: legal, small, and unmistakable.
    """
    data = bytearray(srgb_profile())
    count = struct.unpack(">I", data[128:132])[0]
    places = {}
    for index in range(count):
        start = 132 + 12 * index
        places[bytes(data[start : start + 4])] = start
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


def jpeg(
    *,
    width: int = 640,
    height: int = 480,
    orientation: int = 1,
    exif: bytes | None = None,
    is_laden: bool = True,
    profile: bytes | None = None,
    quality: int = 90,
) -> bytes:
    """Return a JPEG stored turned as EXIF ``orientation`` says; laden with every kind of metadata."""
    picture = upright(width, height)
    for turn in _INVERSE[orientation]:
        picture = picture.transpose(turn)
    block = exif_block(orientation=orientation) if exif is None else exif
    out = io.BytesIO()
    if not is_laden:
        picture.save(out, "JPEG", quality=quality, exif=block)
        return out.getvalue()
    icc = profile or srgb_profile()
    picture.save(out, "JPEG", quality=quality, exif=block, icc_profile=icc, comment=CANARY.encode())
    return _with_segments(out.getvalue())


def _with_segments(data: bytes) -> bytes:
    """Put XMP (APP1) and IPTC (APP13) after the start of a JPEG."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet()
    record = b"\x1c\x02\x78" + struct.pack(">H", len(CANARY)) + CANARY.encode()
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    iptc = b"Photoshop 3.0\0" + resource + (b"\0" if len(record) % 2 else b"")
    segments = b"".join(
        marker + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((b"\xff\xe1", xmp), (b"\xff\xed", iptc))
    )
    return data[:2] + segments + data[2:]


def png(mode: str = "RGB", *, width: int = 640, height: int = 480) -> bytes:
    """Return a PNG of the given mode with text chunks, EXIF and XMP."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", CANARY)
    words.add_text("Description", CANARY, zip=True)
    words.add_itxt("XML:com.adobe.xmp", xmp_packet().decode())
    picture = upright(width, height)
    if mode == "RGBA":
        picture = picture.convert("RGBA")
        picture.paste((0, 0, 0, 0), (width // 3, height // 3, 2 * width // 3, 2 * height // 3))
    elif mode == "I;16":
        grey = picture.convert("L")
        picture = Image.frombytes(
            "I;16", grey.size, b"".join(bytes((0, v)) for v in grey.tobytes())
        )
    else:
        picture = picture.convert(mode)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=words, exif=exif_block())
    return out.getvalue()


def palette_png_with_transparency() -> bytes:
    """Return a palette PNG whose middle is see-through by its tRNS chunk."""
    picture = upright().quantize(16)
    middle = picture.getpixel((320, 240))
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=middle)
    return out.getvalue()


def webp(
    *,
    width: int = 640,
    height: int = 480,
    is_animated: bool = False,
    is_plain: bool = False,
    is_lossless: bool = False,
) -> bytes:
    """Return a WebP with EXIF and XMP (or plain), with a second frame if asked."""
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": 90, "lossless": is_lossless}
    if not (is_plain or is_lossless):
        options |= {"exif": exif_block(), "xmp": xmp_packet()}
    if is_animated:
        more = [Image.new("RGB", (width, height), "black")]
        options |= {"save_all": True, "append_images": more}
    upright(width, height).save(out, "WEBP", **options)
    return out.getvalue()


def heic(*, orientation: int = 1, width: int = 640, height: int = 480) -> bytes:
    """Return a HEIC as a phone writes it: turned by its own boxes, with EXIF, GPS and XMP."""
    pillow_heif.register_heif_opener()
    picture = upright(width, height)
    for turn in _INVERSE[orientation]:
        picture = picture.transpose(turn)
    out = io.BytesIO()
    picture.save(
        out,
        "HEIF",
        quality=80,
        exif=exif_block(orientation=orientation, taken="2026:11:22 10:15:00", offset="+00:00"),
        xmp=xmp_packet(),
    )
    return out.getvalue()


def mpo() -> bytes:
    """Return a two-frame MPO, as many phones name ``.jpg``; only the first frame is the photo."""
    out = io.BytesIO()
    upright().save(
        out,
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (640, 480), "black")],
        exif=exif_block(),
        quality=90,
    )
    return out.getvalue()


def cmyk_jpeg() -> bytes:
    """Return a JPEG in four printing colours."""
    out = io.BytesIO()
    upright(mode="CMYK").save(out, "JPEG", quality=95)
    return out.getvalue()


def grey_jpeg() -> bytes:
    """Return a JPEG in greys."""
    out = io.BytesIO()
    upright(mode="L").save(out, "JPEG", quality=90)
    return out.getvalue()


def truncated(data: bytes, share: float = 0.6) -> bytes:
    """Return the beginning of ``data``, as a cut connection leaves it."""
    return data[: int(len(data) * share)]


def damaged_png() -> bytes:
    """Return a PNG that is sound by its headers and its end, but cannot be decoded."""
    data = bytearray(png())
    place = data.find(b"IDAT") + 20
    data[place : place + 20] = bytes(20)
    return bytes(data)


def png_bomb(side: int = 20_000) -> bytes:
    """Return a small PNG that unfolds to ``side`` squared pixels (400 megapixels by default)."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size than it has."""
    data = bytearray(jpeg(is_laden=False, exif=b""))
    start = data.find(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def heic_claiming(width: int, height: int) -> bytes:
    """Return a HEIC whose boxes claim another size than it has."""
    data = bytearray(heic())
    start = -1
    while (start := data.find(b"ispe", start + 1)) > 0:
        data[start + 8 : start + 16] = struct.pack(">II", width, height)
    return bytes(data)


def polyglot() -> bytes:
    """Return a JPEG with a zip archive and a web page hung on its tail."""
    return (
        jpeg()
        + b"PK\x03\x04"
        + CANARY.encode()
        + b"<script>alert(1)</script>PK\x05\x06"
        + b"\0" * 18
    )


def gif() -> bytes:
    """Return a GIF: a picture, but none of those a camera sends."""
    out = io.BytesIO()
    upright().save(out, "GIF")
    return out.getvalue()


NOT_PICTURES: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": lambda: b"<!doctype html><title>photo</title><script>alert(1)</script>",
    "pdf": lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "zip": lambda: b"PK\x03\x04" + b"\0" * 60,
    "gif": gif,
    "jpeg beginning only": lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0",
    "riff that is sound": lambda: b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 28,
    "video": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64,
}
