"""Key phrases: what the article is about, in its own words.

Runs of up to four words without stop words or punctuation, weighed by how often the article says them and how
rare their words are elsewhere (TF-IDF). Rareness comes from wordfreq's Arabic list, counted by light stem, so that
القرارات and قرار are one. Names, the headline and the first sentences weigh more; near-duplicates are dropped.
"""

from __future__ import annotations

import gzip
import importlib.util
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgpack

from rasad.arabic.stems import stem
from rasad.arabic.text import CACHED_WORDS, key
from rasad.arabic.tokens import Token
from rasad.facts.passage import Passage, Reading
from rasad.model import KeyPhrase, Mention

KIND = "keyphrase"
VERSION = "1"

COUNT = 8
LONGEST = 4
READ = 3000  # tokens of the body that are read; what an article is about stands there
_WORDS_PER_TEXT = 300  # turns a word's frequency into the share of texts that hold it
_HEADLINE, _NAME, _LEAD, _SINGLE = 1.6, 1.5, 1.25, 0.8
_LEAD_TOKENS = 40
_UNLISTED = 8.0  # nats; rarer is not in the list


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, float]:
    """Stem → its share of running words. Some 30,000 forms; those below one in a million are in none."""
    spec = importlib.util.find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is not installed: run `make install`")
    packed = Path(spec.origin).with_name("data") / "small_ar.msgpack.gz"
    buckets: list[list[str]] = msgpack.unpackb(gzip.decompress(packed.read_bytes()), raw=False)[1:]
    shares: dict[str, float] = defaultdict(float)
    for centibels, words in enumerate(buckets):
        for word in words:
            shares[stem(key(word))] += 10 ** (-centibels / 100)
    return dict(shares)


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / "stop_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(key(word) for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=CACHED_WORDS)
def _rareness(word_stem: str) -> float:
    """Inverse document frequency, in nats: 0 for a word of every text, about 9 for one not in the list."""
    share = _frequencies().get(word_stem, 3e-7)
    return -math.log(1 - math.exp(-share * _WORDS_PER_TEXT))


@dataclass(slots=True)
class _Candidate:
    first: int  # tokens of its first occurrence in the body
    end: int
    shown: int  # first token of the occurrence that reads best alone
    count: int = 0
    boost: float = 1.0
    named: bool = False
    subsumed: bool = False  # every time it is said, a longer phrase is


def extract(reading: Reading) -> tuple[KeyPhrase, ...]:
    """The eight phrases of the body that tell most, best first; fewer where the text is short."""
    tokens = reading.body.tokens[:READ]
    found: dict[tuple[str, ...], _Candidate] = {}
    names = {m.start: m for m in reading.of_kind("entity", Mention, reading.body)}
    for first, stems in _phrases(reading.body, names):
        seen = found.get(stems)
        if seen is None:
            seen = found[stems] = _Candidate(first, first + len(stems), first)
            seen.boost = _LEAD if first < _LEAD_TOKENS else 1.0
        elif _bound(tokens, first, len(stems)) < _bound(tokens, seen.shown, len(stems)):
            seen.shown = first
        seen.count += 1
    title_names = {m.start: m for m in reading.of_kind("entity", Mention, reading.title)}
    for _, stems in _phrases(reading.title, title_names):
        if stems in found:
            found[stems].boost *= _HEADLINE
            found[stems].count += 1
    _subsume(found)
    scored: list[tuple[float, tuple[str, ...], _Candidate]] = []
    for stems, c in found.items():
        cut = _before_name(tokens[c.first], names)
        name = names[tokens[c.first].start + cut] if cut is not None else None
        c.named = name is not None and name.end == tokens[c.end - 1].end
        if (c.subsumed and not c.named) or (c.count < 2 and c.boost < _HEADLINE and not c.named):
            continue
        # A longer phrase says more, but less than its words apart would.
        rareness = sum(_rareness(s) for s in stems) / len(stems) ** 0.6
        weight = _NAME if c.named else _SINGLE if len(stems) == 1 else 1.0
        scored.append(((1 + math.log(c.count)) * rareness * c.boost * weight, stems, c))
    scored.sort(key=lambda row: (-row[0], row[2].first))
    return tuple(_chosen(reading.body, scored, names))


def _phrases(passage: Passage, names: Mapping[int, Mention]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """First token and stems of every run of one to four words without a stop word, a number or a mark between."""
    stops = _stop_words()
    run: list[str] = []
    start = 0
    for i, token in enumerate(passage.tokens[:READ]):
        cut = _before_name(token, names)
        k = key(token.text[cut:]) if cut else token.key
        stop = token.kind != "word" or len(k) < 2 or k in stops or (k[0] in "وف" and k[1:] in stops)
        if run and (stop or "\n" in passage.text[passage.tokens[i - 1].end : token.start]):
            yield from _grams(start, run)
            run = []
        if not stop:
            if not run:
                start = i
            run.append(stem(k))
    yield from _grams(start, run)


def _before_name(token: Token, names: Mapping[int, Mention]) -> int | None:
    """Letters of clitics before the name that begins in a token (ولتونس: 2); None where none does."""
    return next((cut for cut in range(4) if token.start + cut in names and token.start + cut < token.end), None)


def _subsume(found: dict[tuple[str, ...], _Candidate]) -> None:
    """Mark phrases that are only ever said within a longer one."""
    for stems, longer in found.items():
        if longer.count > 1 and len(stems) > 1:
            for part in (stems[:-1], stems[1:]):
                if found[part].count <= longer.count:
                    found[part].subsumed = True


def _grams(start: int, run: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for at in range(len(run)):
        for size in range(1, min(LONGEST, len(run) - at) + 1):
            yield start + at, tuple(run[at : at + size])


def _chosen(
    body: Passage, scored: list[tuple[float, tuple[str, ...], _Candidate]], names: Mapping[int, Mention]
) -> Iterator[KeyPhrase]:
    """Best first, without those that share half their words with a better one."""
    taken: list[frozenset[str]] = []
    for score, stems, candidate in scored:
        words = frozenset(stems)
        if any(len(words & other) * 2 >= min(len(words), len(other)) for other in taken):
            continue
        taken.append(words)
        first = candidate.first if candidate.named else candidate.shown
        start, end = body.tokens[first].start, body.tokens[first + len(stems) - 1].end
        cut = _before_name(body.tokens[first], names)
        start += _clitics(body.tokens[first].key) if cut is None else cut
        yield KeyPhrase(start, end, body.text[start:end], key=" ".join(stems), score=round(score, 2))
        if len(taken) == COUNT:
            return


def _bound(tokens: Sequence[Token], first: int, size: int) -> int:
    """How much of an occurrence belongs to the sentence: a letter that may be a clitic, a pronoun, a case ending."""
    head, tail = tokens[first].key, tokens[first + size - 1].text
    return 2 * (head[0] in "وفبلك") + tail.endswith(("ها", "هم", "هما", "ً", "ٍ", "ٌ", "ًا"))


def _clitics(word_key: str) -> int:
    """Letters before the article that belong to the sentence, not to the phrase: والانتخابات, بالانتخابات."""
    for clitics in ("وبال", "فبال", "وال", "فال", "بال", "كال"):
        if word_key.startswith(clitics) and len(word_key) - len(clitics) >= 3:
            return len(clitics) - 2
    if word_key[0] == "و" and len(word_key) > 4 and _rareness(stem(word_key)) < _UNLISTED:
        return 1
    return 0
