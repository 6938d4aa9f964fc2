"""The geocoder and its twin keep one contract; the real one is right about real postcodes and published points."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import brotli
import msgpack
import pytest
from geopy.geocoders.base import Geocoder as GeopyGeocoder

from qa_app.adapters import postcode_files, postcode_table
from qa_app.adapters.geocoder import FixedGeocoder, PostcodeGeocoder
from qa_app.homes.geocoding import wgs84
from qa_app.ports import Geocoder, Place

# Real postcodes and the authority around each. The points guard against a slip later on (a column mixed up, a sign lost);
# that they are right is shown by Ordnance Survey's own points below.
KNOWN = [
    ("SE15 4NX", "E09000028", 51.4674, -0.0683),  # Southwark
    ("SE1 2QH", "E09000028", 51.5032, -0.0807),  # Southwark
    ("SE13 6TQ", "E09000023", 51.4478, -0.0025),  # Lewisham
    ("CR0 1EA", "E09000008", 51.3715, -0.0989),  # Croydon
    ("TR1 2HE", "E06000052", 50.2627, -5.0485),  # Cornwall: Truro
    ("NE1 4XF", "E08000021", 54.9713, -1.6199),  # Newcastle upon Tyne
]
UNKNOWN = ["ZZ99 9ZZ", "SE15 4", "not a postcode", "", "SE15 4NX; DROP TABLE place", "0" * 10_000]
NO_PLACE = ["BT1 5GS", "GY1 1AA", "JE1 1AA"]  # not on the National Grid of Great Britain


def metres(latitude: float, longitude: float, other: tuple[float, float]) -> float:
    """A short distance on the ground."""
    north = (latitude - other[0]) * 111_200
    east = (longitude - other[1]) * 111_320 * math.cos(math.radians(latitude))
    return math.hypot(north, east)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole table, built once: the real thing takes seconds."""
    path = tmp_path_factory.mktemp("postcodes") / "a folder with %20 and ?" / "postcodes.sqlite"
    assert postcode_table.build(path) > 2_600_000
    return path


@pytest.fixture(params=["table", "files", "twin"])
def geocoder(request: pytest.FixtureRequest) -> Iterator[Geocoder]:
    if request.param == "twin":
        yield FixedGeocoder({code: Place(code, lat, lon, host) for code, host, lat, lon in KNOWN})
        return
    path = request.getfixturevalue("table") if request.param == "table" else None
    with closing(PostcodeGeocoder(path)) as real:
        yield real


def test_contract_known_postcodes_have_a_place(geocoder: Geocoder) -> None:
    for postcode, authority, latitude, longitude in KNOWN:
        place = geocoder.locate(postcode)
        assert place is not None, postcode
        assert (place.postcode, place.host_authority, place.source) == (
            postcode,
            authority,
            "postcode",
        )
        assert metres(place.latitude, place.longitude, (latitude, longitude)) < 300, postcode


def test_contract_however_it_is_written(geocoder: Geocoder) -> None:
    for written in ["se154nx", " SE15  4NX ", "Se15-4nX", "SE 15 4NX", "SE15\u00a04NX"]:
        place = geocoder.locate(written)
        assert place is not None, written
        assert place.postcode == "SE15 4NX"


def test_contract_unknown_postcodes_have_none(geocoder: Geocoder) -> None:
    for written in UNKNOWN + NO_PLACE:
        assert geocoder.locate(written) is None, written


def test_it_is_a_geopy_geocoder(table: Path) -> None:
    geocoder = PostcodeGeocoder(table)
    assert isinstance(geocoder, GeopyGeocoder)
    location = geocoder.geocode("se15 4nx")
    assert location.address == "SE15 4NX"
    assert location.raw["host_authority"] == "E09000028"
    assert 530_000 < location.raw["easting"] < 540_000
    assert 170_000 < location.raw["northing"] < 180_000
    assert (location.latitude, location.longitude) == (
        location.point.latitude,
        location.point.longitude,
    )
    assert geocoder.geocode("ZZ99 9ZZ") is None
    assert [found.address for found in geocoder.geocode("se15 4nx", exactly_one=False)] == [
        "SE15 4NX"
    ]


# Ordnance Survey's OSTN15 test points in England and beside it: true WGS84 (ETRS89) latitude and longitude, and the
# National Grid metres that belong to them. (OSTN15 developer pack, Crown copyright, Open Government Licence.)
OSTN15 = [
    ("St Mary's, Scilly", 49.92226393730, -6.29977752014, 91492.146, 11318.804, 5.0),
    ("Lizard", 49.96006137820, -5.20304609998, 170370.718, 11572.405, 5.0),
    ("Plymouth", 50.43885825610, -4.10864563561, 250359.811, 62016.569, 3.0),
    ("St Catherine's, Wight", 50.57563665000, -1.29782277240, 449816.371, 75335.861, 3.0),
    ("North Foreland", 51.37447025550, 1.44454730409, 639821.835, 169565.858, 3.0),
    ("Brislington", 51.42754743020, -2.54407618349, 362269.991, 169978.690, 3.0),
    ("Lambeth", 51.48936564950, -0.11992557180, 530624.974, 178388.464, 2.0),
    ("Colchester", 51.89436637350, 0.89724327012, 599445.590, 225722.826, 3.0),
    ("Droitwich", 52.25529381630, -2.15458614387, 389544.190, 261912.153, 3.0),
    ("Cheshire", 53.34480280190, -2.64049320810, 357455.843, 383290.436, 3.0),
    ("Flamborough Head", 54.11685144290, -0.07773133187, 525745.670, 470703.214, 3.0),
    ("Carlisle", 54.89542340420, -2.93827741149, 339921.145, 556034.761, 3.0),
    ("Newcastle", 54.97912273660, -1.61657685184, 424639.355, 565012.703, 3.0),
]


