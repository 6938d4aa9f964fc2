"""What one photo costs: taken in at the door, and cleaned by the worker, with the memory of its child process.

    python benchmarks/photos.py [--rounds 9] [--huge]

Prints a table for RESULTS.md. `--huge` adds pictures of 48 megapixels, whose drawing takes a minute.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pillow_heif
from PIL import Image

from qa_app.adapters.storage import FilePhotoStore
from qa_app.photos.intake import Intake
from qa_app.photos.sandbox import Sandbox

pillow_heif.register_heif_opener()
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Times:
    """Medians in milliseconds, and megabytes."""

    name: str
    size_kb: float
    wall_ms: float
    cpu_ms: float
    memory_mb: float


def scene(width: int, height: int) -> Image.Image:
    """Return a picture with the detail of a photograph: three layers of soft noise in colour."""
    chance = random.Random(7)
    picture = Image.new("RGB", (width, height), "grey")
    for divisor, share in ((160, 0.6), (24, 0.3), (3, 0.12)):
        size = (max(1, width // divisor), max(1, height // divisor))
        noise = Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
        picture = Image.blend(
            picture, noise.resize((width, height), Image.Resampling.BICUBIC), share
        )
    return picture


def encoded(width: int, height: int, kind: str, **options: object) -> bytes:
    """Return the scene as a file of the given kind."""
    out = io.BytesIO()
    scene(width, height).save(out, kind, **options)
    return out.getvalue()


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_of(pid: int) -> float:
    """Return the most memory that a process had resident, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    return 0.0


def cleaning(name: str, data: bytes, rounds: int, folder: Path) -> Times:
    """Clean one picture again and again in one child, both sizes kept durably and read back."""
    sandbox, store = Sandbox(), FilePhotoStore(folder)
    try:
        sandbox.tidy(data)
        pid = sandbox.pid or 0
        walls = []
        before = cpu_of(pid)
        for turn in range(rounds):
            began = time.perf_counter()
            tidied = sandbox.tidy(data)
            for size, copy in (("large", tidied.large), ("small", tidied.small)):
                key = f"benchmark-photo-{turn:04}-{size}"
                store.put(key, copy)
                assert store.get(key) == copy
            walls.append(1000 * (time.perf_counter() - began))
        cpu = 1000 * (cpu_of(pid) - before) / rounds
        return Times(name, len(data) / 1000, statistics.median(walls), cpu, peak_of(pid))
    finally:
        sandbox.close()


def taking_in(name: str, data: bytes, rounds: int, folder: Path) -> Times:
    """Take one photo in again and again: streamed, hashed, looked at, synced, renamed, folder synced."""
    intake = Intake(folder)
    walls, cpus = [], []
    for _ in range(rounds * 10):
        stream = io.BytesIO(data)
        began, busy = time.perf_counter(), time.process_time()
        intake.take(stream)
        walls.append(1000 * (time.perf_counter() - began))
        cpus.append(1000 * (time.process_time() - busy))
    return Times(name, len(data) / 1000, statistics.median(walls), statistics.median(cpus), 0.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--huge", action="store_true")
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure (default: the system's)"
    )
    options = parser.parse_args()
    pictures: dict[str, Callable[[], bytes]] = {
        "JPEG 1600 x 1200": lambda: encoded(1600, 1200, "JPEG", quality=80),
        "JPEG 12 MP": lambda: encoded(4000, 3000, "JPEG", quality=88),
        "HEIC 12 MP": lambda: encoded(4032, 3024, "HEIF", quality=55),
        "PNG 12 MP": lambda: encoded(4000, 3000, "PNG", compress_level=1),
    }
    if options.huge:
        pictures["JPEG 48 MP"] = lambda: encoded(8064, 6048, "JPEG", quality=80)
        pictures["WebP 48 MP"] = lambda: encoded(8064, 6048, "WEBP", quality=60, method=0)
        pictures["HEIC 48 MP"] = lambda: encoded(8064, 6048, "HEIF", quality=45)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        made = {kind: make() for kind, make in pictures.items()}
        print(
            "| Worker: clean one photo, two sizes kept | file kB | wall ms | CPU ms | child's peak MB |"
        )
        print("|---|---|---|---|---|")
        for kind, data in made.items():
            row = cleaning(kind, data, options.rounds, folder / "photos")
            print(
                f"| {row.name} | {row.size_kb:,.0f} | {row.wall_ms:.0f} | {row.cpu_ms:.0f} | {row.memory_mb:.0f} |"
            )
        print()
        print("| Door: take one photo in, durable | file kB | wall ms | CPU ms |")
        print("|---|---|---|---|")
        for kind, data in made.items():
            if len(data) > 20_000_000:
                continue
            row = taking_in(kind, data, options.rounds, folder / "uploads")
            print(f"| {row.name} | {row.size_kb:,.0f} | {row.wall_ms:.1f} | {row.cpu_ms:.1f} |")


if __name__ == "__main__":
    main()
