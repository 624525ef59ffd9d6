"""Word lists of the extractors: `data/NAME.txt`, written as a reader would write them, compared as match keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from rasad.arabic.text import key

_DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=16)
def load(name: str) -> Mapping[str, frozenset[str]]:
    """The sections of a list: `[section]` on a line, then words parted by spaces; # opens a comment."""
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        else:
            words.extend(line.split())
    return {section: frozenset(key(word) for word in listed) for section, listed in sections.items()}
