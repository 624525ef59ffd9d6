"""Entities: persons, organisations and places that a text names, every mention, under one canonical name each.

Spans and types follow the conventions of the gold (docs: facts). The lexicon says what is known, the grammar of names finds
what is not, and one pass over the whole article finds surnames and short forms again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rasad.arabic import lexicon
from rasad.arabic.lexicon import Match, words
from rasad.arabic.text import key
from rasad.arabic.tokens import Token
from rasad.facts.name_grammar import Candidate, Grammar, commonness, forms, in_group, is_any_given, is_nationality
from rasad.facts.passage import Passage, Reading
from rasad.model import Mention

KIND = "entity"
VERSION = "1"

_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_QUOTES = frozenset("\"'«»“”„‟‹›()")
_SPORTY = 4  # words of sport that make an article one about sport


def extract(reading: Reading) -> tuple[Mention, ...]:
    """Mentions of the title, then of the body, each by start; spans of one field never overlap."""
    passages = [p for p in (reading.title, reading.body) if p.tokens]
    sporty = sum(t.key in words("sport") for p in passages for t in p.tokens) >= _SPORTY
    chosen = []
    weak = []
    for passage in passages:
        matches = lexicon.load().find(passage.tokens)
        grammar = Grammar(passage.tokens, matches)
        candidates = [
            *_strong(matches, grammar, sporty),
            *grammar.persons(),
            *grammar.speakers(),
            *grammar.headed(),
            *grammar.classed(),
        ]
        chosen.append(_choose(candidates))
        weak.append(matches)
    names = _Names(passages, chosen)
    out: list[Mention] = []
    for passage, candidates, matches in zip(passages, chosen, weak, strict=True):
        again = [*candidates, *_propagated(passage, names, sporty), *_confirmed(passage, matches, names)]
        for c in sorted(_choose(again), key=lambda c: c.start):
            out.append(_mention(passage, c, names))
    return tuple(out)


def _strong(matches: Sequence[Match], grammar: Grammar, sporty: bool) -> Iterable[Candidate]:
    for m in matches:
        entry = m.entry
        if m.weak and not _supported(m, grammar, sporty):
            continue
        confidence = 0.75 if m.weak else 0.95
        yield Candidate(m.start, m.end, m.cut, entry.type, entry.name, "lexicon", confidence)


def _supported(m: Match, grammar: Grammar, sporty: bool) -> bool:
    """Does the word before or after a weak name say that it is one?"""
    before = grammar.key(m.start - 1)
    quoted = grammar.mark(m.start - 1) in _QUOTES and grammar.mark(m.start - 1) != ""
    if quoted:
        quoted = grammar.mark(m.end) in _QUOTES and grammar.mark(m.end) != ""
        before_quote = grammar.key(m.start - 2)
    else:
        before_quote = before
    table = m.entry.table
    if table == "media":
        return in_group(before_quote, "media_classes") is not None
    if table == "clubs":
        if in_group(before, "club_classes") is not None and before not in ("رييس", "اداره", "امام", "ضد"):
            return True
        return sporty and not quoted and m.cut == 0 or (sporty and not _placed(grammar, m))
    if m.entry.type == "PER":
        return in_group(before, "titles") is not None
    if m.entry.type == "ORG":
        return in_group(before_quote, "organisation_classes") is not None or (quoted and " " in m.entry.name)
    if in_group(before, "place_classes") is not None:
        return True
    if is_nationality(grammar.key(m.end)) and _placed(grammar, m):
        return True
    word = grammar.key(m.start)[m.cut :]
    if table == "countries" or (table == "geonames" and commonness(word) > 480 and m.cut == 0):
        return before in words("place_cues") and not is_any_given(word)
    return False


def _placed(grammar: Grammar, m: Match) -> bool:
    return m.cut > 0 or grammar.key(m.start - 1) in words("place_cues")


def _choose(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of overlapping candidates the longest, then the surer, then the first."""
    taken: set[int] = set()
    out = []
    for c in sorted(candidates, key=lambda c: (c.start - c.end, -c.confidence, c.start, c.cut)):
        if taken.isdisjoint(range(c.start, c.end)):
            taken.update(range(c.start, c.end))
            out.append(c)
    return out


def _surface(passage: Passage, c: Candidate) -> tuple[int, int]:
    """Offsets of a candidate in its passage, clitics left outside (vowel marks between letters are no letters)."""
    token = passage.tokens[c.start]
    at = 0
    for _ in range(c.cut):
        at += 1
        while at < len(token.text) and _MARKS.match(token.text[at]):
            at += 1
    return token.start + at, passage.tokens[c.end - 1].end


def _written(passage: Passage, c: Candidate) -> str:
    """The name as it would stand alone: without vowel marks, لل opened to ال, spaces single."""
    start, end = _surface(passage, c)
    text = _MARKS.sub("", passage.text[start:end])
    if c.cut and text.startswith("ل") and passage.text[start - 1] == "ل":
        text = "ا" + text
    return " ".join(text.split())


