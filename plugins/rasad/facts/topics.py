"""Topics: what an article is about, in the seventeen words of IPTC Media Topics' top level.

A hand-written lexicon (`data/topics.tsv`) weighs words and phrases for each topic. A word counts by the logarithm of
how often it stands there, more in the headline and the lead; a topic's score is the share of its weight that a
text well inside that topic would have. No topic is given where none reaches half.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rasad.arabic.stems import stem
from rasad.arabic.text import key
from rasad.facts.passage import Passage, Reading
from rasad.model import FieldName, Topic

KIND = "topic"
VERSION = "1"

MOST = 3
READ = 3000  # tokens of the body that are read
_HEADLINE, _LEAD = 3.0, 1.6
_LEAD_TOKENS = 50
_HALF = 7.0  # the weight at which a topic is as likely as not
_SURE = 0.5
_BESIDE = 0.55  # share of the first topic's weight that a further one needs


class _Lexicon(NamedTuple):
    labels: dict[str, str]
    words: dict[tuple[str, ...], tuple[tuple[str, float], ...]]  # stems → topics and weights
    longest: int


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    labels: dict[str, str] = {}
    words: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    lines = (Path(__file__).parent / "data" / "topics.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("label\t"):
            _, code, label = line.split("\t")
            labels[code] = label
        elif line.startswith("words\t"):
            _, code, weight, listed = line.split("\t")
            for phrase in listed.split(","):
                stems = tuple(stem(k) for k in key(phrase).split())
                if phrase.strip().startswith("="):
                    stems = (_as_written(key(phrase.strip()[1:])),)
                words[stems][code] = max(float(weight), words[stems].get(code, 0.0))
    return _Lexicon(labels, {s: tuple(w.items()) for s, w in words.items()}, max(map(len, words)))


class _Evidence(NamedTuple):
    field: FieldName
    start: int
    end: int


def extract(reading: Reading) -> tuple[Topic, ...]:
    """Up to three topics, the likeliest first; none where the words leave it open."""
    lexicon = _lexicon()
    weights: dict[tuple[str, ...], float] = defaultdict(float)  # how much each word or phrase was said
    seen: dict[tuple[str, ...], _Evidence] = {}
    for passage in (reading.body, reading.title):
        for stems, first, end in _matches(passage, lexicon):
            where = _HEADLINE if passage.field == "title" else _LEAD if first < _LEAD_TOKENS else 1.0
            weights[stems] += where
            if stems not in seen:
                seen[stems] = _Evidence(passage.field, passage.tokens[first].start, passage.tokens[end - 1].end)
    totals: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for stems, said in weights.items():
        for code, weight in lexicon.words[stems]:
            value = weight * math.log1p(said) * len(stems) ** 0.5
            totals[code] += value
            if value > best.get(code, (0.0, ()))[0]:
                best[code] = (value, stems)
    ranked = sorted(totals.items(), key=lambda row: (-row[1], row[0]))
    out: list[Topic] = []
    for code, total in ranked[:MOST]:
        score = total / (total + _HALF)
        if score < _SURE or total < _BESIDE * ranked[0][1]:
            break
        at = seen[best[code][1]]
        text = reading.title.text if at.field == "title" else reading.body.text
        out.append(
            Topic(
                at.start,
                at.end,
                text[at.start : at.end],
                code=code,
                label=lexicon.labels[code],
                score=round(score, 3),
                field=at.field,
                confidence=round(score, 3),
            )
        )
    return tuple(out)


def _matches(passage: Passage, lexicon: _Lexicon) -> list[tuple[tuple[str, ...], int, int]]:
    """Stems, first and end token of every listed phrase; of those that begin at one word the longest."""
    tokens = passage.tokens[:READ]
    stems = [stem(t.key) if t.kind == "word" else "" for t in tokens]
    out: list[tuple[tuple[str, ...], int, int]] = []
    i = 0
    while i < len(stems):
        if tokens[i].kind == "word" and (written := (_as_written(tokens[i].key),)) in lexicon.words:
            out.append((written, i, i + 1))
            i += 1
            continue
        for size in range(min(lexicon.longest, len(stems) - i), 0, -1):
            phrase = tuple(stems[i : i + size])
            if phrase in lexicon.words:
                out.append((phrase, i, i + size))
                i += size
                break
        else:
            i += 1
    return out


def _as_written(word_key: str) -> str:
    """The key without و and the article, marked as such: =رياضي."""
    word = word_key[1:] if word_key.startswith(("وال", "بال", "فال")) else word_key
    return "=" + (word[2:] if word.startswith("ال") else word)
