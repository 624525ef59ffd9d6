"""Key phrases: what the article is about, in its own words.

Runs of up to four words without stop words, verbs or punctuation, weighed by how often the article says them and how
rare their words are elsewhere (TF-IDF over `rasad.facts.frequencies`, counted by light stem, so that القرارات and قرار
are one). Names, the headline and the first sentences weigh more; near-duplicates are dropped, and so is what reads as a
piece of a sentence: a word that only ever describes another, a phrase cut from what stands before or behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasad.arabic import lexicon
from rasad.arabic.stems import stem
from rasad.arabic.text import key
from rasad.arabic.tokens import Token
from rasad.facts import frequencies
from rasad.facts.frequencies import Snapshot
from rasad.facts.passage import Passage, Reading
from rasad.facts.speech import forms
from rasad.facts.wordlists import load
from rasad.model import KeyPhrase, Mention

KIND = "keyphrase"
VERSION = "2"

COUNT = 8
LONGEST = 4
READ = 3000  # tokens of the body that are read; what an article is about stands there
_HEADLINE, _NAME, _LEAD, _SINGLE = 1.6, 1.5, 1.25, 0.75
_LEAD_TOKENS = 40
_GENERIC = 4.0  # nats: a single word that stands in one text of fifty or more tells nothing by itself
_OWN = 10  # the same for و: light stems lose it, so that the word without it is counted too often (وسائل)
_INSEPARABLE = 4
_PRONOUNS = ("ها", "هم", "هما", "ته", "نا")
_CLITIC = 3  # times more texts have a word without its first letter where that letter is a clitic


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    words = {key(word) for line in _lines("stop_words") for word in line.split()}
    for pair in ",".join(_lines("common_verbs")).split(","):
        perfect, imperfect = pair.split()
        words |= {key(form) for form, _ in forms(perfect, imperfect)}
    return frozenset(words)


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@dataclass(slots=True)
class _Candidate:
    first: int  # tokens of its first occurrence in the body
    end: int
    shown: int  # first token of the occurrence that reads best alone
    count: int = 0
    heads: int = 0  # how often it opens its run, or stands behind a word that is no noun of it
    boost: float = 1.0
    name: str | None = None  # canonical, where it is a name
    subsumed: bool = False  # every time it is said, a longer phrase is


def extract(reading: Reading) -> tuple[KeyPhrase, ...]:
    """The eight phrases of the body that tell most, best first; fewer where the text is short."""
    known = frequencies.current()
    tokens = reading.body.tokens[:READ]
    found: dict[tuple[str, ...], _Candidate] = {}
    names = {m.start: m for m in reading.of_kind("entity", Mention, reading.body)}
    for first, stems, opens in _phrases(reading.body, names):
        seen = found.get(stems)
        if seen is None:
            seen = found[stems] = _Candidate(first, first + len(stems), first)
            seen.boost = _LEAD if first < _LEAD_TOKENS else 1.0
        elif _bound(tokens, first, len(stems), known) < _bound(tokens, seen.shown, len(stems), known):
            seen.shown = first
        seen.count += 1
        seen.heads += opens
    title_names = {m.start: m for m in reading.of_kind("entity", Mention, reading.title)}
    for _, stems, _ in _phrases(reading.title, title_names):
        if stems in found:
            found[stems].boost *= _HEADLINE
            found[stems].count += 1
    _subsume(found)
    scored: list[tuple[float, tuple[str, ...], _Candidate]] = []
    for stems, c in found.items():
        named = _named(tokens, c, names)
        c.name = named.name if named is not None else None
        if named is not None and _is_medium(named):  # the paper itself, or the agency whose news it is
            continue
        if c.name is None and not _tells(tokens, stems, c, known):
            continue
        # A longer phrase says more, but less than its words apart would.
        rareness = sum(map(known.rareness, stems)) / len(stems) ** 0.6
        weight = _NAME if c.name else _SINGLE if len(stems) == 1 else 1.0
        scored.append(((1 + math.log(c.count)) * rareness * c.boost * weight, stems, c))
    scored.sort(key=lambda row: (-row[0], row[2].first))
    return tuple(_chosen(reading.body, scored, names, known))


def _named(tokens: Sequence[Token], candidate: _Candidate, names: Mapping[int, Mention]) -> Mention | None:
    """The name that the candidate's best occurrence is, from its first letter to its last."""
    size = candidate.end - candidate.first
    for first in (candidate.shown, candidate.first):
        cut = _before_name(tokens[first], names)
        name = names[tokens[first].start + cut] if cut is not None else None
        if name is not None and name.end == tokens[first + size - 1].end:
            candidate.shown = first
            return name
    return None


def _is_medium(mention: Mention) -> bool:
    entry = lexicon.load().named(mention.name, mention.type)
    return entry is not None and entry.table == "media"


