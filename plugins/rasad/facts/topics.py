"""Topics: what an article is about, in the words of IPTC Media Topics.

A hand-written lexicon (`data/topics.tsv`) weighs words and phrases for each of the seventeen topics of the top level
and for some of the second. A word counts by the logarithm of how often it stands there, more in the headline and the
lead; named clubs, armed groups, parties and companies count by what they are, and the section that the publisher put
the article in speaks for its topic. A topic's score is the share of its weight in the sum of that weight and of one
that leaves it open. No topic is given where none reaches half; one of the second level only beside its own, and where
it makes up much of it. How often the first one is right: benchmarks/topics.py.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rasad.arabic import lexicon as names
from rasad.arabic.stems import stem
from rasad.arabic.text import key
from rasad.facts.passage import Passage, Reading
from rasad.model import FieldName, Mention, Topic

KIND = "topic"
VERSION = "3"

MOST = 3  # of the top level
READ = 3000  # tokens of the body that are read
_HEADLINE, _LEAD, _SECTION = 3.0, 1.6, 6.0
_LEAD_TOKENS = 50
_HALF = 4.0  # the weight at which a topic is as likely as not
_SURE = 0.5
_BESIDE = 0.6  # share of the first topic's weight that a further one needs
_WITHIN = 0.4  # share of a topic's weight that one of its second level needs

# What a name that stands in one of these tables of rasad.arabic.lexicon speaks for, and how much.
_NAMED: dict[str, tuple[str, float]] = {
    "clubs": ("medtop:15000000", 3.0),
    "armed_groups": ("medtop:16000000", 3.0),
    "parties": ("medtop:11000000", 3.0),
    "companies": ("medtop:04000000", 2.0),
}

_Clue = tuple[str, ...]  # stems of a word or phrase; ("name", canonical name), which counts like a phrase of two


class _Lexicon(NamedTuple):
    labels: dict[str, str]
    parents: dict[str, str]  # code of the second level → that of the first
    words: dict[_Clue, tuple[tuple[str, float], ...]]  # stems → topics and weights
    longest: int


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    labels: dict[str, str] = {}
    parents: dict[str, str] = {}
    words: dict[_Clue, dict[str, float]] = defaultdict(dict)
    for line in (Path(__file__).parent / "data" / "topics.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("topic\t"):
            _, code, label, *parent = line.split("\t")
            labels[code] = label
            if parent:
                parents[code] = parent[0]
        elif line.startswith("words\t"):
            _, code, weight, listed = line.split("\t")
            for phrase in listed.split(","):
                clue = _clue(phrase.strip())
                for topic in (code, parents.get(code, code)):
                    words[clue][topic] = max(float(weight), words[clue].get(topic, 0.0))
    return _Lexicon(labels, parents, {s: tuple(w.items()) for s, w in words.items()}, max(map(len, words)))


def _clue(phrase: str) -> _Clue:
    if phrase.startswith("="):
        return (_as_written(key(phrase[1:])),)
    return tuple(stem(word) for word in key(phrase).split())


class _Evidence(NamedTuple):
    field: FieldName
    start: int
    end: int


def extract(reading: Reading) -> tuple[Topic, ...]:
    """Up to three topics of the top level, the likeliest first, each followed by the one of its second level."""
    lexicon = _lexicon()
    said: dict[_Clue, float] = defaultdict(float)
    seen: dict[_Clue, _Evidence] = {}
    speaks: dict[_Clue, tuple[tuple[str, float], ...]] = {}
    for passage in (reading.body, reading.title):
        persons = [m for m in reading.of_kind("entity", Mention, passage) if m.type == "PER"]
        for clue, at, first, topics in (*_words(passage, lexicon, persons), *_names(passage, reading)):
            said[clue] += _HEADLINE if passage.field == "title" else _LEAD if first < _LEAD_TOKENS else 1.0
            speaks[clue] = topics
            seen.setdefault(clue, at)
    totals: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, _Clue]] = {}
    for clue, often in said.items():
        for code, weight in speaks[clue]:
            value = weight * math.log1p(often) * len(clue) ** 0.5
            totals[code] += value
            if value > best.get(code, (0.0, ()))[0]:
                best[code] = (value, clue)
    for code in _section(reading.article.section, lexicon):
        if code in totals:
            totals[code] += _SECTION
    return tuple(_topic(code, totals[code], seen[best[code][1]], reading) for code in _chosen(totals, lexicon.parents))


def _chosen(totals: Mapping[str, float], parents: Mapping[str, str]) -> list[str]:
    out: list[str] = []
    ranked = sorted(totals, key=lambda code: (-totals[code], code))
    first = [code for code in ranked if code not in parents][:MOST]
    for code in first:
        if _score(totals[code]) < _SURE or totals[code] < _BESIDE * totals[first[0]]:
            break
        out.append(code)
        within = next((c for c in ranked if parents.get(c) == code), None)
        if within and _score(totals[within]) >= _SURE and totals[within] >= _WITHIN * totals[code]:
            out.append(within)
    return out


def _score(total: float) -> float:
    return total / (total + _HALF)


def _topic(code: str, total: float, at: _Evidence, reading: Reading) -> Topic:
    text = reading.title.text if at.field == "title" else reading.body.text
    score = round(_score(total), 3)
    return Topic(
        at.start,
        at.end,
        text[at.start : at.end],
        code=code,
        label=_lexicon().labels[code],
        score=score,
        field=at.field,
        confidence=score,
    )


_Found = tuple[_Clue, _Evidence, int, tuple[tuple[str, float], ...]]  # clue, where, its first token, what it speaks for


def _words(passage: Passage, lexicon: _Lexicon, persons: Iterable[Mention] = ()) -> list[_Found]:
    """Every listed word and phrase outside persons' names; of those that begin at one word the longest."""
    tokens = passage.tokens[:READ]
    named = {offset for m in persons for offset in range(m.start, m.end)}  # عبد السلام is no word of peace
    stems = [stem(t.key) if t.kind == "word" and t.start not in named else "" for t in tokens]
    out: list[_Found] = []
    i = 0
    while i < len(stems):
        clue, size = _longest(stems, i, lexicon)
        written = (_as_written(tokens[i].key),)
        if size < 2 and stems[i] and written in lexicon.words:
            clue, size = written, 1
        if size:
            at = _Evidence(passage.field, tokens[i].start, tokens[i + size - 1].end)
            out.append((clue, at, i, lexicon.words[clue]))
        i += size or 1
    return out


