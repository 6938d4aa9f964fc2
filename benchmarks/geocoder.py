"""Measures the geocoder, each case in a process of its own: the first question, the next ones, memory, and the build.

python benchmarks/geocoder.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

POSTCODES = ["SE15 4NX", "CR0 1EA", "B1 1BB", "TR1 2HE", "NE1 4XF", "M1 1AE", "SW1A 1AA", "YO1 7HH"]


def peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(path: Path) -> None:
    """Build the table and print what it took."""
    from qa_app.adapters import postcode_table

    before, start = peak(), time.perf_counter()
    count = postcode_table.build(path)
    seconds = time.perf_counter() - start
    size = path.stat().st_size / 1e6
    print(
        f"build           {seconds:6.1f} s   {count} postcodes, {size:.0f} MB on disk, peak {peak():.0f} MB (before {before:.0f})"
    )


def ask(name: str, path: Path | None) -> None:
    """Ask for postcodes and print how long it took."""
    from qa_app.adapters.geocoder import PostcodeGeocoder

    before = peak()
    start = time.perf_counter()
    geocoder = PostcodeGeocoder(path)
    assert geocoder.locate(POSTCODES[0])
    cold = time.perf_counter() - start
    rounds = 2000
    start = time.perf_counter()
    for _ in range(rounds):
        geocoder.locate(POSTCODES[0])
    warm = (time.perf_counter() - start) / rounds
    start = time.perf_counter()
    for postcode in POSTCODES:
        geocoder.locate(postcode)
    other = (time.perf_counter() - start) / len(POSTCODES)
    print(
        f"{name:<15} first {cold * 1e3:7.1f} ms   same letter {warm * 1e6:7.1f} us   another letter {other * 1e3:7.2f} ms"
        f"   peak {peak():.0f} MB (before {before:.0f})"
    )
    geocoder.close()


def main() -> None:
    """Run every case in a process of its own."""
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "postcodes.sqlite"
        for case in ("files", "build", "table"):
            subprocess.run([sys.executable, __file__, case, str(path)], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "build":
        build(Path(sys.argv[2]))
    else:
        ask(sys.argv[1], Path(sys.argv[2]) if sys.argv[1] == "table" else None)
