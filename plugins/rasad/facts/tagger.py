"""Names that neither lexicon nor grammar knows, by a tagger (a linear-chain CRF) that learnt from marked texts.

The tagger reads what the rules found, so it learnt where they are silent. `features` serves training
(`training/train_tagger.py`) and tagging alike. The model and its word clusters are data files of their own, under
CC BY-SA 4.0: `data/tagger.md` says what they were made from and what they are worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import pycrfsuite

from rasad.arabic import lexicon
from rasad.arabic.lexicon import Match, forms, words
from rasad.arabic.text import CACHED_WORDS
from rasad.arabic.tokens import Token
from rasad.facts.backend import Line
from rasad.facts.name_grammar import (
    Candidate,
    commonness,
    in_group,
    is_any_given,
    is_definite,
    is_derived,
    is_given,
    is_nationality,
    is_stop,
)

NAME = "tagger"
VERSION = "1"

_DATA = Path(__file__).with_name("data")
_WINDOW = 200  # tokens tagged at once: longer lines are cut, so that memory stays bounded
# Only persons are added, from this probability on. Bodies and places gave as many wrong names as right ones: what the
# corpora mark as such differs too much from ours.
_SURE = 0.5
_UNSEEN = 999  # centibels of a word that wordfreq's short list has not
_COMMON = 500  # centibels: a name has at least one part that is as rare as this, or a given name
_OWN_LETTERS = frozenset("اويلن")  # after و rather one name: والتر, وليد, ويلسون, ونستون

# Groups of the grammar's words, with and without a clitic before them, and the letter that stands for each.
_CLITIC_GROUPS = {
    "titles": "T",
    "organisation_heads": "O",
    "place_heads": "H",
    "place_classes": "C",
    "organisation_classes": "B",
    "media_classes": "M",
    "club_classes": "L",
    "speech": "V",
    "place_cues": "U",
    "nominal_heads": "N",
}
_PLAIN_GROUPS = {"role_tails": "A", "generic": "X", "name_links": "K", "own_adjectives": "J", "portfolios": "F"}

_ONE_AT_A_TIME = Lock()


def candidates(lines: Iterable[Line]) -> Iterator[Iterator[Candidate]]:
    """Persons that overlap nothing chosen, each with the least probability of its tokens as confidence."""
    return map(_candidates, lines)


def _candidates(line: Line) -> Iterator[Candidate]:
    tokens = line.tokens
    taken = {i for c in line.chosen for i in range(c.start, c.end)}
    seen = features(tokens, line.matches, line.chosen)
    model = _model()
    for offset in range(0, len(tokens), _WINDOW):
        with _ONE_AT_A_TIME:  # the model remembers the sequence that it was given last
            model.set(seen[offset : offset + _WINDOW])
            tags = model.tag()
            found = [(a, b, min(model.marginal(tags[i], i) for i in range(a, b))) for a, b in _persons(tags)]
        for start, end, sure in found:
            first, last = offset + start, offset + end
            named = any(_names(t.key) for t in tokens[first:last])
            if sure >= _SURE and named and taken.isdisjoint(range(first, last)):
                yield Candidate(first, last, clitics(tokens[first].key), "PER", None, "model", round(sure, 3))


def _persons(tags: Sequence[str]) -> Iterator[tuple[int, int]]:
    for start, tag in enumerate(tags):
        if tag == "B-PER":
            end = start + 1
            while end < len(tags) and tags[end] == "I-PER":
                end += 1
            yield start, end


def _names(word: str) -> bool:
    """Is the word, rather than one of the sentence (ابن عمه), part of a name: a given name, or rare?"""
    return any(is_any_given(form) for form, _ in forms(word)) or commonness(word) > _COMMON


def clitics(word: str) -> int:
    """Letters of clitics in the first key of a name. Where neither reading is known, only a clear و or لل is one."""
    known, cut = max(((_known(form), cut) for form, cut in forms(word)), key=lambda found: (found[0], -found[1]))
    if known:
        return cut
    article = next((cut for form, cut in forms(word) if cut and form.startswith("ال")), 0)
    return article or int(word[:1] == "و" and len(word) > 4 and word[1] not in _OWN_LETTERS)


def _known(form: str) -> int:
    """0: never seen; 1: a word; 2: a person's or place's name."""
    if is_any_given(form) or any(entry.type != "ORG" for entry, _ in lexicon.load().entries(form)):
        return 2
    return int(commonness(form) < _UNSEEN or form in _clusters())


def features(tokens: Sequence[Token], matches: Sequence[Match], chosen: Sequence[Candidate]) -> list[list[str]]:
    """Of each token what it is, what stands beside it and what the rules say; linear in the tokens.

    `matches`: the lexicon's names in the tokens; `chosen`: what the rules made of them, without overlaps.
    """
    listed = ["-"] * len(tokens)  # type of the name a token belongs to, in small letters where it is a weak one
    for m in matches:
        letter = m.entry.type[0].lower() if m.weak else m.entry.type[0]
        for i in range(m.start, m.end):
            if not listed[i].isupper():
                listed[i] = letter
    rules = ["-"] * (len(tokens) + 2)  # token i stands at i + 1
    for c in chosen:
        for i in range(c.start, c.end):
            rules[i + 1] = ("B" if i == c.start else "I") + c.type[0]
    kinds = [_word(t.key) if t.kind == "word" else _sign(t.text, t.kind) for t in tokens]
    edge = _sign("", "edge")
    out = []
    last = len(tokens) - 1
    for i, own in enumerate(kinds):
        left = kinds[i - 1] if i else edge
        right = kinds[i + 1] if i < last else edge
        line = [*own[0], *left[1], *right[2]]
        line.append("r=" + rules[i + 1])
        line.append("rr=" + "".join(rules[i : i + 3]))
        line.append("g=" + "".join(listed[i : i + 2]))
        if i > 1:
            line.append(kinds[i - 2][3])
        if i < last - 1:
            line.append(kinds[i + 2][4])
        line.append(left[5] + own[5])
        line.append(own[5] + right[5])
        out.append(line)
    return out


# Features of a kind of token: as itself, as the one before, as the one after, two before, two after; and in short.
_Kind = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str, str]


@lru_cache(maxsize=CACHED_WORDS)
def _word(word: str) -> _Kind:
    fine, coarse = _cluster(word)
    letters = _letters(word)
    rest = forms(word)[-1][0]
    bare = rest[2:] if is_definite(rest) else rest
    own = [f"w={word}", f"b={bare}", f"f={fine}", f"c={coarse}", f"s={letters}", f"n={min(len(word), 8)}"]
    own += [f"{letter}!" for letter in letters]
    own += [f"<{word[:n]}" for n in (1, 2, 3) if len(word) > n]
    own += [f"{word[-n:]}>" for n in (1, 2, 3, 4) if len(word) > n]
    beside = (f"w={word}", f"f={fine}", f"c={coarse}", f"s={letters}", f"{word[-2:]}>")
    before, after = (tuple(side + feature for feature in beside) for side in "-+")
    return tuple(own), before, after, f"--{fine}", f"++{fine}", f"{letters}/{coarse}|"


@lru_cache(maxsize=1_000)
def _sign(text: str, kind: str) -> _Kind:
    # Broken surrogates are not printable, and the model could not read them.
    name = kind if kind != "mark" else text if text.isprintable() else "odd"
    return (f"m={name}", f"k={kind}"), (f"-m={name}",), (f"+m={name}",), f"--m{name}", f"++m{name}", f"{name}|"


def _letters(word: str) -> str:
    """What word lists and grammar say of a word, a letter each."""
    out = [letter for group, letter in _CLITIC_GROUPS.items() if in_group(word, group) is not None]
    out += [letter for group, letter in _PLAIN_GROUPS.items() if word in words(group)]
    given = next(((form, cut) for form, cut in forms(word) if is_any_given(form)), None)
    if given is not None:
        form, cut = given
        out.append(("g" if cut else "G") + ("" if is_given(form) else "~"))
    if is_nationality(word):
        out.append("Y")
    if is_stop(word):
        out.append("S")
    if is_definite(word):
        out.append("D")
    own = commonness(word)
    out.append("0" if own == _UNSEEN else "1" if own > 540 else "2" if own > 440 else "3")
    if is_derived(word):
        out.append("d")
    return "".join(out)


def _cluster(word: str) -> tuple[int, int]:
    """Fine and coarse cluster of a key, or of what remains without its clitics; -1 where it is in none."""
    table = _clusters()
    return next((table[form] for form, _ in forms(word) if form in table), (-1, -1))


@cache
def _clusters() -> dict[str, tuple[int, int]]:
    """Word → number of its line in the file, its fine cluster, and the coarse one that the line begins with."""
    out: dict[str, tuple[int, int]] = {}
    for fine, line in enumerate((_DATA / "tagger_clusters.txt").read_text(encoding="utf-8").splitlines()):
        coarse, *members = line.split()
        out.update(dict.fromkeys(members, (fine, int(coarse))))
    return out


@cache
def _model() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(_DATA / "tagger.crfsuite"))
    return tagger
