"""Names that neither lexicon nor grammar knows, by a tagger (a linear-chain CRF) that learnt from marked texts.

The tagger reads what the rules found, here and in the rest of the article, so it learnt where they are silent and how
far they can be trusted. `features` serves training (`training/train_tagger.py`) and tagging alike. The model and its
word clusters are data files of their own, under CC BY-SA 4.0: `data/tagger.md` says what they were made from and what
they are worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import pycrfsuite

from rasad.arabic import lexicon
from rasad.arabic.lexicon import forms, words
from rasad.arabic.text import CACHED_WORDS
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
from rasad.model import EntityType

NAME = "tagger"
VERSION = "2"

_DATA = Path(__file__).with_name("data")
_WINDOW = 200  # tokens tagged at once: longer lines are cut, so that memory stays bounded
# Least probability, by type, at which a name is added.
_SURE: dict[EntityType, float] = {"PER": 0.5, "ORG": 0.6, "LOC": 0.6}
_SURER = 0.85  # and from which on a person's name begins or ends where the tagger says, not where the grammar does
_KINDS: dict[str, EntityType] = {"B-PER": "PER", "B-ORG": "ORG", "B-LOC": "LOC"}
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


def candidates(lines: Sequence[Line]) -> Iterator[Iterator[Candidate]]:
    """Names where the rules are silent, and persons whom they cut otherwise; an article's lines are given at once.

    The confidence of a name is the least probability of its tokens.
    """
    return map(_candidates, lines, features(lines))


def _candidates(line: Line, seen: Sequence[Sequence[str]]) -> Iterator[Candidate]:
    tokens = line.tokens
    taken = {i: c for c in line.chosen for i in range(c.start, c.end)}
    model = _model()
    for offset in range(0, len(tokens), _WINDOW):
        with _ONE_AT_A_TIME:  # the model remembers the sequence that it was given last
            model.set(seen[offset : offset + _WINDOW])
            tags = model.tag()
            found = [(*span, min(model.marginal(tags[i], i) for i in range(*span[:2]))) for span in _spans(tags)]
        for start, end, kind, sure in found:
            first, last = offset + start, offset + end
            if kind == "PER" and not any(_names(t.key) for t in tokens[first:last]):
                continue
            name = Candidate(first, last, clitics(tokens[first].key), kind, None, "model", round(sure, 3))
            others = {taken[i] for i in range(first, last) if i in taken}
            if sure >= _SURE[kind] and (not others or (sure >= _SURER and _cut_otherwise(name, others))):
                yield name


def _cut_otherwise(name: Candidate, others: Set[Candidate]) -> bool:
    """Do both name one person, whom the grammar only guessed, with other words?"""
    persons = name.type == "PER" and all(c.type == "PER" and c.source == "rule" for c in others)
    return persons and len(others) == 1 and all((c.start, c.end) != (name.start, name.end) for c in others)


def _spans(tags: Sequence[str]) -> Iterator[tuple[int, int, EntityType]]:
    """Start, end and type of each name in BIO tags."""
    for start, tag in enumerate(tags):
        kind = _KINDS.get(tag)
        if kind is not None:
            end = start + 1
            while end < len(tags) and tags[end] == "I-" + kind:
                end += 1
            yield start, end, kind


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


def features(lines: Sequence[Line]) -> Iterator[list[list[str]]]:
    """Of each line, of each token: what it is, what stands beside it, and what the rules say of it here and elsewhere.

    `lines` are a whole article's; linear in their tokens.
    """
    rules = [_rules(line) for line in lines]
    words_seen = _elsewhere(lines, rules)
    for line, tags in zip(lines, rules, strict=True):
        yield _features(line, tags, words_seen)


def _rules(line: Line) -> list[str]:
    """What the rules made of each token; token i stands at i + 1, and a line's edges are no name."""
    rules = ["-"] * (len(line.tokens) + 2)
    for c in line.chosen:
        for i in range(c.start, c.end):
            rules[i + 1] = ("B" if i == c.start else "I") + c.type[0]
    return rules


