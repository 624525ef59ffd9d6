"""Names that no list holds, found by the grammar of news: heads with their construct, titles before persons, given names.

Each rule yields candidates; `rasad.facts.entities` chooses among them. A candidate is a guess with a confidence, so
another source of candidates, such as a tagger, can stand beside these rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rasad.arabic import lexicon
from rasad.arabic.lexicon import Match, words
from rasad.arabic.tokens import Token, variants
from rasad.model import EntityType

# Centibels in wordfreq: a word rarer than this is rather a name than a word of the sentence.
_RARE = 500
_MAX_PARTS = 6
_QUOTES = frozenset("\"'«»“”„‟‹›()")
_WEEK_AND_LIKE = frozenset(("الله", "الدين"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens `start:end` are perhaps a name; `cut` letters of clitics stand before it."""

    start: int
    end: int
    cut: int
    type: EntityType
    name: str | None  # canonical where it is known
    source: str  # lexicon, rule, coreference, model
    confidence: float


@lru_cache(maxsize=100_000)
def forms(word: str) -> tuple[tuple[str, int], ...]:
    """The key itself and without the clitics that stand before names; س of the future is none."""
    return tuple((form, cut) for form, cut in variants(word) if not (cut and word[cut - 1] == "س"))


@lru_cache(maxsize=100_000)
def is_stop(word: str) -> bool:
    """Function words, with a conjunction or preposition before them too."""
    return any(form in words("stop") for form, _ in forms(word)) or word in words("speech")


def commonness(word: str) -> int:
    """Centibels; 999 where wordfreq's short list has it not."""
    found = lexicon.commonness(word)
    return 999 if found is None else found


@lru_cache(maxsize=100_000)
def is_rare(word: str) -> bool:
    """Not a word of the sentence, as far as can be told: rare itself, and no common word behind a clitic."""
    if commonness(word) <= _RARE or is_stop(word):
        return False
    if lexicon.commonness(word) is not None:
        return True
    for form, cut in forms(word):
        if cut and word[0] in "وفبل" and len(form) >= 4 and commonness(form) < 560:
            return False
    return True


def is_definite(word: str) -> bool:
    return word.startswith("ال") and len(word) > 4


@lru_cache(maxsize=100_000)
def in_group(word: str, group: str) -> int | None:
    """Letters of clitics before a word of `group`; None where it is none."""
    members = words(group)
    return next((cut for form, cut in forms(word) if form in members), None)


def is_given(word: str) -> bool:
    return word in lexicon.given_names()


def is_any_given(word: str) -> bool:
    return word in lexicon.given_names() or word in lexicon.common_given_names()


def is_nationality(word: str) -> bool:
    return word in lexicon.nationalities()