def _tells(tokens: Sequence[Token], stems: tuple[str, ...], candidate: _Candidate, known: Snapshot) -> bool:
    """Whether a phrase that is no name is worth showing."""
    if candidate.subsumed or (candidate.count < 2 and candidate.boost < _HEADLINE):
        return False
    if _bound(tokens, candidate.shown, len(stems), known) >= _INSEPARABLE:  # only ever behind one: لاستقبال
        return False
    last = tokens[candidate.shown + len(stems) - 1]
    if last.text.endswith(_PRONOUNS):
        return False
    if len(stems) > 1:
        return not _clitic(last.key, "لب", known)  # المدير الفني لفريق …
    describes = candidate.heads == 0 and last.key.endswith(("ي", "يه"))  # الأجنبية
    adverb = last.key.endswith("ا") and not last.key.startswith("ال") and stem(last.key[:-1]) == stems[0]  # تمهيدا
    return not describes and not adverb and known.rareness(stems[0]) >= _GENERIC


def _phrases(passage: Passage, names: Mapping[int, Mention]) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """First token and stems of every run of one to four words without a stop word, a number or a mark between, and
    whether it opens its run."""
    stops = _stop_words()
    run: list[str] = []
    start = 0
    within = -1  # offset up to which a name reaches: its words are no verbs
    for i, token in enumerate(passage.tokens[:READ]):
        cut = _before_name(token, names)
        if cut is not None:
            within = names[token.start + cut].end
        k = key(token.text[cut:]) if cut else token.key
        stop = token.kind != "word" or len(k) < 2
        if not stop and token.start >= within:
            stop = k in stops or (k[0] in "وف" and k[1:] in stops) or _is_verb(k)
        if run and (stop or "\n" in passage.text[passage.tokens[i - 1].end : token.start]):
            yield from _grams(start, run)
            run = []
        if not stop:
            if not run:
                start = i
            run.append(stem(k))
    yield from _grams(start, run)


def _is_verb(word_key: str) -> bool:
    """Whether a word's form is rather an imperfect verb's: يستقبل, وتعتمد, سيعلن. Names are asked before."""
    word = word_key[1:] if word_key[0] in "وف" and len(word_key) > 4 else word_key
    if word[0] == "س" and len(word) > 4 and word[1] in "يت":
        word = word[1:]
    if len(word) < 4:
        return False
    if word[0] == "ي":
        return word not in load("keyphrases")["nouns in ya"]
    return word[0] == "ت" and (word.startswith("تست") or (word[2] == "ت" and word[3] != "ي"))


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


def _grams(start: int, run: list[str]) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    for at in range(len(run)):
        for size in range(1, min(LONGEST, len(run) - at) + 1):
            yield start + at, tuple(run[at : at + size]), at == 0


def _chosen(
    body: Passage,
    scored: list[tuple[float, tuple[str, ...], _Candidate]],
    names: Mapping[int, Mention],
    known: Snapshot,
) -> Iterator[KeyPhrase]:
    """Best first, without those that share half their words, or their name, with a better one."""
    taken: list[frozenset[str]] = []
    told: set[str] = set()
    for score, stems, candidate in scored:
        words = frozenset(stems)
        if any(len(words & other) * 2 >= min(len(words), len(other)) for other in taken) or candidate.name in told:
            continue
        first = candidate.shown
        token = body.tokens[first]
        start, end = token.start, body.tokens[first + len(stems) - 1].end
        cut = _before_name(token, names)
        start += _clitics(token.key, known) if cut is None else cut
        if cut and token.text[:cut].endswith("ل") and body.text[start] == "ل":  # للهيئة: the article has lost its alef
            continue
        taken.append(words)
        if candidate.name is not None:
            told.add(candidate.name)
        yield KeyPhrase(
            start,
            end,
            body.text[start:end],
            key=" ".join(stems),
            score=round(score, 2),
            frequencies=known.name,
        )
        if len(taken) == COUNT:
            return


def _bound(tokens: Sequence[Token], first: int, size: int, known: Snapshot) -> int:
    """How much of an occurrence belongs to the sentence: a clitic that cannot be left out, one that can, an ending."""
    head, tail = tokens[first].key, tokens[first + size - 1].text
    ending = tail.endswith((*_PRONOUNS, "ً", "ٍ", "ٌ", "ًا"))
    return _INSEPARABLE * _clitic(head, "بلك", known) + 2 * (_clitics(head, known) > 0) + ending


def _clitic(word_key: str, letters: str, known: Snapshot) -> bool:
    """Whether a word begins with a preposition that is no part of it: لل, or a letter without which it is far more
    common. (From بال and كال the article can be shown alone.)"""
    word = word_key[1:] if word_key[0] in "وف" and len(word_key) > 4 else word_key
    if word.startswith("لل") and len(word) > 5:
        return True
    if word.startswith(("بال", "كال")) or word[0] not in letters or len(word) < 4:
        return False
    return known.counts.get(stem(word[1:]), 1) > _CLITIC * known.counts.get(stem(word), 1)


def _clitics(word_key: str, known: Snapshot) -> int:
    """Letters before the article that belong to the sentence, not to the phrase: والانتخابات, بالانتخابات."""
    for clitics in ("وبال", "فبال", "وال", "فال", "بال", "كال"):
        if word_key.startswith(clitics) and len(word_key) - len(clitics) >= 3:
            return len(clitics) - 2
    if word_key[0] == "و" and len(word_key) > 3:
        bare, whole = known.counts.get(stem(word_key[1:]), 0), known.counts.get(stem("ال" + word_key), 0)
        return int(bare >= _OWN * whole)
    return 0
