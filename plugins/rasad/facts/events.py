"""The main event of an article, in PLOVER's terms: who did what to whom, where and when.

Read from the headline and the lead, where news says what happened. None rather than a wrong one: the word that
tells the event must open its clause unnegated, and headline and lead must agree, or a named actor stand beside it;
articles about sport, art, fashion and the like have none, as their attacks and agreements are of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasad.arabic.text import key
from rasad.facts.passage import Passage, Reading
from rasad.facts.speech import PREPOSITIONS, Scene, forms, keys_of, noun_phrase
from rasad.model import DateFact, Event, Topic

KIND = "event"
VERSION = "1"

# Topics whose words of conflict and agreement tell no event of politics: arts, lifestyle, science, sport, weather …
_OTHER_WORLDS = frozenset(f"medtop:{n:02d}000000" for n in (1, 5, 6, 7, 8, 10, 13, 15, 17))
_NOT = keys_of("لا لم لن ما ليس ليست غير عدم دون بدون كاد يكاد لولا قد نفي نفت ينفي تنفي")
_RELATIVE = keys_of("الذي التي الذين اللذين اللتين حيث بعدما عندما إذا لو بعد قبل منذ خلال رغم")
_WHERE = keys_of("في شرق غرب شمال جنوب شرقي غربي شمالي جنوبي وسط قرب مدينة محافظة بلدة قرية منطقة ولاية داخل بمدينة")
_WHOM = keys_of("على ضد مع إلى من نظيره نظيرته الرئيس رئيس وزير")
_STOPS = frozenset("،,.:؛!؟…-–")
_VERB_WITHIN = 8  # tokens of the lead in which its verb stands
_NOUN_WITHIN = 3  # tokens of a headline or lead that a noun may open
_LEAD_TOKENS = 60
_BOTH, _HEADLINE, _LEAD = 0.8, 0.6, 0.55


@dataclass(frozen=True, slots=True)
class _Trigger:
    type: str
    at: int
    end: int
    verb: bool
    opens: bool  # stands where the main event is told


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, str], dict[tuple[str, ...], str]]:
    """Verb forms and nouns, each with its event type, from `data/events.tsv`."""
    verbs: dict[str, str] = {}
    nouns: dict[tuple[str, ...], str] = {}
    for line in (Path(__file__).parent / "data" / "events.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        part, kind, listed = line.split("\t")
        for entry in listed.split(","):
            if part == "verb":
                perfect, imperfect = entry.split()
                for form, _ in forms(perfect, imperfect):
                    verbs.setdefault(key(form), kind)
            else:
                nouns.setdefault(tuple(key(entry).split()), kind)
    return verbs, nouns


def extract(reading: Reading) -> tuple[Event, ...]:
    """The main event, or nothing."""
    topics = reading.of_kind("topic", Topic)
    if topics and topics[0].code in _OTHER_WORLDS:
        return ()
    title, body = Scene.of(reading, reading.title), Scene.of(reading, _lead(reading.body))
    headline = next((t for t in _triggers(title) if t.opens), None)
    lead = _triggers(body)
    if headline is not None:
        same = min((t for t in lead if t.type == headline.type), key=lambda t: not t.verb, default=None)
        if same is not None:
            event = _event(reading, body, same, title, headline, _BOTH)
            return (event,) if event.actor or event.target or event.place else ()
        event = _event(reading, title, headline, body, None, _HEADLINE)
        return (event,) if headline.verb and event.actor is not None else ()
    if title.tokens:
        return ()
    main = next((t for t in lead if t.opens), None)
    if main is None:
        return ()
    event = _event(reading, body, main, title, None, _LEAD)
    return (event,) if event.actor is not None or event.target is not None else ()


def _lead(body: Passage) -> Passage:
    """The first sentences of the body, up to sixty tokens and the end of their sentence."""
    if len(body.tokens) <= _LEAD_TOKENS:
        return body
    limit = body.tokens[_LEAD_TOKENS].start
    end = min(next((e for _, e in body.sentences if e >= limit), len(body.text)), limit + 600)
    tokens = []
    for token in body.tokens:
        if token.end > end:
            break
        tokens.append(token)
    return Passage(body.field, body.text[:end], tuple(tokens), ())


def _triggers(scene: Scene) -> list[_Trigger]:
    """Event words outside quotation marks, not negated, in text order."""
    verbs, nouns = _lexicon()
    out: list[_Trigger] = []
    keys = scene.keys
    for i, k in enumerate(keys):
        if scene.inside[i] or scene.tokens[i].kind != "word" or i in scene.mentions:
            continue
        before = {keys[j] for j in range(max(scene.first[i], i - 2), i)}
        if before & _NOT:
            continue
        noun = next((n for size in (3, 2, 1) if (n := tuple(keys[i : i + size])) in nouns), None)
        if noun is None and k.startswith("ال") and i - scene.first[i] < _NOUN_WITHIN:
            noun = (k[2:],) if (k[2:],) in nouns else None
        kind = verbs.get(k) or (verbs.get(k[1:]) if k[0] in "وف" else None)
        as_verb = kind is not None and (noun is None or _verbal(scene, i))
        if as_verb and kind is not None:
            opens = not before & _RELATIVE and (scene.field == "title" or i - scene.first[i] < _VERB_WITHIN)
            out.append(_Trigger(kind, i, i + 1, True, opens))
        elif noun is not None:
            opens = i - scene.first[i] < _NOUN_WITHIN and keys[i - 1 if i else 0] not in _RELATIVE
            out.append(_Trigger(nouns[noun], i, i + len(noun), False, opens))
    return out


def _verbal(scene: Scene, at: int) -> bool:
    """Whether a form that is a noun as well (قتل, دعم, قصف) is a verb here: a name stands right behind it."""
    return at + 1 < len(scene.keys) and at + 1 in scene.mentions and at > scene.first[at]


def _event(
    reading: Reading, scene: Scene, trigger: _Trigger, other: Scene, second: _Trigger | None, confidence: float
) -> Event:
    """The event at `trigger`; what its sentence leaves open is looked up beside the other field's word."""
    actor, target = _roles(scene, trigger)
    if second is not None:
        actor2, target2 = _roles(other, second)
        actor = actor or (actor2 if actor2 != target else None)
        target = target or (target2 if target2 != actor else None)
    if target == actor:
        target = None
    start, end = scene.tokens[trigger.at].start, scene.tokens[trigger.end - 1].end
    dates = reading.of_kind("date", DateFact, reading.body)
    lead_end = scene.tokens[-1].end if scene.field == "body" else other.tokens[-1].end if other.tokens else 0
    return Event(
        start,
        end,
        scene.text[start:end],
        type=trigger.type,
        actor=actor,
        target=target,
        place=_place(scene) or _place(other),
        when=next((d.value for d in dates if d.end <= lead_end), None),
        field=scene.field,
        confidence=confidence,
    )


