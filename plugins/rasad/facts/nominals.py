"""Roles that stand for somebody without naming them: الرئيس الأمريكي, نائبة المتحدثة.

A role becomes a fact where it is definite and nobody is named beside it. It is resolved to the person whom the
article names together with the same role (الرئيس جو بايدن, then الرئيس), never by guessing from the world.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rasad.arabic.lexicon import nationalities, words
from rasad.arabic.text import key
from rasad.arabic.tokens import Token
from rasad.facts.name_grammar import in_group, is_definite, is_nationality, is_verb
from rasad.facts.passage import Passage, Reading
from rasad.facts.speech import PREPOSITIONS, THAT, keys_of
from rasad.model import Mention, Nominal

KIND = "nominal"
VERSION = "2"

_MAX_COMPLEMENT = 6  # tokens after the role: نائبة المتحدثة باسم البيت الأبيض
_MAX_FAR = 10  # tokens between a role and the name behind its complement: المتحدث باسم اللجنة المنظمة، فلان
_FORMER = keys_of(
    "السابق السابقة الأسبق الراحل الراحلة المخلوع المعزول المقال المستقيل المنتخب المنتخبة المقبل المقبلة"
)
_ADJECTIVES = keys_of("الرئيس الرئيسة")  # behind a definite noun: الأسواق الرئيسة, الداعم الرئيس


@dataclass(frozen=True, slots=True)
class _Role:
    """A role phrase, tokens `start:end` of a passage; `named` is the person it stands beside, if any."""

    passage: Passage
    start: int
    end: int
    cut: int
    head: str  # match key of the role without the article: رئيس
    complement: tuple[str, ...]  # what narrows it, as match keys; a nationality as its country's name
    named: str | None


def extract(reading: Reading) -> tuple[Nominal, ...]:
    """Roles of the title, then of the body, by start. Needs the entities found before."""
    roles = [
        role
        for passage in (reading.title, reading.body)
        for role in _roles(passage, reading.of_kind("entity", Mention, passage))
    ]
    bearers = [role for role in roles if role.named is not None]
    return tuple(_nominal(role, bearers) for role in roles if role.named is None)


def _roles(passage: Passage, mentions: Sequence[Mention]) -> Iterator[_Role]:
    tokens = passage.tokens
    spans = {m.start: m for m in mentions}
    persons = {m.end: m.name for m in mentions if m.type == "PER"}
    inside = {i for m in mentions for i in range(m.start, m.end)}
    i = 0
    while i < len(tokens):
        role = None if tokens[i].kind != "word" or tokens[i].start in inside else _role(passage, i, spans)
        if role is None:
            i += 1
        else:
            yield role if role.named else dataclasses.replace(role, named=persons.get(_end_before(tokens, i)))
            i = max(role.end, i + 1)


def _end_before(tokens: Sequence[Token], i: int) -> int:
    """Where the words before token i end, a comma left out: فلان الفلاني، رئيس البلدية."""
    before = i - 2 if i > 1 and tokens[i - 1].text in ("،", ",") else i - 1
    return tokens[before].end if before >= 0 else -1


def _role(passage: Passage, i: int, spans: dict[int, Mention]) -> _Role | None:
    tokens = passage.tokens
    word = tokens[i].key
    cut = in_group(word, "nominal_roles")
    definite = cut is not None
    if cut is None:
        cut = in_group(word, "nominal_heads")
    if cut is None:
        return None
    if word in _ADJECTIVES and i and _noun_before(tokens, i):
        return None
    head = word[cut:].removeprefix("ل") if word[max(cut - 1, 0) : cut + 1] == "لل" else word[cut:].removeprefix("ال")
    complement: list[str] = []
    end = i + 1
    while end < len(tokens) and end <= i + _MAX_COMPLEMENT:
        here = tokens[end]
        if here.kind != "word" or "\n" in passage.text[tokens[end - 1].end : here.start]:
            break
        mention = spans.get(here.start)
        if mention is not None:
            if mention.type == "PER":
                return _Role(passage, i, end, cut, head, tuple(complement), mention.name)
            if not complement and definite:
                break
            complement.append(mention.name)
            definite = True
            end = _past(tokens, end, mention.end)
            continue
        if is_nationality(here.key) and is_definite(here.key):
            complement.append(nationalities()[here.key])
            definite = True
        elif here.key in words("role_tails") or here.key in words("role_complements"):
            complement.append(here.key)
            definite = definite or here.key.startswith("ال")
        elif here.key == "باسم":
            complement.append(here.key)
        elif in_group(here.key, "nominal_roles") == 0:
            complement.append(here.key)
            definite = True
        else:
            break
        end += 1
    while end > i + 1 and tokens[end - 1].key == "باسم":
        end -= 1
        complement.pop()
    if not definite:
        return None
    return _Role(passage, i, end, cut, head, tuple(complement), _beside(passage, end, spans))


def _noun_before(tokens: Sequence[Token], i: int) -> bool:
    """Does a definite noun stand right before token i, which is then its adjective? التقى only looks like one."""
    before = tokens[i - 1]
    verb = is_verb(before.key) or before.key.startswith(("الت", "والت", "فالت"))
    return is_definite(before.key) and not verb and before.end + 1 == tokens[i].start


def _past(tokens: Sequence[Token], i: int, offset: int) -> int:
    while i < len(tokens) and tokens[i].start < offset:
        i += 1
    return i


def _beside(passage: Passage, end: int, spans: dict[int, Mention]) -> str | None:
    """The person named right after a role, also after a comma: نائبة المتحدثة، فلانة الفلانية،."""
    tokens = passage.tokens
    if end < len(tokens) and tokens[end].text in ("،", ","):
        end += 1
        mention = spans.get(tokens[end].start) if end < len(tokens) else None
        return mention.name if mention is not None and mention.type == "PER" and " " in mention.name else None
    mention = spans.get(tokens[end].start) if end < len(tokens) else None
    if mention is not None and mention.type == "PER":
        return mention.name
    return _farther(passage, end, spans)


def _farther(passage: Passage, end: int, spans: dict[int, Mention]) -> str | None:
    """The person behind a complement: المتحدث الرسمي باسم «مدن» فلان, المديرة العامة للصندوق فلانة."""
    tokens = passage.tokens
    first = tokens[end] if end < len(tokens) else None
    if first is None or not (first.key == "باسم" or first.key.startswith(("ل", "ال")) or first.start in spans):
        return None
    at = end
    while at < min(end + _MAX_FAR, len(tokens)) and "\n" not in passage.text[tokens[at - 1].end : tokens[at].start]:
        token = tokens[at]
        mention = spans.get(token.start)
        if mention is not None and mention.type == "PER":
            return mention.name
        if mention is not None:
            at = _past(tokens, at, mention.end)
            continue
        another = in_group(token.key, "nominal_heads") is not None and at > end
        told = token.key in THAT or (token.key in PREPOSITIONS and token.key != "في") or is_verb(token.key)
        if another or told or token.text in ".:؛؟!" or (token.key.startswith("و") and len(token.key) > 3):
            return None
        at += 1
    return None


def _nominal(role: _Role, bearers: Sequence[_Role]) -> Nominal:
    text = role.passage.text
    start = role.passage.tokens[role.start].start + role.cut
    end = role.passage.tokens[role.end - 1].end
    name = _bearer(role, bearers)
    confidence = 0.6 if name is None else 0.75
    field = role.passage.field
    return Nominal(start, end, text[start:end], "PER", name, field=field, confidence=confidence)


def _bearer(role: _Role, bearers: Sequence[_Role]) -> str | None:
    """Who bears the role: the only one whose complement agrees; of several, the last so far where the role is bare."""
    same = [b for b in bearers if b.head == role.head and _agree(role.complement, b.complement)]
    before = [b for b in same if b.passage is not role.passage or b.start < role.start]
    names = {b.named for b in (before or same)}
    if len(names) == 1:
        return names.pop()
    return before[-1].named if before and not role.complement else None


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """A role's complement `one` agrees with a bearer's `other` that holds it: الرئيس with الرئيس الأمريكي, but not the
    other way round, as أمير الخارجية is not every أمير; الأمريكي and الروسي do not agree.

    Who held an office is not who holds it: الرئيس المخلوع is none of those called الرئيس.
    """
    a, b = {key(w) for w in one}, {key(w) for w in other}
    return a & _FORMER == b & _FORMER and a <= b
