"""Every regular expression, under long texts of its own letters: time grows with the text, not its square."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import rasad

SHORT, LONG = 4_000, 16_000  # characters
NOTICED = 0.02  # CPU seconds for the short one: what is linear takes a fiftieth of it
# For four times the text: 4 of what is linear, 16 of what is quadratic.
MOST_GROWTH = 9


def patterns() -> dict[str, tuple[re.Pattern[Any], bool]]:
    """All compiled patterns that modules of rasad hold, also within tuples, lists and dictionaries; and whether the
    code looks for them anywhere in a text, and not at its beginning alone."""
    found: dict[str, tuple[re.Pattern[Any], bool]] = {}
    for info in pkgutil.walk_packages(rasad.__path__, "rasad."):
        if info.name.endswith(("__main__", ".transformer")):  # a command; needs torch
            continue
        module = importlib.import_module(info.name)
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            uses = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", source))
            anywhere = not uses or not uses <= {"match", "fullmatch"}
            for pattern in held(value):
                found.setdefault(f"{info.name}.{name}: {pattern.pattern[:60]!r}", (pattern, anywhere))
    return found


def held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, (tuple, list, frozenset, set)):
        for part in value:
            yield from held(part, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from held(part, depth + 1)


def seeds(pattern: re.Pattern[Any]) -> list[str]:
    """What long texts are made of: letters of the pattern, pairs of neighbours, and its words."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    plain = re.sub(r"\\[dDwWsSbB]|\\[uU][0-9a-fA-F]{4,8}|\\x..|[\[\](){}|?*+^$\\]", " ", source)
    letters = list(dict.fromkeys([*(letter for letter in plain if not letter.isspace()), " ", "\n", "1", "ا", "a"]))[:8]
    words = list(dict.fromkeys(re.findall(r"\w{2,}", plain)))[:3]
    pairs = ("".join(pair) for pair in pairwise(letters))
    return [*letters, *pairs, *(f"{word} " for word in words), *words]


def spent(pattern: re.Pattern[Any], seed: str, end: str, length: int, anywhere: bool) -> float:
    """CPU seconds that a pattern takes for the text, however it may be used."""
    text = seed * (length // len(seed)) + end
    given = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
    uses: list[Callable[[Any], object]] = [pattern.match, pattern.fullmatch]
    uses += [pattern.findall] if anywhere else []
    start = time.process_time()
    for use in uses:
        use(given)
    return time.process_time() - start


def grows(pattern: re.Pattern[Any], anywhere: bool) -> list[str]:
    """The texts whose time grows with more than their length."""
    found = []
    for seed in seeds(pattern):
        for end in ("", "\x01"):
            if spent(pattern, seed, end, SHORT, anywhere) < NOTICED:
                continue
            short = min(spent(pattern, seed, end, SHORT, anywhere) for _ in range(3))
            if short >= NOTICED / 2 and spent(pattern, seed, end, LONG, anywhere) > MOST_GROWTH * short:
                found.append(f"{seed!r} and {end!r}: {short:.3f} s for {SHORT}")
    return found


PATTERNS = patterns()


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_time_grows_with_the_text(name: str) -> None:
    assert grows(*PATTERNS[name]) == []


def test_the_walk_finds_them() -> None:
    assert len(PATTERNS) > 150


@pytest.mark.parametrize("bad", [r"\s+$", r"\s*[|]\s*"])
def test_a_pattern_that_takes_the_square_is_found(bad: str) -> None:
    assert grows(re.compile(bad), True)