def _solid(name: str) -> str:
    """Two spellings of one name share this: no spaces, folded."""
    return key(name).replace(" ", "")


class _Names:
    """What the article calls its entities: canonical names, and the short forms of its persons."""

    def __init__(self, passages: Sequence[Passage], chosen: Sequence[Sequence[Candidate]]) -> None:
        self.canonical: dict[tuple[str, str], str] = {}
        self.short: dict[str, tuple[str, str]] = {}  # key of a bare surname or short name → (type, canonical)
        self.entries: set[str] = set()
        full: dict[tuple[str, str], tuple[str, list[str]]] = {}
        for passage, candidates in zip(passages, chosen, strict=True):
            for c in candidates:
                written = _written(passage, c)
                if c.name is not None:
                    self.entries.add(c.name)
                    self.canonical[(c.type, _solid(written))] = c.name
                    if c.type == "PER":
                        full.setdefault((c.type, _solid(c.name)), (c.name, _parts(passage.tokens, c)))
                    continue
                known = lexicon.load().entry(written)
                name = known.name if known and known.type == c.type else written
                self.canonical.setdefault((c.type, _solid(written)), name)
                full.setdefault((c.type, _solid(written)), (name, _parts(passage.tokens, c)))
        persons = [(name, parts) for (kind, _), (name, parts) in full.items() if kind == "PER"]
        for name, parts in persons:
            longer = [n for n, p in persons if len(p) > len(parts) and p[: len(parts)] == parts]
            if longer and len(parts) > 1:
                self.canonical[("PER", _solid(name))] = self.canonical.get(("PER", _solid(longer[0])), longer[0])
        for name, parts in persons:
            if len(parts) > 1:
                final = self.canonical.get(("PER", _solid(name)), name)
                self.short.setdefault(parts[-1], ("PER", final))
        bodies = [(solid, name) for (kind, solid), (name, _) in full.items() if kind == "ORG"]
        for solid, name in bodies:
            longer = [n for s, n in bodies if s.startswith(solid) and len(s) > len(solid)]
            if longer and " " in name:
                self.canonical[("ORG", solid)] = longer[0]
        for passage, candidates in zip(passages, chosen, strict=True):
            for c in candidates:
                if c.source == "rule" and c.type != "PER" and c.end - c.start == 1:
                    word = key(_written(passage, c))
                    if commonness(word) == 999:
                        self.short.setdefault(word, (c.type, _written(passage, c)))

    def name(self, kind: str, written: str) -> str:
        return self.canonical.get((kind, _solid(written)), written)


def _parts(tokens: Sequence[Token], c: Candidate) -> list[str]:
    """A person's name in parts: عبد, أبو, آل and بن belong to what follows."""
    parts: list[str] = []
    bound = ""
    for i in range(c.start, c.end):
        if tokens[i].kind != "word":
            continue
        word = tokens[i].key
        if i == c.start and c.cut:
            word = word[c.cut :]
        if word in ("عبد", "ابو", "ابي", "ال", "بن", "ابن", "ولد", "دي", "فون", "ام"):
            bound += word
        elif word in ("الله", "الدين", "اوغلو") and parts and not bound:
            parts[-1] += word
        else:
            parts.append(bound + word)
            bound = ""
    return parts


def _propagated(passage: Passage, names: _Names, sporty: bool) -> Iterable[Candidate]:
    """Surnames and short names seen in full elsewhere in the article."""
    tokens = passage.tokens
    for i, token in enumerate(tokens):
        if token.kind != "word":
            continue
        titled = i > 0 and in_group(tokens[i - 1].key, "titles") is not None
        for form, cut in forms(token.key):
            for end, solid in ((i + 1, form), (i + 2, form + tokens[i + 1].key if i + 1 < len(tokens) else "")):
                found = names.short.get(solid)
                if found is None:
                    continue
                common = commonness(form) < 430 and end == i + 1
                if common and not (titled and cut == 0):
                    continue
                if cut and lexicon.commonness(token.key) is not None and commonness(token.key) < commonness(form):
                    continue
                yield Candidate(i, end, cut, found[0], found[1], "coreference", 0.8)  # type: ignore[arg-type]


def _confirmed(passage: Passage, matches: Sequence[Match], names: _Names) -> Iterable[Candidate]:
    """Weak names of entities that the article also names in full."""
    for m in matches:
        if m.weak and m.entry.name in names.entries and m.entry.table not in ("media", "geonames", "cities"):
            yield Candidate(m.start, m.end, m.cut, m.entry.type, m.entry.name, "coreference", 0.8)


def _mention(passage: Passage, c: Candidate, names: _Names) -> Mention:
    start, end = _surface(passage, c)
    name = c.name or names.name(c.type, _written(passage, c))
    entry = next((e for e, _ in lexicon.load().entries(name) if e.type == c.type and e.name == name), None)
    return Mention(
        start,
        end,
        passage.text[start:end],
        c.type,
        name,
        entry.name_en if entry else None,
        entry.wikidata if entry else None,
        c.source,
        field=passage.field,
        confidence=c.confidence,
    )