def _longest(stems: list[str], at: int, lexicon: _Lexicon) -> tuple[_Clue, int]:
    for size in range(min(lexicon.longest, len(stems) - at), 0, -1):
        clue = tuple(stems[at : at + size])
        if clue in lexicon.words:
            return clue, size
    return (), 0


def _names(passage: Passage, reading: Reading) -> list[_Found]:
    """Names of what itself belongs to a topic: clubs, armed groups, parties, companies."""
    lead = passage.tokens[min(_LEAD_TOKENS, len(passage.tokens)) - 1].end if passage.tokens else 0
    out: list[_Found] = []
    for mention in reading.of_kind("entity", Mention, passage):
        entry = names.load().named(mention.name, mention.type)
        if entry is not None and entry.table in _NAMED:
            at = _Evidence(passage.field, mention.start, mention.end)
            first = 0 if mention.end <= lead else _LEAD_TOKENS
            out.append((("name", mention.name), at, first, (_NAMED[entry.table],)))
    return out


def _section(section: str | None, lexicon: _Lexicon) -> set[str]:
    """The topics that the words of a section's name stand for most: رياضة, اقتصاد ومال."""
    passage = Passage.of("title", (section or "")[:100])
    return {
        code
        for *_, topics in _words(passage, lexicon)
        for code, weight in topics
        if weight >= 2 and code not in lexicon.parents
    }


def _as_written(word_key: str) -> str:
    """The key without و and the article, marked as such: =رياضي."""
    word = word_key[1:] if word_key.startswith(("وال", "بال", "فال")) else word_key
    return "=" + (word[2:] if word.startswith("ال") else word)