# Of a word without clitics, in a whole article: how often it stands there, how often the rules gave it each tag, and
# the letters (as below) of what stood before it.
_Seen = tuple[list[int], dict[str, int], set[str]]


def _elsewhere(lines: Sequence[Line], rules: Sequence[Sequence[str]]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for line, tags in zip(lines, rules, strict=True):
        before = ""
        for i, token in enumerate(line.tokens):
            if token.kind != "word":
                before = ""
                continue
            word = _bare(token.key)
            if word not in seen:
                seen[word] = ([0], {}, set())
            times, tagged, cues = seen[word]
            times[0] += 1
            if tags[i + 1] != "-":
                tagged[tags[i + 1]] = tagged.get(tags[i + 1], 0) + 1
            if before:
                cues.update(_cues(before))
            before = token.key
    return seen


@lru_cache(maxsize=CACHED_WORDS)
def _bare(word: str) -> str:
    return forms(word)[-1][0]


@lru_cache(maxsize=CACHED_WORDS)
def _cues(word: str) -> tuple[str, ...]:
    """What a name behind this word would rather be: after a title, a verb of speech, a given name, a place's cue."""
    cues = {
        "T": in_group(word, "titles") is not None,
        "V": word in words("speech"),
        "G": is_given(word),
        "U": in_group(word, "place_cues") is not None,
    }
    return tuple("d" + letter for letter, stands in cues.items() if stands)


def _features(line: Line, rules: Sequence[str], article: Mapping[str, _Seen]) -> list[list[str]]:
    tokens = line.tokens
    listed = ["-"] * len(tokens)  # type of the name a token belongs to, in small letters where it is a weak one
    for m in line.matches:
        letter = m.entry.type[0].lower() if m.weak else m.entry.type[0]
        for i in range(m.start, m.end):
            if not listed[i].isupper():
                listed[i] = letter
    kinds = [_word(t.key) if t.kind == "word" else _sign(t.text, t.kind) for t in tokens]
    edge = _sign("", "edge")
    out = []
    last = len(tokens) - 1
    for i, own in enumerate(kinds):
        left = kinds[i - 1] if i else edge
        right = kinds[i + 1] if i < last else edge
        found = [*own[0], *left[1], *right[2]]
        found.append("r=" + rules[i + 1])
        found.append("rr=" + "".join(rules[i : i + 3]))
        found.append("g=" + "".join(listed[i : i + 2]))
        if i > 1:
            found.append(kinds[i - 2][3])
        if i < last - 1:
            found.append(kinds[i + 2][4])
        found.append(left[5] + own[5])
        found.append(own[5] + right[5])
        if tokens[i].kind == "word":
            found += _article(tokens[i].key, rules[i + 1], article)
        out.append(found)
    return out


def _article(word: str, tag: str, article: Mapping[str, _Seen]) -> list[str]:
    """What the rest of the article says of a word that the rules tagged so here."""
    (times,), tagged, cues = article[_bare(word)]
    if times == 1:
        return ["d1"]
    best, most = "O", 0
    for other, number in tagged.items():
        number -= other == tag
        if number > most:
            best, most = other, number
    return ["dr=" + best, *sorted(cues)]


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
    behind, plain = _grouped()
    letters = {letter for form, _ in forms(word) for letter in behind.get(form, "")} | set(plain.get(word, ""))
    out = sorted(letters)
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


@cache
def _grouped() -> tuple[dict[str, str], dict[str, str]]:
    """Word → letters of its groups: of those that a clitic may stand before, and of the others."""
    out: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for found, groups in zip(out, (_CLITIC_GROUPS, _PLAIN_GROUPS), strict=True):
        for group, letter in groups.items():
            for word in words(group):
                found[word] = found.get(word, "") + letter
    return out


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
