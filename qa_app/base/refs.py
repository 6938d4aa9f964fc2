"""References that survive the telephone: a letter, a dash and five signs, and no number that tells how many there are."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: no I, L, O or U."""

_LOOK_ALIKES = str.maketrans("OILU", "011V")


def ref_from(letter: str, random: bytes) -> str:
    """Return a reference such as "D-7K3M9" from at least 4 random bytes (25 bits are used); ``ValueError`` from fewer."""
    if len(random) < 4:
        raise ValueError("a reference needs at least 4 random bytes")
    number = int.from_bytes(random[:4], "big")
    return f"{letter}-" + "".join(ALPHABET[number >> shift & 31] for shift in range(20, -5, -5))


def read_ref(letter: str, text: str) -> str | None:
    """Return a reference as it is kept, however it was typed ("d7k3m9", "D-7K3M9", O for 0); None when it is none."""
    found = re.fullmatch(rf"{letter}?[\s-]*([0-9A-Z]{{5}})", text.strip().upper())
    if found is None:
        return None
    signs = found.group(1).translate(_LOOK_ALIKES)
    return None if set(signs) - set(ALPHABET) else f"{letter}-{signs}"
