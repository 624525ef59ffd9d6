"""Entities: persons, organisations and places that a text names, every mention, under one canonical name each.

A span is the name alone: no title, no class noun that the name does without, no clitic. The lexicon says what is known,
the grammar of names finds what is not, a tagger adds names that both miss, and one pass over the whole article finds
surnames and short forms again.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from rasad.arabic import lexicon
from rasad.arabic.lexicon import Match, forms, words
from rasad.arabic.text import key
from rasad.arabic.tokens import Token
from rasad.facts.name_grammar import (
    Candidate,
    Grammar,
    commonness,
    in_definite,
    in_group,
    is_any_given,
    is_definite,
    is_derived,
    is_given,
    is_nationality,
    is_rare,
    is_stop,
)
from rasad.facts.passage import Passage, Reading
from rasad.model import EntityType, Mention

KIND = "entity"
VERSION = "4"

_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_SPORTY = 4  # words of sport that make an article one about sport
_ALL_SPORT = 8  # that many: the name of a city is rather its club's (برشلونة)
_MAX_JOINED = 8  # parts of a name that are compared with another name's
_BYLINE = 6  # tokens of a line in which it may be signed
_COMMON = 450  # centibels: a surname as common as this is found again only behind a title
# Parts of a person's name that belong to the part after them.
_BINDING = frozenset(("عبد", "ابو", "ابي", "ال", "بن", "ابن", "ولد", "دي", "فون", "ام"))
# Tables whose weak names an article confirms by naming the entity in full.
_CONFIRMED = frozenset(("people", "armed_groups", "parties", "regions", "cities", "countries"))


def extract(reading: Reading) -> tuple[Mention, ...]:
    """Mentions of the title, then of the body, each by start; spans of one field never overlap.

    The reading's backend adds names where the rules are silent, or takes the place of theirs.
    """
    lines = read(reading)
    for line, more in zip(lines, reading.backend.candidates(lines), strict=True):
        line.prefer([c for c in more if not (line.of_contest(c) or line.homograph(c))])
    names = _Names(lines)
    for line in lines:
        line.resolve(names)
    return tuple(line.mention(c, names) for line in lines for c in line.chosen)


def read(reading: Reading) -> list[Line]:
    """The lines of title and body with what lexicon and grammar chose in each."""
    passages = (reading.title, reading.body)
    writes_ala = any(token.text == "على" for passage in passages for token in passage.tokens)
    lines = [line for passage in passages for line in _lines(passage, writes_ala)]
    sport = sum(t.key in words("sport") for line in lines for t in line.tokens)
    for line in lines:
        line.choose([*line.known(sport), *line.grammar.candidates()])
    heads = {line.first(c) for line in lines for c in line.chosen if c.end > c.start + 1}
    for line in lines:
        line.choose(c for c in line.chosen if not (line.stands_for_body(c, heads) or line.of_contest(c)))
    return lines


class Line:
    """A paragraph of a passage: no name runs over its end."""

    def __init__(self, passage: Passage, tokens: Sequence[Token], writes_ala: bool) -> None:
        self.passage = passage
        self.tokens = tokens
        self.matches = lexicon.load().find(tokens)
        self.grammar = Grammar(tokens, self.matches, writes_ala)
        self.chosen: tuple[Candidate, ...] = ()
        self.sport = 0  # words of sport in the article

    def choose(self, candidates: Iterable[Candidate]) -> None:
        """Of overlapping candidates the longest, then the surer, then the first."""
        taken: set[int] = set()
        out = []
        for c in sorted(candidates, key=lambda c: (c.start - c.end, -c.confidence, c.start, c.cut)):
            if taken.isdisjoint(range(c.start, c.end)):
                taken.update(range(c.start, c.end))
                out.append(c)
        self.chosen = tuple(sorted(out, key=lambda c: c.start))

    def prefer(self, better: Sequence[Candidate]) -> None:
        """These, and of what was chosen all that overlaps none of them."""
        taken = {i for c in better for i in range(c.start, c.end)}
        self.choose([*better, *(c for c in self.chosen if taken.isdisjoint(range(c.start, c.end)))])

    def resolve(self, names: _Names) -> None:
        """Add short forms of names; they take the place of what a backend called otherwise."""
        short = {(c.start, c.end): c for c in self.again(names)}
        own = {(c.start, c.end): self.written(c) for c in self.chosen if c.source == "model"}
        other = {span for span, name in own.items() if span in short and short[span].name != name}
        kept = (self._own(c, names) for c in self.chosen if (c.start, c.end) not in other)
        self.choose([*kept, *short.values()])

    def _own(self, c: Candidate, names: _Names) -> Candidate:
        """A listed person's surname alone is the person's whom the article introduced by it in full."""
        if c.source != "lexicon" or c.type != "PER" or c.end != c.start + 1 or c.name in names.full:
            return c
        own = names.own.get(self.first(c))
        return c if own is None else replace(c, name=own, source="coreference", confidence=0.65)

    def known(self, sport: int) -> Iterator[Candidate]:
        """The lexicon's names: strong ones, and weak ones that their context supports.

        `sport`: words of sport in the article.
        """
        self.sport = sport
        for m in self.matches:
            if self.homograph(m) or self._inflected(m) or (not m.weak and self._adjective(m)):
                continue
            if m.entry.table == "bodies" and m.entry.country is None and self._national(m.end):
                yield Candidate(m.start, m.end + 1, m.cut, "ORG", None, "lexicon", 0.9)
            if not m.weak or self._supported(m, sport):
                club = m.entry.table == "clubs" and (sport >= _ALL_SPORT or self._club_noun(m))
                sure = self._quoted_media(m) or club
                confidence = 0.97 if sure else 0.75 if m.weak else 0.95
                end = m.end - self._of_country(m)
                yield Candidate(m.start, end, m.cut, m.entry.type, m.entry.name, "lexicon", confidence)

    def _of_country(self, m: Match) -> bool:
        """Is the last word only the country of a club: الهلال السعودي, but not الملعب التونسي?"""
        if m.entry.table != "clubs" or m.end == m.start + 1 or not is_nationality(self.grammar.key(m.end - 1)):
            return False
        bare = " ".join(self.grammar.key(i) for i in range(m.start, m.end - 1))[m.cut :]
        return any(entry.table == "clubs" for entry, _ in lexicon.load().entries(bare))

    def _national(self, i: int) -> bool:
        """Does the country follow whose branch a body is: الهلال الأحمر السوداني, القوات المسلحة الملكية?"""
        word = self.grammar.key(i)
        return is_definite(word) and (is_nationality(word) or word == "الملكيه")

    def homograph(self, m: Match | Candidate) -> bool:
        """Is a place of one word the noun it is spelled like, as what follows tells?

        A noun in construct before a place (سيول حضرموت), or one whose adjective agrees with it (سيول جارفة).
        """
        if m.end != m.start + 1:
            return False
        word, after = self.grammar.key(m.start)[m.cut :], self.grammar.key(m.end)
        place = self.grammar.known.get(m.end)
        if word not in words("place_homographs") or is_nationality(after):
            return False
        described = after.endswith("ه") and after in words("place_homograph_adjectives")
        return described or (place is not None and place.entry.type == "LOC")

    def _inflected(self, m: Match) -> bool:
        """Is what looks like a clitic rather the word's own letter? كورونا is no فيرونا, however it is spelled."""
        word = self.grammar.key(m.start)
        name = next(form for form, cut in forms(word) if cut == m.cut)
        return m.cut > 0 and commonness(word) < commonness(name)

    def _adjective(self, m: Match) -> bool:
        """السعودية and سورية are adjectives after a noun they agree with: الصحف السعودية, جهات سورية."""
        word = self.grammar.key(m.start)
        before = self.grammar.key(m.start - 1)
        if m.end != m.start + 1 or not is_nationality(word[m.cut :]):
            return False
        if m.cut:
            return word[0] == "و" and is_nationality(before) and is_definite(before)
        if not before or is_stop(before) or before in words("place_cues"):
            return False
        return in_definite(before) if is_definite(word) else before.endswith(("ه", "ات"))

    def _supported(self, m: Match, sport: int) -> bool:
        """Does the word before or after a weak name say that it is one?"""
        grammar = self.grammar
        quoted = grammar.quoted(m.start - 1) and grammar.quoted(m.end)
        near = grammar.key(m.start - 1)
        before = grammar.key(m.start - 2) if quoted else near
        table = m.entry.table
        if table == "media":
            return self._quoted_media(m) or self._byline(m) or in_group(before, "media_classes") is not None
        if table == "clubs":
            if near in words("demonstratives"):  # هذا الاتحاد: the one spoken of
                return False
            return self._club_noun(m) or (sport >= _SPORTY and not quoted and self._played(m))
        if m.entry.type == "PER":
            return in_group(near, "titles") is not None
        if m.entry.type == "ORG":
            return in_group(before, "organisation_classes") is not None or (quoted and m.end > m.start + 1)
        if m.cut == 0 and in_group(near, "place_classes") is not None:
            return True
        if is_nationality(grammar.key(m.end)) and self._placed(m):
            return True
        if self._beside_place(m) or (m.cut == 0 and near in words("settlers")):
            return True
        uncommon = table != "countries" and m.cut == 0 and is_rare(grammar.key(m.start))
        return (table == "countries" or uncommon) and near in words("place_cues")

    def stands_for_body(self, c: Candidate, heads: Set[str]) -> bool:
        """الاتحاد alone, where the article names الاتحاد الفلاني لكرة القدم, is that body and no club."""
        name = self.first(c)
        bare = c.source == "lexicon" and c.end == c.start + 1 and name in words("organisation_heads")
        if not bare or in_group(self.grammar.key(c.start - 1), "organisation_classes") is not None:
            return False
        return name in heads or name.removeprefix("ال") in heads

    def of_contest(self, c: Candidate) -> bool:
        """Does a league, cup or prize bear the name: دوري عبد اللطيف جميل, كأس آسيا?"""
        before = self.grammar.key(c.start - 1)
        own = self.grammar.key(c.start) in words("contests")
        if own and (c.type == "PER" or c.end in self.grammar.known):  # كوبا أميركا is not Cuba
            return True
        if c.cut == 0 and in_group(before, "contest_parts") is not None:
            before = self.grammar.key(c.start - 2)
        return c.cut == 0 and in_group(before, "contests") is not None

    def first(self, c: Candidate) -> str:
        """Match key of a name's first word without clitics, لل opened to ال."""
        word = self.grammar.key(c.start)
        opened = c.cut and word[c.cut - 1 :].startswith("لل")
        return "ا" + word[c.cut :] if opened else word[c.cut :]

    def _club_noun(self, m: Match) -> bool:
        return in_group(self.grammar.key(m.start - 1), "club_classes") is not None and m.cut == 0

    def _played(self, m: Match) -> bool:
        """In an article about sport, may a weak name be the club? Not where something happens in the place so named."""
        word = self.grammar.key(m.start)
        name = word[m.cut :]
        if in_group(self.grammar.key(m.start - 1), "located") is not None or (m.cut and word[m.cut - 1] == "ب"):
            return False
        if m.end > m.start + 1:
            return True
        known = self.grammar.known.get(m.start)
        if known is not None and known.entry.table == "regions":  # الخليج
            return False
        plain = any(name in words(group) for group in ("generic", "titles", "stop", "role_tails")) or is_nationality(
            name
        )
        return not plain and (is_definite(name) or commonness(name) > _COMMON)

    def _club_again(self, m: Match) -> bool:
        """Is a club that a class noun named (فريق الشباب) meant again, though its name is a common word?"""
        before = self.grammar.key(m.start - 1)
        if self.grammar.key(m.start)[m.cut :] in words("organisation_heads"):  # الاتحاد may be the federation
            return False
        where = in_group(before, "located") is not None or before in words("demonstratives")
        quoted = self.grammar.quoted(m.start - 1)
        return self.sport >= _SPORTY and not where and not quoted and not self._inflected(m)

    def _quoted_media(self, m: Match) -> bool:
        """«الشرق الأوسط» alone between marks is the paper, not the region."""
        return m.entry.table == "media" and self.grammar.quoted(m.start - 1) and self.grammar.quoted(m.end)

    def _byline(self, m: Match) -> bool:
        """فلان الفلاني- سبق- الرياض: how papers sign."""
        return m.start < _BYLINE and "-" in (self.grammar.mark(m.start - 1), self.grammar.mark(m.end))

    def _beside_place(self, m: Match) -> bool:
        """Does a place whose name is sure stand before it, joined by و: تبوك وحائل?"""
        grammar = self.grammar
        after = grammar.covered.get(m.end)
        also = after is not None and after.cut == 1 and after.start == m.end and after.entry.type == "LOC"
        if also and m.cut == 0 and grammar.key(m.start - 1) in words("place_cues"):  # بين حائل والقصيم
            return True
        joined = m.cut == 1 and grammar.key(m.start)[0] == "و" and grammar.covered.get(m.start - 1)
        uncommon = m.end > m.start + 1 or commonness(grammar.key(m.start)[m.cut :]) > 400
        return bool(joined) and uncommon and grammar.covered[m.start - 1].entry.type == "LOC"

    def _placed(self, m: Match) -> bool:
        return self.grammar.key(m.start - 1) in words("place_cues")

    def again(self, names: _Names) -> Iterator[Candidate]:
        """Short forms of names that the article gives in full elsewhere."""
        for m in self.matches:
            if self.homograph(m):
                continue
            common = m.entry.type == "LOC" and m.end == m.start + 1 and commonness(self.grammar.key(m.start)) < _COMMON
            club = m.entry.table == "clubs" and self._club_again(m)
            if m.weak and not common and m.entry.name in names.entries and (m.entry.table in _CONFIRMED or club):
                yield Candidate(m.start, m.end, m.cut, m.entry.type, m.entry.name, "coreference", 0.65)
        for i, token in enumerate(self.tokens):
            if token.kind == "word":
                yield from self._whole(i, token.key, names)
                yield from self._short(i, token.key, names)

    def _whole(self, i: int, word: str, names: _Names) -> Iterator[Candidate]:
        """A name that only its context told elsewhere: «أمل الخطيب» after الكاتبة, and then alone."""
        for form, cut in forms(word):
            for rest, kind, name in names.whole.get(form, ()):
                if all(self.grammar.key(i + n) == part for n, part in enumerate(rest, 1)):
                    yield Candidate(i, i + 1 + len(rest), cut, kind, name, "coreference", 0.7)

    def _short(self, i: int, word: str, names: _Names) -> Iterator[Candidate]:
        titled = in_group(self.grammar.key(i - 1), "titles") == 0
        after = self.grammar.key(i + 1)
        for form, cut in forms(word):
            if cut and commonness(word) < commonness(form):
                continue
            if after and (found := names.short.get(form + after)):
                yield Candidate(i, i + 2, cut, *found, "coreference", 0.65)
            usual = commonness(form) < _COMMON or not (not is_derived(form) or is_definite(form) or is_any_given(form))
            if (found := names.short.get(form)) and (not usual or (titled and not cut)):
                yield Candidate(i, i + 1, cut, *found, "coreference", 0.65)

    def span(self, c: Candidate) -> tuple[int, int]:
        """Offsets of a candidate in its passage, clitics left outside (their vowel marks too)."""
        token = self.tokens[c.start]
        at = 0
        for _ in range(c.cut):
            at += 1
            while at < len(token.text) - 1 and _MARKS.match(token.text[at]):
                at += 1
        return token.start + at, self.tokens[c.end - 1].end

    def written(self, c: Candidate) -> str:
        """The name as it would stand alone: without vowel marks, لل opened to ال, spaces single."""
        start, end = self.span(c)
        text = _MARKS.sub("", self.passage.text[start:end])
        if c.cut and text.startswith("ل") and self.tokens[c.start].key[c.cut - 1 :].startswith("لل"):
            text = "ا" + text
        return " ".join(text.split())

    def rest(self, c: Candidate) -> tuple[str, ...]:
        """Match keys of a name's words after the first; none where numbers or marks stand among them."""
        rest = tuple(self.grammar.key(i) for i in range(c.start + 1, c.end))
        return rest if all(rest) else ()

    def parts(self, c: Candidate) -> tuple[str, ...]:
        """Match keys of a name's parts: عبد, أبو, آل and بن belong to what follows."""
        parts: list[str] = []
        bound = ""
        for token in self.tokens[c.start : c.end]:
            if token.kind != "word":
                continue
            word = token.key[c.cut :] if token is self.tokens[c.start] else token.key
            if word in _BINDING:
                bound += word
            elif word in ("الله", "الدين", "اوغلو") and parts and not bound:
                parts[-1] += word
            else:
                parts.append(bound + word)
                bound = ""
        return tuple(parts)

    def mention(self, c: Candidate, names: _Names) -> Mention:
        start, end = self.span(c)
        name = c.name or names.canonical(c.type, self.written(c))
        entry = lexicon.load().named(name, c.type)
        return Mention(
            start,
            end,
            self.passage.text[start:end],
            c.type,
            name,
            entry.name_en if entry else None,
            entry.wikidata if entry else None,
            c.source,
            field=self.passage.field,
            confidence=c.confidence,
        )


