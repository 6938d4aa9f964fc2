"""References of defects: short enough for the telephone, and no number that tells how many there are."""

from __future__ import annotations

from qa_app.base import refs


def ref_from(random: bytes) -> str:
    """Return a reference such as "D-7K3M9" from at least 4 random bytes (25 bits are used); ``ValueError`` from fewer."""
    return refs.ref_from("D", random)


def read_ref(text: str) -> str | None:
    """Return a reference as it is kept, however it was typed ("d7k3m9", "D-7K3M9", O for 0); None when it is none."""
    return refs.read_ref("D", text)
