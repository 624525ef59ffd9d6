"""Reported speech: قال الوزير إن الخطة جاهزة, وقال: الخطة جاهزة without marks, and the headline's الوزير: الخطة جاهزة.

The span is the clause that reports what was said. Less sure than words between marks, as nothing shows where the
reporter's own words begin again.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasad.facts.passage import Passage, Reading
from rasad.facts.quotation_marks import FAMILY
from rasad.facts.speech import THAT, Saying, Scene, Speaker, keys_of, sayings
from rasad.model import IndirectQuote, Quote

KIND = "indirect_quote"
VERSION = "3"

_NAMED, _UNNAMED, _HEADLINE = 0.7, 0.4, 0.6
_BETWEEN = 12  # tokens of adverbs that may stand between the speaker and أن
_LONGEST = 80  # tokens of a clause
_SHORTEST = 3
_CLOSING = frozenset(FAMILY) | {")"}
# Behind these أن begins no report: إلا أن, بعد أن.
_OTHERWISE = keys_of("إلا غير بيد كما حيث رغم بعد قبل منذ دون بدون لكن خصوصا خاصة سوى لولا")
_NOT = keys_of("لم لن لا")


def extract(reading: Reading) -> tuple[IndirectQuote, ...]:
    """Reported speech of the title, then of the body; what is quoted word for word is left to the quotes."""
    return (*_read(reading, reading.title), *_read(reading, reading.body))


def _read(reading: Reading, passage: Passage) -> tuple[IndirectQuote, ...]:
    scene = Scene.of(reading, passage)
    quoted = {scene.token_at(q.start) for q in reading.of_kind("quote", Quote, passage)}
    if passage.field == "title":
        return () if quoted else _headline(scene)
    said = sayings(scene)
    out: list[IndirectQuote] = []
    for n, saying in enumerate(said):
        first = _that(scene, saying, said[n + 1].at if n + 1 < len(said) else len(scene.tokens))
        if first is None or first + 1 in quoted or first + 2 in quoted or _unsaid(scene, saying):
            continue
        end = _clause_end(scene, first, said[n + 1 : n + 9])
        if end < len(scene.tokens) and scene.tokens[end].text in "؟?":  # what an interviewer asks
            continue
        if sum(t.kind != "mark" for t in scene.tokens[first:end]) >= _SHORTEST:
            sure = _NAMED if saying.speaker is not None and saying.speaker.name is not None else _UNNAMED
            out.append(_quote(scene, first, end, saying.speaker, saying.verb, sure))
    return tuple(out)


def _unsaid(scene: Scene, saying: Saying) -> bool:
    """لم يقل إن …, and a prayer: سائلا الله أن …"""
    at = saying.at
    denied = at > 0 and scene.keys[at - 1] in _NOT
    return denied or (at + 1 < len(scene.keys) and scene.keys[at + 1] == "الله")


def _that(scene: Scene, saying: Saying, limit: int) -> int | None:
    """The token أن or إن that what was said begins with, or the one behind a colon where no mark follows."""
    if saying.grade == "source":
        return None
    i = saying.after
    limit = min(saying.after + _BETWEEN, limit, len(scene.tokens))
    while i < limit and scene.first[i] == scene.first[saying.at]:
        if scene.inside[i]:  # لـ«الشرق الأوسط»: to whom it was said
            named = i in scene.mentions and scene.end_of(i) < limit and not scene.inside[scene.end_of(i)]
            if not named:
                return None
            i = scene.end_of(i)
        if scene.tokens[i].text == ":":
            plain = saying.grade in ("say", "state") and i + 1 < limit and scene.tokens[i + 1].kind == "word"
            return i + 1 if plain and scene.first[i + 1] == scene.first[i] else None
        if scene.keys[i] in THAT:
            return None if scene.keys[i - 1] in _OTHERWISE else i
        i += 1
    return None


def _clause_end(scene: Scene, first: int, later: Sequence[Saying]) -> int:
    """The token behind the clause: its sentence's end, or where another word of speech begins (مشيرا إلى …)."""
    limit = min(first + _LONGEST, len(scene.tokens))
    for saying in later:
        at = saying.at
        if at <= first + 1 or at >= limit or scene.first[at] != scene.first[first]:
            continue
        joined = saying.verb != scene.tokens[at].text  # وأضاف
        if saying.grade in ("state", "source") or joined or scene.tokens[at - 1].text in "،,":
            limit = at
            break
    end = first + 1
    while end < limit and scene.first[end] == scene.first[first]:
        end += 1
    while end > first and scene.tokens[end - 1].kind == "mark" and scene.tokens[end - 1].text not in _CLOSING:
        end -= 1
    return end


def _headline(scene: Scene) -> tuple[IndirectQuote, ...]:
    """فلان: what they said, without marks. Only where a name stands before the colon."""
    colon = next((i for i, t in enumerate(scene.tokens[:12]) if t.text == ":"), None)
    end = len(scene.tokens)
    if colon is None or end - colon - 1 < _SHORTEST:
        return ()
    person = next((i for i in range(colon) if i in scene.mentions and scene.mentions[i].type == "PER"), None)
    whole = 0 if 0 in scene.mentions and scene.end_of(0) == colon and scene.mentions[0].type == "ORG" else None
    speaker = person if person is not None else whole
    if speaker is None:
        return ()
    return (_quote(scene, colon + 1, end, scene.named(speaker), None, _HEADLINE),)


def _quote(
    scene: Scene, first: int, end: int, speaker: Speaker | None, verb: str | None, confidence: float
) -> IndirectQuote:
    start, stop = scene.tokens[first].start, scene.tokens[end - 1].end
    return IndirectQuote(
        start,
        stop,
        scene.text[start:stop],
        speaker=speaker.text if speaker else None,
        speaker_name=speaker.name if speaker else None,
        speaker_type=speaker.type if speaker else None,
        verb=verb,
        field=scene.field,
        confidence=confidence,
    )