def _lines(passage: Passage, writes_ala: bool) -> Iterator[Line]:
    start = 0
    for i, token in enumerate(passage.tokens):
        if i and "\n" in passage.text[passage.tokens[i - 1].end : token.start]:
            yield Line(passage, passage.tokens[start:i], writes_ala)
            start = i
    if start < len(passage.tokens):
        yield Line(passage, passage.tokens[start:], writes_ala)


def _solid(name: str) -> str:
    """What two spellings of one name share: letters folded, no spaces (عبد العاطي is عبدالعاطي)."""
    return key(name).replace(" ", "")


class _Names:
    """What an article calls its entities: canonical names, and the short forms that stand for them.

    `entries`: canonical names of the lexicon that stand in the article in a form that needs no context.
    `short`: match key of a surname or bare name, without spaces → type and canonical name.
    `whole`: match key of the first word of a name of several words → the keys after it, type and canonical name.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.entries: set[str] = set()
        self.short: dict[str, tuple[EntityType, str]] = {}
        self.whole: dict[str, list[tuple[tuple[str, ...], EntityType, str]]] = {}
        self._canonical: dict[tuple[EntityType, str], str] = {}
        persons: dict[tuple[str, ...], str] = {}
        bodies: dict[str, str] = {}
        for line, c in [(each, c) for each in lines for c in each.chosen]:
            name = c.name or self._known(c, line.written(c))
            self._canonical.setdefault((c.type, _solid(line.written(c))), name)
            if c.source == "lexicon":
                self.entries.add(name)
            elif (rest := line.rest(c)) and len(rest) < _MAX_JOINED:
                told = (rest, c.type, name)
                same = self.whole.setdefault(line.first(c), [])
                if len(same) < _MAX_JOINED and told not in same:
                    same.append(told)
            if c.type == "PER":
                persons.setdefault(line.parts(c), name)
            elif c.type == "ORG":
                bodies.setdefault(_solid(line.written(c)), name)
            if c.name is None and c.type != "PER" and c.end == c.start + 1 and is_rare(key(name)):
                self.short.setdefault(key(name), (c.type, name))  # what a class noun named stands alone too
        self._join_persons(persons)
        self.full = {self.canonical("PER", "".join(parts)) for parts in persons if len(parts) > 1}
        self.own = {surname: self.canonical("PER", name) for surname, name in self._introduced(lines).items()}
        self._join_bodies(bodies)

    def canonical(self, kind: EntityType, written: str) -> str:
        return self._canonical.get((kind, _solid(written)), written)

    def _known(self, c: Candidate, written: str) -> str:
        entry = lexicon.load().entry(written)
        return entry.name if entry is not None and entry.type == c.type else written

    def _introduced(self, lines: Sequence[Line]) -> dict[str, str]:
        """Surname → name as written, where the body first gives it in a full name; titles shorten names."""
        first: dict[str, str | None] = {}
        for line, c in [(each, c) for each in lines if each.passage.field == "body" for c in each.chosen]:
            if c.type == "PER" and (parts := line.parts(c)):
                first.setdefault(parts[-1], line.written(c) if len(parts) > 1 else None)
        return {surname: name for surname, name in first.items() if name is not None}

    def _join_persons(self, persons: dict[tuple[str, ...], str]) -> None:
        """خالد عبد الكريم is the خالد عبد الكريم ماسا of the same article; a surname is its first bearer's."""
        longest: dict[tuple[str, ...], str] = {}
        for parts in sorted(persons, key=len):
            longest.update((parts[:n], persons[parts]) for n in range(2, min(len(parts), _MAX_JOINED) + 1))
        for parts in persons:
            if len(parts) > 1:
                name = self._canonical[("PER", "".join(parts))] = longest.get(parts, persons[parts])
                self.short.setdefault(parts[-1], ("PER", name))
        for parts in persons:
            if len(parts) > 1 and is_given(parts[0]) and commonness(parts[0]) > _COMMON and not is_stop(parts[0]):
                self.short.setdefault(parts[0], ("PER", self.canonical("PER", "".join(parts))))

    def _join_bodies(self, bodies: dict[str, str]) -> None:
        """كلية الهندسة is the كلية الهندسة جامعة القاهرة of the same article."""
        ordered = sorted(bodies)
        for solid, after in itertools.pairwise(ordered):
            if after.startswith(solid) and " " in bodies[solid] and lexicon.load().entry(bodies[solid]) is None:
                self._canonical[("ORG", solid)] = bodies[after]
