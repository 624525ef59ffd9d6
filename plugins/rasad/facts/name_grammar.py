"""Names that no list holds, by the grammar of news: heads with their construct, titles before persons, given names.

Each rule yields candidates; `rasad.facts.entities` chooses among them. A candidate is a guess with a confidence, so
another source of candidates, such as a tagger, can stand beside these rules. The word groups are in
`arabic/data/grammar.yaml`, and all comparing is of match keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rasad.arabic import lexicon
from rasad.arabic.lexicon import Match, forms, words
from rasad.arabic.text import CACHED_WORDS
from rasad.arabic.tokens import Token
from rasad.model import EntityType

_UNSEEN = 999  # centibels of a word that wordfreq's short list has not
_RARE = 500  # centibels: a rarer word is rather a name than a word of the sentence
_PLACE = 540  # centibels: what follows مدينة as commonly as this is rather its complement (مدينة الليالي)
_OWN_LETTER = 60  # centibels by which a name must be commoner than the word that seems to hold it behind a clitic
_LIKELY = 440  # centibels: where a title asks for a name, it may be as common as this
_ALONE = 560  # and where it stands alone behind the title, it must be rarer than this
_SURNAME = 420  # centibels: what follows a given name at once may be commoner (فاتن حمامة)
_AHEAD = 24  # tokens any rule may look beyond the line
_MAX_PARTS = 6  # of a person's name
_MAX_CONSTRUCT = 10  # tokens of an organisation's name after its head
_QUOTES = frozenset("\"'«»“”„‟‹›()")
_NAME_ENDINGS = frozenset(("الله", "الدين"))  # second halves of نصر الله, عز الدين
# Endings that make a word of a commoner one, and how common (centibels) that one must be to say so.
_SUFFIXES = (
    (("ات", "ون", "ين", "ان", "يه", "ه", "ت"), 590),
    (("ها", "هم", "نا", "هما", "كم", "ي", "ته", "تها", "تهم", "تي", "تنا"), 520),
)
_NO_NAME = ("على", "إلى", "الى", "ً", "ًا", "وا")  # على, إلى; ends of accusatives and plural verbs
_KUNYA = frozenset(("ابو", "ابي", "ابا", "ال"))  # with what follows them one part: بن أبي طالب
_FATHERS = frozenset(("بن", "ابن", "بنت"))
_PREPOSED = frozenset(("علي", "الي"))  # match keys of على and إلى
_ALI = frozenset(("علي", "وعلي", "لعلي", "بعلي"))  # the name, where the text writes the preposition على
_EIGHTH = re.compile("ا[^اويلت]ت[^اويت][^اوي]")  # verbs as اعتزل, انتخب
_MASDAR = re.compile("ت..ي.|ا..ت.ا.|است...?ا.|ان..ا.")  # تحويل, انتخاب, استقبال, انقلاب
_SONS = frozenset(("ابن", "بنت"))
_BLESSED = frozenset(("رضي", "صلي", "شاء", "رحم", "حفظ", "سلم"))  # before الله: a blessing behind the name


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens `start:end` of a line are perhaps a name; `cut` letters of clitics stand before it."""

    start: int
    end: int
    cut: int
    type: EntityType
    name: str | None  # canonical, where it is known
    source: str  # lexicon, rule, coreference, model
    confidence: float


def commonness(word: str) -> int:
    """Centibels: 300 is one word in a thousand; 999 where wordfreq's short list has it not."""
    found = lexicon.commonness(word)
    return _UNSEEN if found is None else found


@lru_cache(maxsize=CACHED_WORDS)
def is_stop(word: str) -> bool:
    """Function words, with a conjunction or preposition before them too, and words of speech."""
    return word in words("speech") or any(form in words("stop") for form, _ in forms(word))


@lru_cache(maxsize=CACHED_WORDS)
def is_rare(word: str) -> bool:
    """As far as can be told no word of the sentence: rare, and no inflection of a commoner word."""
    return len(word) > 1 and commonness(word) > _RARE and not is_stop(word) and not is_derived(word)


@lru_cache(maxsize=CACHED_WORDS)
def is_derived(word: str) -> bool:
    """Is it rather a commoner word with a clitic, an ending, a pronoun or the other person of a verb?"""
    own = commonness(word)
    for form, cut in forms(word):
        if cut and word[0] in "وفبل" and len(form) > 2 and (commonness(form) < min(own, 560) or is_any_given(form)):
            return True
        if cut and own < _UNSEEN:
            continue
        for suffixes, limit in _SUFFIXES:
            for suffix in suffixes:
                stem = form.removesuffix(suffix)
                if stem == form or len(stem) < 3 + bool(cut) or is_any_given(stem):
                    continue
                if min(commonness(stem), commonness(stem + "ه")) < limit:
                    return True
    if word[:1] == "س" and commonness(word[1:]) < min(own, 560):  # the future
        return True
    other = ("ت" if word[:1] == "ي" else "ي") + word[1:]
    return word[:1] in ("ي", "ت") and own < _UNSEEN and commonness(other) < _UNSEEN


@lru_cache(maxsize=CACHED_WORDS)
def is_future(word: str) -> bool:
    """A verb with the future's س: ستزور, سيبعده."""
    if len(word) < 5 or word[0] != "س" or word[1] not in "يتن" or is_any_given(word):
        return False
    return any(commonness(person + word[2:]) < min(_UNSEEN, commonness(word)) for person in "يت")


