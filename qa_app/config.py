"""The one settings object, read from the environment once and refused loudly when wrong."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
DATA = ROOT / "qa_app" / "data"

MIB = 1024 * 1024


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one running copy of Doorstep and another.

    Paths are absolute; ``database_url`` is an SQLAlchemy URL; sizes are bytes.
    """

    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    port: int = 8000
    is_demo: bool = True
    demo_password: str | None = field(default=None, repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    is_secure: bool = False
    own_authority: str = "E09000028"
    photo_limit: int = 20_000_000
    form_limit: int = 400 * MIB
    log_level: str = "INFO"
    is_testing: bool = False

    @property
    def uploads(self) -> Path:
        """The folder in which photos wait, durable, until their clean copies are made."""
        return self.instance / "uploads"

    @property
    def photos(self) -> Path:
        """The folder of clean copies, when photos are kept in files."""
        return self.instance / "photos"

    @property
    def postcodes(self) -> Path:
        """The look-up file for postcodes, made once on this machine."""
        return self.instance / "postcodes.sqlite"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite (one file, one writer) rather than PostgreSQL."""
        return self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise ``SettingsError`` naming every one that is wrong."""
    env = os.environ if environ is None else environ
    mistakes: list[str] = []
    instance = Path(env.get("QA_INSTANCE") or ROOT / "instance").expanduser().resolve()
    port = _port(env.get("QA_PORT", "8000"), mistakes)
    base_url = (env.get("QA_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        mistakes.append("QA_BASE_URL must look like https://doorstep.example (no path)")
    hosts = [name.strip() for name in env.get("QA_TRUSTED_HOSTS", "").split(",") if name.strip()]
    if any("/" in name for name in hosts):
        mistakes.append(
            "QA_TRUSTED_HOSTS is a list of host names with commas between them, no http://"
        )
    if parts.hostname and parts.hostname not in hosts:
        hosts.append(parts.hostname)
    if not env.get("QA_TRUSTED_HOSTS"):
        hosts += [name for name in ("127.0.0.1", "localhost", "[::1]") if name not in hosts]
    database_url = env.get("QA_DATABASE_URL") or f"sqlite:///{instance / 'doorstep.sqlite'}"
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", database_url):
        mistakes.append("QA_DATABASE_URL must begin with sqlite:/// or postgresql://")
    demo = env.get("QA_DEMO", "1").lower()
    if demo not in {"0", "1", "no", "yes"}:
        mistakes.append("QA_DEMO must be 1 (demonstration data) or 0 (start empty)")
    password = env.get("QA_DEMO_PASSWORD") or None
    if password is not None and len(password) < 8:
        mistakes.append("QA_DEMO_PASSWORD must have at least 8 characters")
    secret = env.get("QA_SECRET_KEY")
    if secret is not None and len(secret) < 32:
        mistakes.append("QA_SECRET_KEY must have at least 32 characters")
    level = env.get("QA_LOG_LEVEL", "INFO").upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        mistakes.append("QA_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    own = env.get("QA_OWN_AUTHORITY", "E09000028")
    if not re.fullmatch(r"E\d{8}", own):
        mistakes.append("QA_OWN_AUTHORITY must be an ONS code such as E09000028")
    if mistakes:
        raise SettingsError("Some settings are wrong:\n" + "\n".join(f"  - {m}" for m in mistakes))
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=secret or _kept_secret(instance),
        port=port,
        is_demo=demo in {"1", "yes"},
        demo_password=password,
        base_url=base_url,
        trusted_hosts=tuple(hosts),
        is_secure=parts.scheme == "https",
        own_authority=own,
        log_level=level,
    )


def _port(text: str, mistakes: list[str]) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    mistakes.append("QA_PORT must be a number from 1 to 65535")
    return 8000


def _kept_secret(instance: Path) -> str:
    """Return the secret kept in the instance folder, made at random on the first start."""
    path = instance / "secret-key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(
            f"Cannot write to the instance folder ({error.strerror}). "
            "Set QA_INSTANCE to a folder that this account may write to."
        ) from error
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise SettingsError(
            "The file secret-key in the instance folder is too short. Delete it to make a new one "
            "(everyone will have to sign in again)."
        )
    return secret
