"""The child process in which strangers' pictures are decoded: little memory, no new files, no network.

It reads one picture after the other from standard input and writes the clean copies to standard
output, each message led by its length. ``sandbox`` starts it and talks to it; nobody else does.
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import struct
import sys
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Final

from qa_app.photos.rules import NotAPicture, PhotoTooLarge, Tidied

LENGTH: Final = struct.Struct(">Q")


def main(memory: int, seconds: int) -> None:
    """Serve until standard input ends; ``memory`` bytes of address space, ``seconds`` of CPU a picture."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    try:
        tidy = _ready()
        _confine(memory)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        send(outgoing, {"ready": False, "why": f"{type(error).__name__}: {error}"})
        return
    send(outgoing, {"ready": True})
    while (data := receive(incoming)) is not None:
        _allow(seconds)
        _answer(outgoing, tidy, data)
        del data


def send(stream: BinaryIO, head: dict[str, object], *bodies: bytes) -> None:
    """Write one message: a JSON head that names the lengths of the bodies that follow."""
    words = json.dumps(head | {"bodies": [len(body) for body in bodies]}).encode()
    stream.write(LENGTH.pack(len(words)) + words)
    stream.writelines(bodies)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one picture; None when the other side has gone."""
    start = stream.read(LENGTH.size)
    if len(start) < LENGTH.size:
        return None
    length = LENGTH.unpack(start)[0]
    data = stream.read(length)
    return data if len(data) == length else None


def _ready() -> Callable[[bytes], Tidied]:
    """Load every library by tidying pictures of our own, so that none needs to open a file later."""
    from PIL import Image, ImageCms

    from qa_app.photos.imaging import tidy

    picture = Image.new("RGB", (64, 64), "grey")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:01:01 12:00:00"
    exif.get_ifd(0x8769)[0x9011] = "+00:00"
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        sample = io.BytesIO()
        picture.save(sample, kind, icc_profile=profile, exif=exif.tobytes())
        tidy(sample.getvalue())
    return tidy


def _confine(memory: int) -> None:
    """Give up what decoding does not need."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Three are open: in, out and error. No file, socket or device can be opened from here on.
    os.closerange(3, 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    if sys.platform == "linux":  # elsewhere the kernel does not hold this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _allow(seconds: int) -> None:
    """Grant ``seconds`` more of CPU, after which the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _answer(outgoing: BinaryIO, tidy: Callable[[bytes], Tidied], data: bytes) -> None:
    try:
        tidied = tidy(data)
    except NotAPicture as error:
        send(outgoing, {"refused": "not-a-picture", "why": str(error)})
    except PhotoTooLarge as error:
        send(outgoing, {"refused": "too-large", "why": str(error)})
    except MemoryError:
        send(outgoing, {"refused": "memory"})
    except OSError as error:
        send(outgoing, {"fault": f"{error.strerror or error}"})
    except Exception as error:  # noqa: BLE001 - a decoder that fails in a new way fails for one picture
        send(outgoing, {"refused": "not-a-picture", "why": "", "type": type(error).__name__})
    else:
        head: dict[str, object] = {
            "width": tidied.width,
            "height": tidied.height,
            "phash": tidied.phash,
            "taken_at": _iso(tidied.taken_at),
            "kind": tidied.kind,
        }
        send(outgoing, head, tidied.large, tidied.small)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