@pytest.mark.parametrize("point", OSTN15, ids=lambda point: str(point[0]))
def test_grid_references_become_degrees_within_metres(
    point: tuple[str, float, float, float, float, float],
) -> None:
    name, latitude, longitude, easting, northing, within = point
    assert metres(*wgs84(easting, northing), (latitude, longitude)) < within, name


def test_files_and_table_agree_on_every_postcode_of_a_letter(table: Path) -> None:
    (path,) = [path for path in postcode_files.letters() if path.name == "postcodes_Y.msgpack.br"]
    letter = postcode_files.read(path)
    asked = postcode_table.PostcodeTable(table)
    places = list(letter.places())
    assert len(places) > 20_000
    for key, place in places:
        assert asked.find(key) == place == letter.find(key)
    asked.close()


# -- A small set of files of our own, for what can go wrong ----------------------------------------


def write_letter(root: Path, initial: str, rows: list[tuple[str, object, float, float]]) -> None:
    columns = ["pcd", "laua", "oseast1m", "osnrth1m"]
    data = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    packed = msgpack.packb({"columns": columns, "data": data})
    (root / f"postcodes_{initial}.msgpack.br").write_bytes(brotli.compress(packed))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    nan = float("nan")
    folder = tmp_path / "files"
    folder.mkdir()
    write_letter(
        folder, "S", [("SE154NX", "E09000028", 534250.0, 175900.0), ("SE999ZZ", nan, nan, nan)]
    )
    write_letter(folder, "B", [("BT1 5GS", "N09000003", 333822.0, 374028.0)])
    return folder


def test_a_postcode_without_a_grid_reference_is_not_at_zero(root: Path) -> None:
    geocoder = PostcodeGeocoder(None, root=root)
    assert geocoder.locate("SE99 9ZZ") is None
    assert geocoder.locate("BT1 5GS") is None
    assert geocoder.locate("SE15 4NX") is not None


def test_a_key_is_never_found_across_two_others(tmp_path: Path) -> None:
    write_letter(tmp_path, "S", [("XSE154N", "A", 1.0, 2.0), ("XSE154N", "B", 3.0, 4.0)])
    letter = postcode_files.read(tmp_path / "postcodes_S.msgpack.br")
    assert b"NXSE154" in letter.keys
    assert letter.find("NXSE154") is None


def test_the_table_is_asked_as_soon_as_it_is_there(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    geocoder = PostcodeGeocoder(path, root=root)
    assert geocoder.locate("SE15 4NX") is not None
    told: list[tuple[int, int]] = []
    assert (
        postcode_table.build(path, lambda done, whole: told.append((done, whole)), root=root) == 1
    )
    assert told[-1][0] == told[-1][1]
    assert postcode_table.is_current(path)
    for file in root.iterdir():
        file.unlink()  # from here on only the table can know
    assert geocoder.locate("SE15 4NX") is not None
    geocoder.close()


def test_building_twice_builds_once(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    geocoder = PostcodeGeocoder(path, root=root)
    geocoder.build()
    assert postcode_table.is_current(path)
    before = path.stat().st_ino
    geocoder.build()
    assert path.stat().st_ino == before
    PostcodeGeocoder(None).build()  # nowhere to put it: nothing happens
    FixedGeocoder().build()


def test_f44_a_build_that_fails_leaves_the_old_table_and_no_rubbish(
    root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "postcodes.sqlite"
    postcode_table.build(path, root=root)
    before = path.read_bytes()
    (root / "postcodes_S.msgpack.br").write_bytes(b"not brotli at all")
    with pytest.raises(postcode_files.PostcodeFilesError, match="postcodes_S"):
        postcode_table.build(path, root=root)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["postcodes.sqlite"]


@pytest.mark.parametrize("cut", [1, 20, 60, 100])
def test_a_truncated_file_is_named(root: Path, cut: int) -> None:
    path = root / "postcodes_S.msgpack.br"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(postcode_files.PostcodeFilesError, match="postcodes_S"):
        postcode_files.read(path)


def test_what_a_killed_build_left_is_swept(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    old, fresh = tmp_path / "postcodes.sqlite.1-1.part", tmp_path / "postcodes.sqlite.2-2.part"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    postcode_table.build(path, root=root)
    assert not old.exists()
    assert fresh.exists()  # perhaps another process is still at it


def test_a_broken_or_older_table_is_not_believed(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    path.write_bytes(b"this is not a database" * 1000)
    assert not postcode_table.is_current(path)
    geocoder = PostcodeGeocoder(path, root=root)
    assert geocoder.locate("SE15 4NX") is not None
    path.unlink()
    postcode_table.build(path, root=root)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE about SET value = '2020.1.1' WHERE name = 'release'")
    connection.commit()
    connection.close()
    assert not postcode_table.is_current(path)


def test_no_files_at_all_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(postcode_files.PostcodeFilesError, match="install"):
        PostcodeGeocoder(None, root=tmp_path).locate("SE15 4NX")
