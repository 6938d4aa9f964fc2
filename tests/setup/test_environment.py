"""The stamp: installed once, again when anything asked for has changed, never otherwise."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qa_app.setup import environment
from qa_app.setup.progress import ROOT, Failure, explain, run, step

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """An environment that remembers what was installed into it, instead of installing."""
    calls: list[set[str]] = []
    lock = tmp_path / "requirements.lock"
    lock.write_text("flask==3.1.3\n")
    python = tmp_path / "python"
    python.touch()

    def remember(_uv: Path, _pip: list[str]) -> bool:
        return False

    def instead(command: list[str], **_options: object) -> str:
        requirements = (tmp_path / "doorstep-requirements.txt").read_text()
        calls.append(
            {name for name in ("ruff", "pytest", "flask") if f"\n{name}>" in f"\n{requirements}"}
        )
        return ""

    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "LOCK", lock)
    monkeypatch.setattr(environment, "PYTHON", python)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(environment, "_get_uv", remember)
    monkeypatch.setattr(environment, "run", instead)
    return calls


def test_a_second_time_installs_nothing(installed: list[set[str]]) -> None:
    environment.ensure({"assets"})
    environment.ensure({"assets"})
    assert installed == [{"flask"}]


def test_more_extras_install_again_and_keep_those_there_were(installed: list[set[str]]) -> None:
    environment.ensure({"test"})
    environment.ensure({"dev"})
    environment.ensure({"test"})
    assert installed == [{"flask", "pytest"}, {"flask", "pytest", "ruff"}]


def test_another_lock_installs_again(installed: list[set[str]]) -> None:
    environment.ensure({"assets"})
    environment.LOCK.write_text("flask==3.1.4\n")
    environment.ensure({"assets"})
    assert len(installed) == 2


def test_a_spoilt_stamp_installs_again(installed: list[set[str]]) -> None:
    environment.ensure({"assets"})
    environment.STAMP.write_text("[half a stam")
    environment.ensure({"assets"})
    assert len(installed) == 2


def test_an_install_that_fails_leaves_no_stamp(
    installed: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.ensure({"assets"})

    def fail(*_: object, **__: object) -> str:
        raise Failure("no.", "nothing.")

    monkeypatch.setattr(environment, "run", fail)
    with pytest.raises(Failure):
        environment.ensure({"dev"})
    assert not environment.STAMP.exists()
    assert installed == [{"flask"}]


def test_a_python_without_venv_is_told_the_apt_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(Failure, match="cannot make virtual environments") as failure:
        environment._make()
    assert "apt install python3-venv" in failure.value.remedy


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("Temporary failure in name resolution", "network"),
        ("npm error code ENOTFOUND", "network"),
        ("error: Failed to fetch: `https://index.example`", "network"),
        ("OSError: [Errno 28] No space left on device", "free about 1 GB"),
        ("SSL: CERTIFICATE_VERIFY_FAILED", "PIP_CERT"),
        ("ERROR: No matching distribution found for flask==3.1.3", "index"),
        ("something nobody has seen", "delete the folder .venv"),
    ],
)
def test_what_a_tool_says_becomes_a_remedy(said: str, remedy: str) -> None:
    assert remedy in explain(said, "Installing packages failed").remedy


def test_a_program_that_fails_is_shown_in_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failure) as failure, step("Trying"):
        run([sys.executable, "-c", "print('own words'); raise SystemExit(3)"], what="It failed")
    failure.value.show()
    shown = capsys.readouterr().out
    assert "Trying ... failed after" in shown
    assert "own words" in shown
    assert "What to do:" in shown


def test_an_unknown_command_shows_the_three_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa_app", "serv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "python3 -m qa_app test" in done.stdout