@lru_cache(maxsize=CACHED_WORDS)
def is_verb(word: str) -> bool:
    """Does the word inflect as a past verb does: اعتزل (يعتزل), عانق (يعانق, تعانق)?"""
    if _EIGHTH.fullmatch(word):
        return True
    stem = word[1:] if word[:1] == "ا" and len(word) > 4 else word
    persons = sum(commonness(person + stem) < _UNSEEN for person in "يت")
    return persons == 2 or (stem != word and persons == 1)


@lru_cache(maxsize=CACHED_WORDS)
def is_likely(word: str) -> bool:
    """May this be a name where a title asks for one? Weaker than `is_rare`: برويز, رامون, دان."""
    if is_rare(word):
        return True
    if len(word) < 3 or is_stop(word) or is_definite(word) or is_nationality(word) or is_future(word):
        return False
    if commonness(word) <= _LIKELY or any(word in words(group) for group in ("titles", "role_tails", "generic")):
        return False
    if word[0] in "يتسأا" or word.endswith(("ه", "ها", "هم", "ات", "ا")):
        return False
    if any(cut and commonness(form) < min(_RARE, commonness(word)) for form, cut in forms(word)):
        return False
    stems = (word.removesuffix(suffix) for suffix in ("ان", "ين", "ون", "ت", "ي", "نا"))
    return all(stem == word or commonness(stem) > _LIKELY for stem in stems)


def in_group(word: str, group: str) -> int | None:
    """Letters of clitics before a word of `group`; None where it is none."""
    return _groups(word).get(group)


@lru_cache(maxsize=CACHED_WORDS)
def _groups(word: str) -> dict[str, int]:
    """The groups of a word, without clitics before it too, each with the letters of these."""
    found: dict[str, int] = {}
    for form, cut in forms(word):
        for group in lexicon.groups().get(form, ()):
            found.setdefault(group, cut)
    return found


def is_definite(word: str) -> bool:
    return word.startswith("ال") and len(word) > 3 and word != "الله"


def in_definite(word: str) -> bool:
    """Definite, behind a clitic too: للأندية, بالجبيل."""
    return any(is_definite(form) for form, _ in forms(word))


def is_given(word: str) -> bool:
    return word in lexicon.given_names()


def is_any_given(word: str) -> bool:
    return word in lexicon.given_names() or word in lexicon.common_given_names()


def is_nationality(word: str) -> bool:
    return word in lexicon.nationalities()


@lru_cache(maxsize=CACHED_WORDS)
def _readings(word: str) -> tuple[tuple[str, int], ...]:
    """A word with and without clitics; in بيان and لجان the first letter is the word's own."""
    if word in words("place_first_parts"):  # وادي is no و before ادي
        return ((word, 0),)
    own = commonness(word)
    return tuple(
        (form, cut)
        for form, cut in forms(word)
        if not cut or own >= commonness(form) + (0 if word[cut - 1] == "و" else _OWN_LETTER)
    )