class Grammar:
    """The rules over one passage's tokens, with the lexicon's matches in them."""

    def __init__(self, tokens: Sequence[Token], matches: Sequence[Match]) -> None:
        self.tokens = tokens
        self.keys = [t.key if t.kind == "word" else "" for t in tokens]
        self.known: dict[int, int] = {}  # token → end of the longest strong lexicon match that starts there, no clitic
        self.covered: dict[int, Match] = {}
        for m in matches:
            if not m.weak and m.cut == 0:
                self.known[m.start] = max(self.known.get(m.start, 0), m.end)
            if not m.weak:
                for i in range(m.start, m.end):
                    self.covered.setdefault(i, m)
        self.weak: dict[int, int] = {m.start: m.end for m in matches if m.weak and m.cut == 0}

    def key(self, i: int) -> str:
        return self.keys[i] if 0 <= i < len(self.keys) else ""

    def mark(self, i: int) -> str:
        return self.tokens[i].text if 0 <= i < len(self.tokens) and self.tokens[i].kind == "mark" else ""

    # Persons

    def name_end(self, start: int, after_title: bool) -> int:
        """End of the person's name that starts at token `start`; `start` itself where none does.

        One part is a name only after a title; else a second must follow.
        """
        i, parts = start, 0
        while i < len(self.keys) and parts < _MAX_PARTS:
            step = self._part(i, parts, after_title)
            if step == i:
                break
            i, parts = step, parts + 1
        if parts == 0 or (parts == 1 and not after_title):
            return start
        return i

    def _part(self, i: int, parts: int, after_title: bool) -> int:
        """End of one part of a name at token i, or i."""
        word = self.key(i)
        if not word:
            if parts and self.mark(i) == "-" and self._joined(i) and self._loose(i + 1):
                return i + 2
            return i
        if parts == 0:
            return self._first(i, after_title)
        if self.tokens[i].text in ("على", "إلى") or is_stop(word):
            return i
        if word in words("name_links"):
            after = self.key(i + 1)
            return i + 2 if after and not is_stop(after) and not is_nationality(after) else i
        if word == "عبد" and is_definite(self.key(i + 1)):
            return i + 2
        if word in _WEEK_AND_LIKE:
            return i + 1
        if len(word) <= 3 and self.mark(i + 1) == "." and self._touch(i) and self._loose(i + 2):
            return i + 2
        if in_group(word, "titles") is not None and not is_any_given(word):
            return i
        if is_any_given(word):
            return i + 1
        if is_nationality(word):
            return i + 1 if parts == 1 and not after_title and not word.endswith(("ه", "ون", "ين")) else i
        if is_definite(word):
            return i + 1 if self._surname(word, parts) else i
        if is_rare(word) and not self._clitic_place(i):
            return i + 1
        return i

    def _first(self, i: int, after_title: bool) -> int:
        word = self.key(i)
        if self.tokens[i].text in ("على", "إلى") or is_stop(word):
            return i
        if word == "عبد" and is_definite(self.key(i + 1)):
            return i + 2
        if word in ("ابو", "ابن", "بن", "ام", "اب") and (is_any_given(self.key(i + 1)) or after_title):
            return i + 2 if self.key(i + 1) and not is_stop(self.key(i + 1)) else i
        if is_given(word) and word != "علي":
            return i + 1
        after = self.key(i + 1)
        if is_any_given(word):
            binds = is_given(after) or after in words("name_links") or after in _WEEK_AND_LIKE
            tail = is_definite(after) and lexicon.commonness(after) is None and not is_nationality(after)
            if after_title or binds or (tail and word != "علي" and (i + 1) not in self.covered):
                return i + 1
            return i
        if after_title and not is_nationality(word) and in_group(word, "titles") is None:
            if is_definite(word):
                return i + 1 if lexicon.commonness(word) is None else i
            if is_rare(word) and i not in self.covered:
                return i + 1
        return i

    def _surname(self, word: str, parts: int) -> bool:
        if word in words("role_tails") or word in words("generic") or word in words("own_adjectives"):
            return False
        return commonness(word) > (430 if parts == 1 else 480)

    def _loose(self, i: int) -> bool:
        word = self.key(i)
        return bool(word) and (is_any_given(word) or is_rare(word))

    def _touch(self, i: int) -> bool:
        return i + 1 < len(self.tokens) and self.tokens[i].end == self.tokens[i + 1].start

    def _joined(self, i: int) -> bool:
        return 0 < i and self._touch(i - 1) and self._touch(i)

    def _clitic_place(self, i: int) -> bool:
        match = self.covered.get(i)
        return match is not None and match.entry.type != "PER"

    def persons(self) -> Iterator[Candidate]:
        """Full names that open with a given name, and names after a title or its complement."""
        i = 0
        while i < len(self.keys):
            word = self.key(i)
            if not word:
                i += 1
                continue
            title_end = self._title(i)
            if title_end is not None:
                for at in range(title_end, title_end + 1):
                    end = self.name_end(at, after_title=True)
                    if end > at:
                        yield Candidate(at, end, 0, "PER", None, "rule", 0.85)
                        i = end
                        break
                else:
                    i += 1
                continue
            i = yield from self._given_run(i)

    def _given_run(self, i: int) -> Iterator[Candidate]:
        end = self.name_end(i, after_title=False)
        if end > i:
            yield Candidate(i, end, 0, "PER", None, "rule", 0.75)
            return end
        for form, cut in forms(self.key(i)):
            if cut and is_given(form) and form != "علي":
                kept, self.keys[i] = self.keys[i], form
                end = self.name_end(i, after_title=False)
                self.keys[i] = kept
                if end > i:
                    yield Candidate(i, end, cut, "PER", None, "rule", 0.75)
                    return end
        return i + 1

    def _title(self, i: int) -> int | None:
        """Where a name may start after the title at token i: behind its complement, adjectives and further titles."""
        word = self.key(i)
        cut = in_group(word, "titles")
        if cut is None:
            return None
        definite = word[cut:].startswith("ال")
        i += 1
        tail = False
        for _ in range(6):
            here = self.key(i)
            if not here:
                break
            if is_nationality(here) or here in words("role_tails"):
                tail = True
                i += 1
            elif here in words("titles") and not is_given(here):
                definite = tail = True
                i += 1
            elif not definite and is_definite(here) and not tail and lexicon.commonness(here) is not None:
                i += 1
            else:
                break
        return i if definite or tail or is_any_given(self.key(i)) else None

    def speakers(self) -> Iterator[Candidate]:
        """Two unknown words after a word of speech: وقال فلان الفلاني."""
        for i in range(len(self.keys) - 2):
            if in_group(self.key(i), "speech") is None:
                continue
            first, second = self.key(i + 1), self.key(i + 2)
            if not first or not second or is_definite(first) or not is_rare(first) or i + 1 in self.covered:
                continue
            end = i + 2
            while end < len(self.keys) and end < i + 5 and self._part(end, end - i - 1, False) == end + 1:
                end += 1
            if end > i + 2:
                yield Candidate(i + 1, end, 0, "PER", None, "rule", 0.6)

    # Organisations and places

    def headed(self) -> Iterator[Candidate]:
        """A head noun with its construct: organisations (وزارة …) and places (مطار …)."""
        for i, word in enumerate(self.keys):
            if not word:
                continue
            cut = in_group(word, "organisation_heads")
            if cut is not None:
                end = self._construct(i, word[cut:] if word[cut - 1 : cut + 1] != "لل" else "ا" + word[cut:])
                if end > i + 1:
                    yield Candidate(i, end, cut, "ORG", None, "rule", 0.7)
            cut = in_group(word, "place_heads")
            if cut is not None:
                end = self._place(i)
                if end > i + 1:
                    yield Candidate(i, end, cut, "LOC", None, "rule", 0.7)

    def _proper(self, i: int) -> int:
        """End of a proper name at token i as part of a construct: known, titled person, or rare words."""
        if i in self.known:
            return self.known[i]
        word = self.key(i)
        if not word or is_stop(word):
            return i
        if word in words("titles") and is_definite(word):
            return self.name_end(i + 1, after_title=True) if self.name_end(i + 1, after_title=True) > i + 1 else i
        end = self.name_end(i, after_title=False)
        if end > i:
            return end
        while (
            end < len(self.keys)
            and end < i + 3
            and self.key(end)
            and is_rare(self.key(end))
            and not is_definite(self.key(end))
        ):
            if is_nationality(self.key(end)) or (end > i and end in self.covered):
                break
            end += 1
        return end

    def _construct(self, i: int, head: str) -> int:
        """End of the name of the organisation whose head stands at token i; i + 1 where none follows."""
        end = start = i + 1
        specific = False  # something in it makes it a name
        definite_head = head.startswith("ال")
        if not definite_head:
            end = self._proper(start)
            specific = end > start
        while end < len(self.keys) and end < start + 9:
            word = self.key(end)
            if not word or is_stop(word):
                break
            if is_nationality(word):
                if not is_definite(word):
                    break
                specific = True
            elif is_definite(word):
                if word in words("titles") or word in words("role_tails") and word not in words("own_adjectives"):
                    break
                first = end == start
                if first and not definite_head:
                    if word in words("generic") and head not in ("وزاره", "جامعه", "هييه", "امانه"):
                        break
                    if end in self.known:
                        end = self.known[end] - 1
                    specific = True
                elif word in words("own_adjectives"):
                    specific = specific or not definite_head or word not in words("generic")
                elif definite_head and first:
                    if word in words("generic") or commonness(word) > 999:
                        break
                    if not is_rare(word):
                        break
                    specific = True
                elif not definite_head and specific and end == start + 1 and self._adjective(word):
                    pass
                else:
                    break
            elif word.startswith("وال") and key_after_waw(word) in words("portfolios") and end > start:
                pass
            elif word.startswith("ل") and end > start and self._purpose(word, end, start, definite_head):
                specific = True
                end += 1
                while end < len(self.keys) and end < start + 9:
                    tail = self.key(end)
                    if not tail or is_stop(tail) or tail in words("titles"):
                        break
                    if is_definite(tail) or (
                        tail.startswith("و") and is_definite(self.key(end + 1)) and not is_definite(self.key(end - 1))
                    ):
                        end += 1
                        continue
                    if not is_definite(self.key(end - 1)) and is_definite(self.key(end + 1)) and not is_stop(tail):
                        end += 1
                        continue
                    break
                break
            else:
                break
            end += 1
        if not specific:
            return i + 1
        # كلية الهندسة جامعة القاهرة: one body inside another, with nothing between
        if in_group(self.key(end), "organisation_heads") == 0 and self.key(end) in ("جامعه", "معهد"):
            inner = self._construct(end, self.key(end))
            if inner > end + 1:
                return inner
        return end

    def _adjective(self, word: str) -> bool:
        return word.endswith(("ي", "يه")) and word not in words("generic") and word not in words("stop")

    def _purpose(self, word: str, end: int, start: int, definite_head: bool) -> bool:
        """The Hقوق part of a name: المرصد السوري لحقوق الإنسان, الاتحاد العام للنقابات."""
        if not (definite_head or start + 1 <= end):
            return False
        rest = word[1:]
        if word.startswith("لل"):
            return definite_head or (start in self.known)
        return (
            definite_head
            and not is_stop(rest)
            and is_definite(self.key(end + 1))
            or (definite_head and self.key(end + 1).startswith("و") and is_definite(self.key(end + 2)))
        )

    def _place(self, i: int) -> int:
        start = i + 1
        word = self.key(start)
        if not word or is_stop(word) or word in words("generic") or is_nationality(word):
            return start
        end = self._proper(start)
        if end == start:
            if is_definite(word) and word not in words("own_adjectives") and word not in words("titles"):
                end = start + 1
            elif self.key(start + 1) and is_definite(self.key(start + 1)) and commonness(word) > 430:
                end = start + 2
            else:
                return start
        if self.key(end) in ("الدولي", "الدوليه"):
            end += 1
        return end

    def classed(self) -> Iterator[Candidate]:
        """What a class noun names, without the noun: مدينة البوكمال, صحيفة «الوئام», حركة فلان."""
        for i, word in enumerate(self.keys):
            if not word:
                continue
            if in_group(word, "place_classes") is not None:
                end = self._named_place(i + 1, word)
                if end > i + 1:
                    yield Candidate(i + 1, end, 0, "LOC", None, "rule", 0.75)
            if in_group(word, "organisation_classes") is not None:
                start = i + 1
                quoted = self.mark(start) in _QUOTES and self.mark(start) != ""
                if quoted:
                    start += 1
                end = self._named_body(start, quoted)
                if end > start:
                    yield Candidate(start, end, 0, "ORG", None, "rule", 0.7)

    def _named_place(self, i: int, class_noun: str) -> int:
        word = self.key(i)
        if not word or is_stop(word) or word in words("generic") or is_nationality(word) or word in words("titles"):
            return i
        if i in self.known:
            return self.known[i]
        if i in self.weak:
            return self.weak[i]
        if word in words("place_first_parts"):
            return i + 2 if self.key(i + 1) and not is_stop(self.key(i + 1)) else i
        small = any(f in _SETTLEMENTS for f, _ in forms(class_noun))
        if is_definite(word):
            return i + 1 if (lexicon.commonness(word) is None or (small and word not in words("own_adjectives"))) else i
        return i + 1 if is_rare(word) and small else i

    def _named_body(self, i: int, quoted: bool) -> int:
        if quoted:
            for end in range(i + 1, min(i + 6, len(self.keys))):
                if self.mark(end) in _QUOTES and self.mark(end):
                    return end
            return i
        word = self.key(i)
        if i in self.known:
            return self.known[i]
        if i in self.weak:
            return self.weak[i]
        if not word or is_stop(word) or word in words("generic") or is_nationality(word):
            return i
        if is_definite(word):
            return i + 1 if lexicon.commonness(word) is None else i
        end = i
        while end < i + 3 and self.key(end) and not is_definite(self.key(end)) and is_rare(self.key(end)):
            end += 1
        return end


_SETTLEMENTS = frozenset(("مدينه", "بلده", "قريه", "محافظه", "حي", "ولايه", "بلدتي", "قريتي", "مدينتي", "قضاء"))


def key_after_waw(word: str) -> str:
    return word[1:]