def _roles(scene: Scene, trigger: _Trigger) -> tuple[str | None, str | None]:
    """Names of actor and target: روسيا تقصف حلب, قصفت روسيا حلب, محادثات بين روسيا وتركيا, عقوبات على إيران."""
    keys, first = scene.keys, scene.first[trigger.at]
    after = [i for i in _clause(scene, trigger.end) if i in scene.mentions and not _is_place(scene, i)]
    if not trigger.verb:
        between = next((i for i in after if keys[i - 1] == "بين"), None)
        if between is not None:
            second = next((i for i in after if i > between and keys[i][0] == "و"), None)
            return _name(scene, between), _name(scene, second)
        return None, _name(scene, next((i for i in after if keys[i - 1] in ("علي", "ضد", "مع")), None))
    before = [i for i in range(first, trigger.at) if i in scene.mentions and not _is_place(scene, i)]
    if before and scene.free(before[0]) and before[0] - first <= 2:
        actor, rest = before[0], after
    else:
        subject = noun_phrase(scene, trigger.end)
        at = subject.person if subject.person is not None else subject.first
        if at not in after:
            return None, None
        actor, rest = at, [i for i in after if i > at]
    targets = (i for i in rest if _name(scene, i) != _name(scene, actor) and _taken(scene, i))
    return _name(scene, actor), _name(scene, next(targets, None))


def _clause(scene: Scene, start: int) -> Iterator[int]:
    """Tokens from `start` to the next mark or verb of speech, twenty at most."""
    for i in range(start, min(start + 20, len(scene.keys))):
        stop = scene.tokens[i].text in _STOPS or (i > start and i not in scene.mentions and scene.verb(i) is not None)
        if stop or scene.first[i] != scene.first[start]:
            return
        yield i


def _name(scene: Scene, at: int | None) -> str | None:
    return None if at is None else scene.mentions[at].name


def _taken(scene: Scene, at: int) -> bool:
    """Whether the name at token `at` may be an object: no preposition before it but those of an object."""
    before = scene.keys[at - 1]
    joined = scene.mentions[at].start > scene.tokens[at].start and scene.keys[at][0] == "و"
    return not joined and (before in _WHOM or before not in PREPOSITIONS)


def _is_place(scene: Scene, at: int) -> bool:
    mention = scene.mentions[at]
    if mention.type != "LOC":
        return False
    clitic = mention.start > scene.tokens[at].start and scene.keys[at][0] == "ب"
    return clitic or (at > 0 and scene.keys[at - 1] in _WHERE)


def _place(scene: Scene) -> str | None:
    """The first place that the passage says something happened in."""
    at = next((i for i in sorted(scene.mentions) if _is_place(scene, i)), None)
    return scene.mentions[at].name if at is not None else None
