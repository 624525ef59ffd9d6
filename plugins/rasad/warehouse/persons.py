"""Persons who were erased: what tells their names without saying them, and what hides these in what is stored.

A name is kept as a keyed hash of its folded words (docs/decisions/0018). In a text it is looked for word by word, with
clitics before it, so that what was stored and what comes are treated alike; each of its signs but spaces becomes MASK,
so that every other span stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from psycopg2.extensions import cursor as Cursor

from rasad.arabic.tokens import tokenize, variants
from rasad.model import Batch
from rasad.warehouse import tombstones

MASK = "█"
Span = tuple[int, int]
Row = dict[str, Any]

_GAP = re.compile(r"[\s-]{1,3}")  # between the words of one name
# Facts that are nothing but their words go where one of these is hidden; of others that word is hidden alone.
_WORDS_ALONE = frozenset({"entity", "nominal", "keyphrase"})
_STRINGS = ("label", "speaker", "verb", "role", "unit", "unit_key")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or عبد with the word behind it: its key, and whether only a gap is between it and the one before."""

    start: int
    end: int
    key: str
    joined: bool


def _units(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    for token in tokenize(text):
        if token.kind == "mark" or not token.key:
            continue
        last = units[-1] if units else None
        joined = last is not None and _GAP.fullmatch(text, last.end, token.start) is not None
        if last and joined and last.key.endswith("عبد") and token.key.startswith("ال"):
            units[-1] = _Unit(last.start, token.end, last.key + token.key, last.joined)
        else:
            units.append(_Unit(token.start, token.end, token.key, joined))
    return units


def words(name: str) -> tuple[str, ...]:
    """The folded words of a name: what its spellings share."""
    return tuple(unit.key for unit in _units(name))


def hashed(secret: bytes, name: Sequence[str]) -> bytes:
    return hashlib.blake2b(" ".join(name).encode("utf-8", "surrogatepass"), key=secret, digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class Erased:
    """The names that are erased, as hashes; `longest` has so many words."""

    secret: bytes = b""
    names: frozenset[bytes] = frozenset()
    longest: int = 0

    def __bool__(self) -> bool:
        return bool(self.names)

    def entity(self, kind: str, *names: str | None) -> bool:
        """Whether an entity goes: a person of just this name, or anything else that is named after one."""
        return any(
            hashed(self.secret, words(name)) in self.names if kind == "PER" else self.holds(name)
            for name in names
            if name
        )

    def spans(self, text: str) -> list[Span]:
        """Where a name of two words or more stands. One word alone may be anybody's, or no name: it takes an
        extractor to tell."""
        units = _units(text)
        return [span for at in range(len(units)) if (span := self._at(units, at))]

    def _at(self, units: Sequence[_Unit], at: int) -> Span | None:
        first = units[at]
        readings = [(cut, [key]) for key, cut in variants(first.key)]
        found = None
        for number in range(at + 1, min(at + self.longest, len(units))):
            if not units[number].joined:
                break
            for cut, name in readings:
                name.append(units[number].key)
                if hashed(self.secret, name) in self.names:
                    found = first.start + _cut(first, cut), units[number].end
        return found

    def holds(self, text: str) -> bool:
        return bool(self.spans(text))

    def hide(self, text: str) -> str:
        return hidden(text, self.spans(text))

    def named(self, url: str) -> bool:
        """Whether an address has the name in its path or query."""
        return self.holds(re.sub(r"[^\w%]+|_", " ", unquote(url.partition("://")[2])))


def _cut(unit: _Unit, letters: int) -> int:
    """Code points that a clitic takes; none where vowel marks stand between, which go with the name then."""
    return letters if unit.end - unit.start == len(unit.key) else 0


NOBODY = Erased()


def known(cursor: Cursor) -> Erased:
    """All of them; NOBODY in almost every warehouse."""
    cursor.execute(
        "SELECT s.secret, array_agg(n.name), max(n.words) FROM news.erased_name n, news.erasure_secret s GROUP BY 1"
    )
    row = cursor.fetchone()
    return Erased(bytes(row[0]), frozenset(map(bytes, row[1])), row[2]) if row else NOBODY


def hidden(text: str, spans: Collection[Span], start: int = 0) -> str:
    """The text with the signs within the spans masked; the spans count from `start` signs before it."""
    signs = list(text)
    for left, right in spans:
        for place in range(max(left - start, 0), min(right - start, len(signs))):
            if not signs[place].isspace():
                signs[place] = MASK
    return "".join(signs)


def refuse(batch: Batch, erased: Erased) -> None:
    """Raises tombstones.Stands where an address of the batch names one: such a page is about the person."""
    reads = [r for r in batch.articles if any(map(erased.named, {r.page_url, r.article.url}))]
    told = tuple(
        replace(one, outcome=tombstones.OUTCOME, reason=tombstones.REASON) if erased.named(one.url) else one
        for one in batch.settled
    )
    left = replace(
        batch,
        articles=tuple(read for read in batch.articles if read not in reads),
        settled=told + tuple(tombstones.settled(reads)),
    )
    if left != batch:
        raise tombstones.Stands(left)


def address(page: int) -> str:
    """What stands in the ledger for an address that names one: its id is of the address, and knows it again."""
    return f"urn:rasad:erased:{page}"


def without(version: Row, facts: Sequence[Row], erased: Erased, gone: Set[object]) -> tuple[Row, list[Row]] | None:
    """What of an article's columns changes, and which of its facts stay, with these persons hidden; None where it
    names none of them.

    `gone` are the ids of the entities that are erased. Mentions of them are hidden where they stand, and so are their
    words (a surname) wherever else they stand in this article; within the longer name of another person nothing is.
    """
    own = [fact for fact in facts if fact["entity_id"] in gone]
    short = {words(fact["surface"]) for fact in own if fact["kind"] == "entity"} - {()}
    others = [f for f in facts if f["kind"] == "entity" and f["label"] == "PER" and f["entity_id"] not in gone]
    hide: dict[str, list[Span]] = {}
    for field, column in (("title", "title"), ("body", "text")):
        spans = [(f["start_offset"], f["end_offset"]) for f in own if f["kind"] == "entity" and f["field"] == field]
        theirs = [(f["start_offset"], f["end_offset"]) for f in others if f["field"] == field]
        found = [*_named(version[column] or "", erased, short)]
        hide[field] = spans + [span for span in found if not any(a <= span[0] and span[1] <= b for a, b in theirs)]
    said = {name: version[name] for name in ("description", "subtitle", "section") if version[name]}
    listed = {name: list(version[name]) for name in ("authors", "tags")}
    changes: Row = {name: hidden(text, list(_named(text, erased, short))) for name, text in said.items()}
    changes |= {
        name: [one for one in ones if not erased.entity("PER", one) and not any(_named(one, erased, short))]
        for name, ones in listed.items()
    }
    if not own and not any(hide.values()) and changes == said | listed:
        return None
    changes |= {
        "title": hidden(version["title"], hide["title"]) if version["title"] else version["title"],
        "text": hidden(version["text"], hide["body"]),
        "text_edits": "[]",
        "masked": True,
    }
    stay = (_fact_without(fact, hide[fact["field"]], erased, short) for fact in facts if fact["entity_id"] not in gone)
    return changes, [fact for fact in stay if fact]


def _fact_without(fact: Row, hide: Sequence[Span], erased: Erased, short: Set[tuple[str, ...]]) -> Row | None:
    start, end = fact["start_offset"], fact["end_offset"]
    touched = any(left < end and start < right for left, right in hide)
    if touched and fact["kind"] in _WORDS_ALONE:
        return None
    strings = [fact[name] for name in _STRINGS] + [v for v in (fact["details"] or {}).values() if isinstance(v, str)]
    if any(any(_named(text, erased, short)) for text in strings if text):
        return None
    return fact | {"surface": hidden(fact["surface"], hide, start)} if touched else fact


def _named(text: str, erased: Erased, short: Set[tuple[str, ...]]) -> Iterator[Span]:
    """Where a text has a name, or one of the words by which the article calls its bearer."""
    units = _units(text)
    lengths = {len(name) for name in short}
    for at, unit in enumerate(units):
        if span := erased._at(units, at):
            yield span
        for length in lengths:
            rest = units[at + 1 : at + length]
            if len(rest) < length - 1 or not all(one.joined for one in rest):
                continue
            for key, cut in variants(unit.key):
                if (key, *(one.key for one in rest)) in short:
                    yield unit.start + _cut(unit, cut), (rest[-1] if rest else unit).end


def put(cursor: Cursor, version: Row) -> None:
    """Write what `without` changed of a version that stands, which `version_id` and `day` name."""
    cursor.execute(
        "UPDATE news.article_version SET title = %(title)s, text = %(text)s, text_edits = %(text_edits)s, "
        "description = %(description)s, subtitle = %(subtitle)s, section = %(section)s, authors = %(authors)s, "
        "tags = %(tags)s, masked = true WHERE (version_id, day) = (%(version_id)s, %(day)s)",
        version,
    )
