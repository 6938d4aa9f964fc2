"""pip's own settings (index, extra index, find-links, certificate), told to uv in uv's words."""

from __future__ import annotations

import ast
import os

# pip's setting -> uv's environment variable, and how uv separates several values
TRANSLATION: dict[str, tuple[str, str]] = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
}


def read(listing: str) -> dict[str, str]:
    """What `pip config list` printed, as one value per setting; the environment wins, as in pip."""
    found: dict[str, str] = {}
    from_environment: dict[str, str] = {}
    for line in listing.splitlines():
        name, equals, quoted = line.partition("=")
        if not equals:
            continue
        try:
            value = str(ast.literal_eval(quoted.strip()))
        except (ValueError, SyntaxError):
            continue
        section, _, setting = name.strip().rpartition(".")
        target = from_environment if section == ":env:" else found
        target[setting] = value
    return {**found, **from_environment}


def for_uv(listing: str, environ: dict[str, str] | None = None) -> dict[str, str]:
    """The environment in which uv asks the same indexes as pip would; uv's own variables win."""
    env = dict(os.environ if environ is None else environ)
    settings = read(listing)
    for name, (variable, separator) in TRANSLATION.items():
        value = settings.get(name, "")
        if value and variable not in env:
            env[variable] = separator.join(value.split())
    if "UV_INDEX" in env:
        # pip takes the best version of all its indexes; uv would stop at the first that knows the name
        env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return env