class Grammar:
    """The rules over the tokens of one line, with the lexicon's matches in them.

    `writes_ala`: the article writes the preposition على so, and what it writes علي is rather the name.
    """

    def __init__(self, tokens: Sequence[Token], matches: Sequence[Match], writes_ala: bool) -> None:
        self.tokens = tokens
        self._writes_ala = writes_ala
        self.size = len(tokens)
        # Padded, so that looking ahead (or one or two back: index -1) needs no bounds.
        self._keys = [t.key if t.kind == "word" else "" for t in tokens] + [""] * _AHEAD
        self.known: dict[int, Match] = {}  # token → longest strong match that starts there, without a clitic
        self.weak: dict[int, Match] = {}
        self.joined: dict[int, Match] = {}  # places behind و
        self.covered: dict[int, Match] = {}
        for m in matches:
            if m.cut == 0:
                starts = self.weak if m.weak else self.known
                if m.start not in starts or m.end > starts[m.start].end:
                    starts[m.start] = m
            elif m.cut == 1 and m.entry.type == "LOC" and tokens[m.start].key[0] == "و":
                self.joined.setdefault(m.start, m)
            if not m.weak:
                for i in range(m.start, m.end):
                    self.covered.setdefault(i, m)

    def key(self, i: int) -> str:
        """Match key of the word at token i; empty for marks, numbers and up to `_AHEAD` tokens beyond the line."""
        return self._keys[i]

    def mark(self, i: int) -> str:
        return self.tokens[i].text if 0 <= i < len(self.tokens) and self.tokens[i].kind == "mark" else ""

    def quoted(self, i: int) -> bool:
        """Is token i a quotation mark or bracket?"""
        return self.mark(i) in _QUOTES and self.mark(i) != ""

    def candidates(self) -> Iterator[Candidate]:
        yield from self.persons()
        yield from self.speakers()
        yield from self.foreigners()
        yield from self.headed()
        yield from self.classed()

    def stops(self, i: int, word: str) -> bool:
        """Is the word at token i, whose key without clitics is `word`, a function word?

        علي is none beside على, and آنا is not أنا.
        """
        text = self.tokens[i].text
        ali = text in _ALI and (self._writes_ala or self.key(i + 1) in _FATHERS)
        named = ali or (text.startswith("آ") and is_given(word))
        return is_stop(word) and not named

    # Persons

    def persons(self) -> Iterator[Candidate]:
        """Full names that open with a given name, any name after a title with its complement, and lists of both."""
        i = last = 0
        while i < self.size:
            after_title = self._title(i)
            at = i if after_title is None else after_title
            readings = _readings(self.key(at)) if after_title is None else ((self.key(at), 0),)
            joined = self.key(i)[:1] == "و" and len(self.key(i)) > 3 and not is_any_given(self.key(i))
            listed = last > 0 and i == last + (self.mark(last) in ("،", ",")) and (i > last or joined)
            if listed and joined and after_title is None:
                readings = ((self.key(i)[1:], 1),)  # between persons و is and
            ends = (
                (self.name_end(at, form, after_title is not None or (listed and self._listed(at, form, joined))), cut)
                for form, cut in readings
            )
            end, cut = next((found for found in ends if found[0] > at), (0, 0))
            if not end and after_title is not None and self.mark(at) in ("،", ","):  # الرئيس الفلاني، فلان الفلاني،
                at, end = at + 1, self.name_end(at + 1, self.key(at + 1), True)
                end = end if end > at + 1 else 0
            if end > at:
                yield Candidate(at, end, cut, "PER", None, "rule", 0.75 if after_title is None else 0.85)
                last = end
            elif listed and joined and self.mark(i + 1) in ("،", ","):  # between persons, a name of one word
                single = next((found for found in readings if is_rare(found[0]) and not self.stops(i, found[0])), None)
                if single is not None and i not in self.covered:
                    yield Candidate(i, i + 1, single[1], "PER", None, "rule", 0.6)
                    last = i + 1
            i = max(end, i + 1)

    def _listed(self, i: int, form: str, joined: bool) -> bool:
        """Behind another person's name, is this one too, though its words are common: خالد بصاص، وإسلام سراج?"""
        after = self.key(i + 1)
        if is_stop(after) or is_nationality(after) or is_verb(after):
            return False
        named = not is_definite(after) or is_rare(after) or after.endswith("ي")
        surname = is_any_given(after) or (commonness(after) > _RARE and named)
        return surname and (is_any_given(form) or (joined and is_rare(form) and not _MASDAR.fullmatch(form)))

    def name_end(self, start: int, first: str, after_title: bool) -> int:
        """End of the person's name at token `start`, whose key without clitics is `first`; `start` where none is.

        One part alone is a name only after a title.
        """
        i = self._first(start, first, after_title)
        known = self.known.get(start)
        whole = known is not None and known.entry.type == "PER" and (known.end > start + 1 or not is_any_given(first))
        if known is not None and whole:
            i = known.end
        parts = 1 if i > start else 0
        while parts and parts < _MAX_PARTS:
            if whole and self.key(i) not in words("name_links"):
                break
            step = self._part(i, parts, after_title, first == "عبد" or is_any_given(first))
            if step == i:
                break
            i, parts = step, parts + 1
        pronoun = first in lexicon.names_in_ta() and self.tokens[start].text.endswith("ه")  # رئيس ناديه
        if i == start + 1 and (pronoun or not after_title):
            return start
        return i if parts else start

    def _first(self, i: int, word: str, after_title: bool) -> int:
        """End of the first part of a name, or i."""
        after = self.key(i + 1)
        if not word or self.stops(i, word) or self.tokens[i].text.endswith(_NO_NAME):
            return i
        if word == "عبد" and after.startswith("ال"):
            return i + 2
        if word == "ابو" and after == "عبد" and self.key(i + 2).startswith("ال"):
            return i + 3
        if word in ("ابو", "ابن", "بن", "ام") and after and (is_any_given(after) or after_title) and not is_stop(after):
            return i + 2
        if is_given(word):
            return i + 1
        if after in _FATHERS and not is_nationality(self.key(i + 2)) and in_group(word, "titles") is None:
            joined = len(word) > 3 and word[0] == "و"  # وخالد بن سعد: and he as well
            verb = word[0] in "يت" and commonness(word) < _UNSEEN
            no_name = (joined or verb) and not is_any_given(word)
            return i if no_name else i + 1  # whoever is a son is a person: مزيد بن مزيد
        if after_title and is_any_given(after) and self.key(i + 2) in _FATHERS and in_group(word, "titles") is None:
            return i + 1  # الدكتور جمعان رشيد بن فلان
        if is_any_given(word):
            if in_group(word, "titles") is not None:
                return i
            binds = is_given(after) or after in words("name_links") or after == "الدين"
            binds = binds or self.key(i + 2) in _NAME_ENDINGS
            foreign = self._unknown(i + 1) and after[0] not in "وفبلكسيت"
            tail = (is_definite(after) or foreign) and commonness(after) == _UNSEEN and not is_nationality(after)
            ali = word not in _PREPOSED or not self.stops(i, word)
            named = is_rare(after) or (is_definite(after) and after.endswith("ي"))  # علي الشايعي
            sure = binds or (tail and named and i + 1 not in self.covered and ali)
            colours = is_definite(word) and self.key(i - 1) == "الفريق"  # الفريق الأخضر
            return i + 1 if sure or (after_title and not colours) else i
        if not after_title or is_nationality(word) or in_group(word, "titles") is not None or i in self.covered:
            return i
        if is_definite(word):
            return i + 1 if commonness(word) == _UNSEEN and is_rare(word) else i
        if is_future(word) or (word.endswith("ا") and commonness(word[:-1]) < _UNSEEN):
            return i  # a verb, an accusative
        followed = self._unknown(i + 1) or is_given(after) or (is_definite(after) and self._surname(after, 1))
        alone = is_rare(word) and commonness(word) > _ALONE and not is_verb(word)
        return i + 1 if alone or (followed and is_likely(word)) else i

    def _part(self, i: int, parts: int, after_title: bool, given: bool) -> int:
        """End of a further part of a name at token i, or i; `given`: the first part is a known given name."""
        word = self.key(i)
        if not word:
            bound = i > 0 and self.mark(i) == "-" and self._touch(i - 1) and self._touch(i)
            return i + 2 if bound and self._loose(i + 1) else i
        after = self.key(i + 1)
        if self.stops(i, word) or self.tokens[i].text.endswith(_NO_NAME) or self._house(i):
            return i
        if self.tokens[i].text.startswith("أل") and word.endswith("ت"):
            return i  # ألقت has no article
        if after == "الله" and word in _BLESSED:
            return i
        if word[0] in "فو" and word[1:] in words("speech") and not is_given(word):
            return i  # فرأت
        if word in _SONS and not (is_definite(after) or is_any_given(after) or after in _KUNYA):
            return i  # ابن عمه is no part of the name
        if word in words("name_links"):
            stop = is_stop(after) and self.tokens[i + 1].text != "علي"
            if not after or stop or (is_nationality(after) and not is_any_given(after)):
                return i
            bound = (after == "عبد" and self.key(i + 2).startswith("ال")) or (
                after in _KUNYA and (after == "ابي" or not is_stop(self.key(i + 2)))  # طالب speaks only elsewhere
            )
            return i + 3 if bound and self.key(i + 2) else i + 2
        if word == "عبد" and after.startswith("ال"):
            return i + 2
        if word in _NAME_ENDINGS:
            return i + 1
        if after in _NAME_ENDINGS and not is_definite(word):
            return i + 2
        if word[0] == "و" and (word[1:2] not in ("ا", "ي") or is_definite(word[1:])) and not is_given(word):
            return i  # rather and: كيري ولافروف
        if len(word) <= 3 and self.mark(i + 1) == "." and self._touch(i) and self._loose(i + 2):
            return i + 2  # an initial
        if in_group(word, "place_classes") is not None:
            return i  # بحي
        if word.startswith(("ست", "سي", "سن")) and word.endswith(("ه", "ها", "هم")) and len(word) > 5:
            return i  # a verb of the future with its object: ستبعده
        if is_future(word):
            return i
        if in_group(word, "titles") is not None and not is_given(word):
            alone = word in words("title_surnames") or is_any_given(word)
            return i + 1 if parts == 1 and alone and not is_any_given(after) and not is_definite(after) else i
        if is_any_given(word):
            return i + 1
        if word in words("ordinals") and parts == 1:  # محمد الخامس; but الوزير محمد الأول
            plain = word in words("role_tails") and after_title and self.key(i - 2) not in words("honorifics")
            return i if plain else i + 1
        if is_verb(word):
            return i
        if any(cut and is_nationality(form) for form, cut in forms(word)):
            return i
        if is_nationality(word):  # محمد المصري, but not الرئيس محمد المصري: there it is the adjective
            return i + 1 if parts == 1 and not after_title and word.endswith("ي") else i
        if is_definite(word):
            place = i in self.known and self.known[i].entry.type == "LOC" and not word.endswith("ي")
            return i + 1 if self._surname(word, parts) and not place else i
        match = self.covered.get(i)
        if match is not None and match.entry.type != "PER":
            return i
        if word.endswith("ا") and commonness(word[:-1]) <= _RARE:  # an accusative without its mark
            return i
        return i + 1 if is_rare(word) or (parts == 1 and given and self._short_surname(i)) else i

    def _house(self, i: int) -> bool:
        """Does a family's name end right before token i? Nothing of the name follows آل الشيخ."""
        return self.tokens[i - 2].text == "آل" and self.tokens[i - 1].kind == "word" and i > 1

    def _short_surname(self, i: int) -> bool:
        """May the indefinite word after a given name be a surname? It may be commoner than a rare word: فاتن حمامة."""
        word = self.key(i)
        own = commonness(word)
        if (
            own <= _SURNAME or (word[0] == "ي" and word[1:2] != "ا") or _MASDAR.fullmatch(word)
        ):  # verbs, and their nouns
            return False
        if self.tokens[i].text.endswith(("ه", "ها", "هم")):  # pronouns
            return False
        prefixed = (form for form, cut in forms(word) if cut and word[cut - 1] in "وفبل")
        return all(commonness(form) >= min(own, 600) and not is_any_given(form) for form in prefixed)

    def _surname(self, word: str, parts: int) -> bool:
        """May a definite word end a name? Adjectives of roles and bodies may not, common words neither."""
        if any(word in words(group) for group in ("role_tails", "generic", "own_adjectives")):
            return False
        if parts == 1:
            return commonness(word) > 430
        return commonness(word) > (480 if word.endswith("ي") else 560)

    def _loose(self, i: int) -> bool:
        word = self.key(i)
        return bool(word) and (is_any_given(word) or is_rare(word))

    def _touch(self, i: int) -> bool:
        """Does the next token follow token i without a space?"""
        return i + 1 < len(self.tokens) and self.tokens[i].end == self.tokens[i + 1].start

    def _title(self, i: int) -> int | None:
        """Where a name may start after the title at token i: behind its complement, adjectives and further titles."""
        word = self.key(i)
        if word == "د" and self.mark(i + 1) in (".", "/"):
            return i + 2
        cut = in_group(word, "titles") if word else None
        if cut is None and in_group(word, "led_by") is not None:  # بقيادة فلان
            return i + 1
        if cut is None or is_given(word):
            return None
        if word[cut:] == "الفريق" and not (is_any_given(self.key(i + 1)) or self.key(i + 1) in words("role_tails")):
            return None  # rather a team
        definite = word[cut:].startswith("ال") or word[max(cut - 1, 0) :].startswith("لل")
        definite = definite or self.tokens[i].text.endswith(("ه", "ها", "هم"))  # رئيسه فلان
        tail = opened = False
        for at in range(i + 1, i + 7):
            here = self.key(at)
            if is_nationality(here) or here in words("role_tails"):
                tail = True
            elif here in words("titles") and not is_any_given(here):
                definite = tail = True
            elif here == "باسم" or (here.startswith("لل") and len(here) > 4):  # الرئيس التنفيذي للشركة فلان
                tail = opened = True
            elif opened and is_definite(here) and commonness(here) < _UNSEEN:
                pass
            elif definite or tail or not is_definite(here) or commonness(here) == _UNSEEN:
                break
        last = self.key(at + 1)
        surname = is_definite(last) and self._surname(last, 1) and commonness(last) > _RARE
        complement = at > i + 1 and self._unknown(at) and (surname or self._unknown(at + 1))  # وزير الدفاع فلان فلاني
        return at if definite or tail or complement or is_any_given(self.key(at)) else None

    def speakers(self) -> Iterator[Candidate]:
        """Two or more unknown words after a word of speech: وقال فلان الفلاني."""
        for i in range(self.size - 2):
            start = i + 1
            between = self.key(i) == "بين"  # rather the preposition
            if not self.key(i) or between or in_group(self.key(i), "speech") is None or start in self.covered:
                continue
            first = self.key(start)
            if not first or is_definite(first) or is_nationality(first):
                continue
            if not (is_rare(first) or (is_likely(first) and self._unknown(start + 1))):
                continue
            end = start + 1
            while end < start + 4 and self._part(end, end - start, False, False) == end + 1:
                end += 1
            last = self.key(end - 1)
            construct = is_definite(last) and commonness(last) < _UNSEEN and not last.endswith("ي")  # أوساط المستثمرين
            if end > start + 1 and not construct:
                yield Candidate(start, end, 0, "PER", None, "rule", 0.6)

    def foreigners(self) -> Iterator[Candidate]:
        """Two or more unknown words after a nationality: الهولندي فلان فلاني."""
        for i in range(self.size - 2):
            word, start = self.key(i), i + 1
            if not (is_nationality(word) and is_definite(word) and word.endswith(("ي", "يه"))):
                continue
            end = start
            while end < start + 4 and self._unknown(end):
                end += 1
            if end > start + 1:
                yield Candidate(start, end, 0, "PER", None, "rule", 0.65)

    def _unknown(self, i: int) -> bool:
        """Is the word at token i, as far as can be told, neither a word of the language nor another name?"""
        word = self.key(i)
        if not word or is_stop(word) or is_definite(word) or self.tokens[i].text.endswith(_NO_NAME):
            return False
        if i in self.covered:
            return False
        if word in words("name_links") or is_given(word):
            return True
        if word[0] == "و" or word.startswith("لل") or any(cut and is_definite(form) for form, cut in forms(word)):
            return False
        indefinite = word.endswith("ا") and commonness(word[:-1]) < _UNSEEN  # an accusative: مديرا
        own = word[0] not in "وفبلكسايتن" or commonness(word[1:]) == _UNSEEN  # the first letter is the word's own
        return is_rare(word) and not indefinite and own

    # Organisations and places

    def headed(self) -> Iterator[Candidate]:
        """A head noun with its construct: organisations (وزارة …) and places (مطار …)."""
        for i, word in enumerate(self._keys[: self.size]):
            if not word:
                continue
            for form, cut in forms(word):
                if form in words("organisation_heads"):
                    led = form in _LEADING and self.name_end(i + 1, self.key(i + 1), True) > i + 1
                    if led or (form in _LEADING and cut and word[cut - 1] == "ب"):  # برئاسة فلان
                        break
                    end = self._body_end(i, form)
                    if end > i + 1:
                        yield Candidate(i, end, cut, "ORG", None, "rule", 0.7)
                    break
                if form == "مدينه" and self.key(i + 1) in words("titles"):
                    yield from self._royal_city(i, cut)
                    break
                honoured = form in words("place_heads~") and self._sure_site(i + 1, form)
                if form in words("place_heads") or honoured:
                    end = i + 1 if self.tokens[i].text in _WADDA else self._site_end(i, form)
                    if end > i + 1:
                        kind: EntityType = "ORG" if form in words("site_bodies") else "LOC"
                        yield Candidate(i, end, cut, kind, None, "rule", 0.7)
                    break
                if form in _MINISTRIES and self._alone(i) and self._feminine_nationality(i + 1):
                    yield Candidate(i, i + 2, cut, "ORG", None, "rule", 0.7)  # الخارجية الروسية
                    break

    def _royal_city(self, i: int, cut: int) -> Iterator[Candidate]:
        """مدينة الملك فلان الرياضية is a place, مدينة الملك فلان للعلوم a body: there the class noun is inside."""
        name = self.name_end(i + 2, self.key(i + 2), after_title=True)
        if name == i + 2:
            return
        body = self._purpose(name)
        end = name + (self.key(name) in words("own_adjectives") or self._adjective(self.key(name)))
        if body > name:
            yield Candidate(i, body, cut, "ORG", None, "rule", 0.75)
        elif end > name and is_definite(self.key(name)):
            yield Candidate(i, end, cut, "LOC", None, "rule", 0.75)

    def _alone(self, i: int) -> bool:
        """Does no noun stand before token i, whose adjective it could be?"""
        before = self.key(i - 1)
        return not before or is_stop(before) or before in words("place_cues")

    def _feminine_nationality(self, i: int) -> bool:
        return is_nationality(self.key(i)) and is_definite(self.key(i)) and self.key(i).endswith("ه")

    def _body_end(self, i: int, head: str) -> int:
        """End of the organisation's name whose head stands at token i; i + 1 where the rest does not make a name."""
        end = self._definite_body(i + 1, head) if head.startswith("ال") else self._construct(i + 1, head)
        if end > i + 1 and self.key(end) in ("جامعه", "معهد"):  # كلية الهندسة جامعة القاهرة: one inside the other
            inner = self._construct(end + 1, self.key(end))
            return inner if inner > end + 1 else end
        return end

    def _definite_body(self, start: int, head: str) -> int:
        """الحزب الجمهوري, الجمعية المصرية لكتاب السينما: adjectives, and what it is for."""
        end = start
        national = named = own = 0
        while True:
            word = self.key(end)
            if is_nationality(word) and is_definite(word):
                national += 1
            elif word in words("naming_adjectives") or (head == "المحكمه" and word in words("court_adjectives")):
                named += 1
            elif word in words("own_adjectives"):
                own += 1
            else:
                break
            end += 1
        if end == start:
            return start
        purpose = self._purpose(end)
        if purpose > end:
            return purpose
        whole = named or own > 1 or (national and (own or head in words("national_heads")))
        whole = whole or (head in words("definite_houses") and self.key(start) in words("house_adjectives"))
        return end if whole else start

    def _construct(self, start: int, head: str) -> int:
        """وزارة الموارد المائية والري, شركة أرامكو, جامعة الملك سعود: the construct, adjectives, a second portfolio."""
        word = self.key(start)
        if not word or is_stop(word) or in_group(word, "organisation_heads") == 0:
            return start
        loose = head in words("loose_heads")
        proper = self._proper(start)
        placed = linked = False
        if proper > start:
            known = self.known.get(start)
            placed = known is not None and known.entry.type == "LOC"
            if head in words("outside_heads") and not placed:
                return start
            end = proper
            after = self.key(end)
            if known is None and end == start + 1 and head in words("firms") and self._of_firm(after):
                end += 1  # شركة سحاب الشرق
        elif word in words("construct_links") and is_definite(self.key(start + 1)):
            end = start + 2
            linked = True
            if self.key(start + 1) in words("generic"):
                return start
        elif (is_definite(word) and self._may_follow(word, head, loose)) or self._of_trade(start, head):
            end = start + 1
        elif self._of_place(start, head):  # شركة نفط البصرة
            end = self.known[start + 1].end
            linked = True
        else:
            return start
        body = end
        own = 0
        while end < start + _MAX_CONSTRUCT:
            word = self.key(end)
            if is_nationality(word) and is_definite(word):
                pass
            elif word in words("own_adjectives") or word in words("naming_adjectives"):
                own += 1
            elif word.startswith("وال") and word[1:] in words("portfolios"):
                pass
            elif end == body and not linked and is_definite(word) and self._adjective(word):
                own += 1
            else:
                break
            end += 1
        served = own or proper > start or head in words("firms")  # شركة الموجز للتعليم
        purpose = self._purpose(end) if served else end
        if loose and placed and purpose == body == start + 1:
            return start
        return purpose

    def _of_firm(self, word: str) -> bool:
        return (
            is_definite(word) and not is_nationality(word) and not self._adjective(word) and word not in words("titles")
        )

    def _of_trade(self, i: int, head: str) -> bool:
        """Does an adjective narrow what a body is for, so that together they name it: هيئة التأمين الصحي?"""
        word = self.key(i)
        no_noun = word in words("titles") or word in words("role_tails") or is_nationality(word)
        after = self.key(i + 1)
        narrowed = after in words("own_adjectives") and after not in _GENERAL and not is_nationality(after)
        return head in words("trade_heads") and is_definite(word) and not no_noun and narrowed

    def _of_place(self, i: int, head: str) -> bool:
        """Is token i what a body does or has, and the token after it the place where: كهرباء لبنان, محافظة البصرة?"""
        word = self.key(i)
        place = self.known.get(i + 1)
        if place is None or place.entry.type != "LOC" or is_nationality(self.key(i + 1)):
            return False
        return word in words("branches") or (head in words("councils") and word in words("place_classes"))

    def _may_follow(self, word: str, head: str, loose: bool) -> bool:
        if word in words("titles") or word in words("role_tails") or is_nationality(word):
            return False
        if head == "وزاره":
            return True
        return word not in words("generic") and (not loose or (is_rare(word) and commonness(word) > _ALONE))

    def _adjective(self, word: str) -> bool:
        """A relative adjective that may belong to a name: مؤسسة فلان الثقافية."""
        return word.endswith(("ي", "يه")) and not any(word in words(g) for g in ("generic", "titles", "role_tails"))

    def _joins(self, i: int) -> bool:
        """Is the word at token i, behind its و, a further adjective? والتقى is a verb."""
        word = self.key(i)[1:]
        return self._adjective(word) and not is_nationality(word) and not self.tokens[i].text.endswith("ى")

    def _purpose(self, end: int) -> int:
        """End of what a body is for (لحقوق الإنسان, لكتاب ونقاد السينما, للرقابة); `end` where nothing follows."""
        word = self.key(end)
        if word.startswith("لل") and len(word) > 4:
            if "ال" + word[2:] in words("recipients") or "ال" + word[2:] in words("organisation_heads"):
                return end
        elif not word.startswith("ل") or not any(word[1:] in words(g) for g in _SERVED):
            return end
        i = end + 1
        while i < end + 6:
            word = self.key(i)
            if not word or is_stop(word) or word in words("titles"):
                break
            place = self.covered.get(i)
            if place is not None and place.entry.type == "LOC" and place.start == i:
                i = place.end
                continue
            before = self.key(i - 1)
            definite = is_definite(before.removeprefix("و")) or before.startswith("لل")
            construct = not definite and i - 1 not in self.covered
            if is_definite(word):
                if is_nationality(word):
                    return i + (i > end + 1 and self._adjective(before.removeprefix("و")))
                relative = word.endswith(("ي", "يه")) and word not in words("titles")
                if not construct and not relative and word not in words("own_adjectives"):
                    break
            elif word.startswith("و") and (word[1:] in words("portfolios") or word[1:] in words("construct_links")):
                pass
            elif word.startswith("وال") and is_definite(before) and before.endswith(("ي", "يه")) and self._joins(i):
                pass  # للتدريب التقني والمهني
            elif word.startswith("ب") and word[1:] in words("construct_links") and is_definite(self.key(i + 1)):
                pass  # للعناية بشؤون الحرمين
            elif word.startswith("وال") or not construct or not (is_definite(self.key(i + 1)) or i + 1 in self.known):
                break
            i += 1
        return i

    def _proper(self, i: int) -> int:
        """End of a proper name inside a construct: known, a person's with title, or rare words; i where none."""
        word = self.key(i)
        if not word or is_stop(word):
            return i
        if word in words("honorifics"):
            end = self.name_end(i + 1, self.key(i + 1), after_title=True)
            while end > i + 2 and not self._sure_part(end - 1):  # أعلنت جامعة الملك فلان تحويل الدراسة
                end -= 1
            return end if end > i + 1 else i
        if i in self.known and not is_nationality(word):
            return self.known[i].end
        end = self.name_end(i, word, after_title=False)
        if end > i or is_given(word):
            return max(end, i + 1)  # جامعة نايف
        while end < i + 3 and end not in self.covered and self.key(end) and self._foreign(self.key(end)):
            end += 1
        return end

    def _sure_part(self, i: int) -> bool:
        word = self.key(i)
        linked = self.key(i - 1) in words("name_links") or word in words("ordinals") or word in _NAME_ENDINGS
        return linked or is_definite(word) or self._loose(i)

    def _foreign(self, word: str) -> bool:
        if is_definite(word) or is_nationality(word) or word.endswith(("يه", "ها", "هم")) or not is_rare(word):
            return False
        if word[0] == "و" and commonness(word[1:].removesuffix("ا")) < _UNSEEN:  # كلية ومعهدا
            return False
        if not word.endswith("ا"):
            return True
        return commonness(word[:-1]) > (_UNSEEN - 1 if word.endswith("يا") else _RARE)  # an accusative: مستشفى ميدانيا

    def _sure_site(self, i: int, head: str) -> bool:
        """Does the word after a head of many meanings name a place: طريق الملك فلان, قاعدة العند الجوية?"""
        word = self.key(i)
        if word in words("honorifics"):
            return True
        if head == "مركب":
            return self.name_end(i, word, after_title=False) > i  # of sports; else it is a boat
        unseen = commonness(word) == _UNSEEN or self.key(i + 1) in words("base_adjectives")
        return head in words("bases") and is_definite(word) and unseen

    def _site_end(self, i: int, head: str) -> int:
        """End of a named place whose head stands at token i; i + 1 where the rest does not make a name."""
        start = i + 1
        word = self.key(start)
        own = head in words("site_bodies") and self.key(start + 1) in words("own_adjectives")
        if not word or is_stop(word) or (word in words("generic") and not own) or is_nationality(word):
            return start
        if word in words("place_heads"):  # قاعة واحة الثقافة: inside a name a general word is none
            end = max(self._proper(start + 1), start + 1 + is_definite(self.key(start + 1)))
            end = end if end > start + 1 else start
        else:
            end = self._proper(start)
        if end == start and is_definite(word) and not any(word in words(g) for g in ("own_adjectives", "titles")):
            end = start + 1
        if end > start and self.key(end) in words("ordinals"):  # مستشفى الحسن الثاني
            end += 1
        if end > start and self.key(end) in words("site_adjectives"):
            end += 1
        if head in words("site_bodies") and end > start:  # مستشفى الشؤون الصحية للحرس الوطني
            while self.key(end) in words("own_adjectives"):
                end += 1
            return self._purpose(end)
        return end

    def classed(self) -> Iterator[Candidate]:
        """What a class noun names, without the noun: مدينة البوكمال, بلدات فلان وفلان, صحيفة «الوئام»."""
        for i, word in enumerate(self._keys[: self.size]):
            if not word:
                continue
            if in_group(word, "place_classes") is not None:
                yield from self._named_places(i + 1, word)
            if in_group(word, "organisation_classes") is not None:
                start = i + 1 + self.quoted(i + 1)
                end = self._named_body(start) if start == i + 1 else self._quoted_name(start)
                if end > start:
                    yield Candidate(start, end, 0, "ORG", None, "rule", 0.7)

    def _named_places(self, i: int, class_noun: str) -> Iterator[Candidate]:
        if in_group(class_noun, "grounds") is not None:  # ملعب فلان الفلاني
            end = self.name_end(i, self.key(i), after_title=False)
            if end > i:
                yield Candidate(i, end, 0, "LOC", None, "rule", 0.8)
                return
        settlement = in_group(class_noun, "settlements") is not None
        quarter = in_group(class_noun, "quarters") is not None
        end = self._named_place(i, self.key(i), settlement, quarter)
        if end > i:
            yield Candidate(i, end, 0, "LOC", None, "rule", 0.75)
        while end > i and in_group(class_noun, "place_class_plurals") is not None and self.key(end).startswith("و"):
            i, word = end, self.key(end)[1:]
            if i in self.joined:
                end = self.joined[i].end
            else:
                end = self._named_place(i, word, settlement, quarter) if is_definite(word) or is_rare(word) else i
            if end > i:
                yield Candidate(i, end, 1, "LOC", None, "rule", 0.7)

    def _named_place(self, i: int, word: str, settlement: bool, quarter: bool) -> int:
        """End of a place's name after its class noun; any definite word may name a quarter (حي الزهور)."""
        if i in self.known:
            return self.known[i].end if self.known[i].entry.type == "LOC" else i
        if i in self.weak and self.weak[i].entry.type == "LOC":
            return self.weak[i].end
        if not word or is_stop(word) or is_nationality(word) or word in words("place_homograph_adjectives"):
            return i
        if any(word in words(group) for group in ("generic", "titles", "own_adjectives", "role_tails")):
            return i
        if word in words("place_first_parts") and self.key(i + 1) and not is_stop(self.key(i + 1)):
            return i + 2
        if is_definite(word):
            usual = 0 if quarter else _PLACE if settlement else _UNSEEN - 1
            return i + 1 if commonness(word) > usual else i
        if word.startswith(("يت", "تت", "يست", "تست")) or (word[0] in "يت" and word.endswith(("ها", "هم"))):
            return i  # a verb: مدينة تستضيف
        if word.endswith("ت") and not word.endswith("ات") and commonness(word[:-1]) < _UNSEEN:
            return i  # مدينة تضررت
        if not settlement:
            return (
                i + 1 if is_rare(word) and commonness(word) == _UNSEEN and word[0] not in "وفبلكيت" else i
            )  # معبر أرقين
        bare = is_rare(word) or (commonness(word) > _RARE and not word.endswith(("ه", "ات")))
        return i + 1 if bare else i

    def _quoted_name(self, i: int) -> int:
        """A name of up to five words before the closing mark."""
        return next((end for end in range(i + 1, i + 6) if self.quoted(end)), i)

    def _named_body(self, i: int) -> int:
        if i in self.known or i in self.weak:
            match = self.known.get(i) or self.weak[i]
            return match.end if match.entry.type == "ORG" or i in self.weak else i
        word = self.key(i)
        if not word or is_stop(word) or word in words("generic") or is_nationality(word):
            return i
        if is_definite(word):
            return i + 1 if commonness(word) == _UNSEEN else i
        end = i
        while end < i + 3 and end not in self.covered and self.key(end) and self._foreign(self.key(end)):
            end += 1
        of = is_definite(self.key(end)) and not is_nationality(self.key(end)) and end == i + 1
        return i if of and (len(word) < 4 or commonness(word) < _UNSEEN) else end  # شبكة ري الحدائق


_WADDA = frozenset(("وأدى", "وأدي"))  # and led to, no valley
_SERVED = ("construct_links", "purposes", "branches")  # لصحة الخليج
_GENERAL = frozenset(("العام", "العامه"))
_LEADING = frozenset(("رياسه", "قياده"))
_MINISTRIES = frozenset(("الخارجيه", "الداخليه"))  # what a ministry's portfolio alone stands for
