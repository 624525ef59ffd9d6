"""Currencies: which ISO 4217 code a ريال or a دينار means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasad.arabic import numerals
from rasad.arabic.text import key
from rasad.arabic.tokens import Token

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₪": "ILS", "₺": "TRY", "﷼": "SAR"}
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency's noun, the code it has by itself, those the country decides, and those an adjective gives.

    `part`: how many of the currency one is: 1, of a coin less (سنت 0.01).
    """

    default: str | None
    codes: tuple[str, ...]
    told: tuple[str, ...]
    part: float = 1.0


def _rows(name: str) -> list[list[str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@lru_cache(maxsize=1)
def _currencies() -> dict[str, Currency]:
    table: dict[str, Currency] = {}
    for noun, forms, codes, *part in _rows("currencies.tsv"):
        listed = codes.split()
        every = tuple(code.rstrip("~") for code in listed if code != "-")
        currency = Currency(
            None if listed[0] == "-" else listed[0],
            tuple(code for code in listed if code != "-" and not code.endswith("~")),
            every,
            float(part[0]) if part else 1.0,
        )
        for form in (noun, *forms.split()):
            table[key(form)] = currency
            table["ال" + key(form)] = currency
    return table


@lru_cache(maxsize=1)
def _places() -> tuple[dict[str, list[str]], dict[str, str]]:
    """Adjective → countries, and name → country."""
    adjectives: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for country, listed, named in _rows("currency_places.tsv"):
        for word in listed.split():
            adjectives.setdefault(key(word), []).append(country)
        for word in named.split():
            names[key(word)] = country
    return adjectives, names


def currency(word_key: str) -> Currency | None:
    """The currency that a key names: ريالا, الدولارات."""
    return _currencies().get(word_key)


def by_adjective(money: Currency, word_key: str) -> str | None:
    """The code that an adjective behind the noun gives: (ريال) قطري."""
    adjectives = _places()[0]
    word = word_key.removeprefix("ال")
    meant = adjectives.get(word) or adjectives.get(word.removesuffix("ا").removesuffix("ه")) or []
    return next((code for country in meant for code in money.told if code.startswith(country)), None)


def countries(tokens: Sequence[Token]) -> Counter[str]:
    """How often a text names each country that has a currency of its own."""
    names = _places()[1]
    seen: Counter[str] = Counter()
    for token in tokens:
        if token.kind == "word":
            found = numerals.find(token.key, names)
            if found is not None:
                seen[found[0]] += 1
    return seen


def implied(money: Currency, country: str | None, named: Counter[str]) -> str | None:
    """The code where no adjective gives one: the publisher's own money, else what the text is about, else the usual."""
    if len(money.codes) < 2:
        return money.default or (money.codes[0] if money.codes else None)
    own = next((code for code in money.codes if country and code.startswith(country)), None)
    if own is not None:
        return own
    if money.default is not None and named[money.default[:2]]:
        return money.default
    best = max(money.codes, key=lambda code: named[code[:2]])
    return best if named[best[:2]] else money.default
