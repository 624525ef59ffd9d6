"""The main event of an article, in PLOVER's terms: who did what to whom, where and when.

Read from the headline and the lead, where news says what happened. None rather than a wrong one: the word that tells
the event must head its clause unnegated, and headline and lead must agree, or a named actor stand beside it. Articles
about sport, art, fashion and the like have none, as their attacks and agreements are of another kind. How often it is
right: benchmarks/events.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic.text import key
from rasad.facts.passage import Passage, Reading
from rasad.facts.speech import PREPOSITIONS, Scene, forms, keys_of
from rasad.model import DateFact, Event, Topic

KIND = "event"
VERSION = "2"

_POLITICS = frozenset({"medtop:11000000", "medtop:16000000"})
# Topics whose words of conflict and agreement tell no event of politics: never, and unless politics stands beside them.
_SPORT = "medtop:15000000"
_NEVER = frozenset(f"medtop:{n:02d}000000" for n in (1, 8, 10, 17))
_ALONE = frozenset(f"medtop:{n:02d}000000" for n in (3, 5, 6, 7, 12, 13))
# What events articles about law, the economy, labour and society tell, where they are not about politics as well.
_TOLD = {
    "medtop:02000000": {"ASSAULT", "COERCE"},
    "medtop:04000000": {"AGREE", "SANCTION"},
    "medtop:09000000": {"PROTEST"},
    "medtop:14000000": {"AID", "ASSAULT", "PROTEST"},
}
_NOT = keys_of(
    "لا لم لن ما ليس ليست غير عدم دون بدون كاد يكاد لولا قد نفي نفت ينفي تنفي "
    "توقف إلغاء تأجيل فشل إحباط انهيار تعثر منع"
)
_RELATIVE = keys_of(
    "الذي التي الذين اللذين اللتين اللذان حيث بعدما عندما إذا لو بعد قبل منذ خلال رغم أن أنه أنها إن إنه كما"
)
# What may stand between the head of a headline and the noun that tells the event: انطلاق جولة جديدة من محادثات …
_BEGINNING = keys_of(
    "انطلاق بدء استئناف جولة جديدة ثانية أخرى من إجراء عقد ختام اختتام انتهاء تجدد تواصل استمرار تصاعد وصول رابع خامس"
)
_WITHIN = keys_of(
    "شرق غرب شمال جنوب شرقي غربي شمالي جنوبي وسط مدينة محافظة بلدة قرية منطقة ولاية مطار حي مدينتي محافظتي العاصمة"
)
_IN = keys_of("في داخل قرب بمدينة بمحافظة بولاية بمنطقة ببلدة بالعاصمة")
_ON = keys_of("على ضد مع نظيره نظيرته")
_DAWN = keys_of("فجر")  # a verb only before a name
_OF = keys_of("لجنة لجان لواء لاعب لاجئ لاجئون لاجئين")  # begin with ل, and not with the preposition
# Behind these a name of a body or country is the complement of somebody's role: وزيرة الخارجية الأميركية فلانة.
_ROLES = keys_of(
    "وزير وزيرة وزراء رئيس رئيسة زعيم زعيمة ممثل ممثلة سفير سفيرة متحدث المتحدث متحدثة المتحدثة ناطق الناطق أمين أمينة "
    "مدير مديرة محافظ قائد قائدة نائب نائبة وكيل وكيلة عضو مسؤول مسؤولة مصدر مبعوث مبعوثة مستشار مستشارة قيادي القيادي "
    "مساعد والي عمدة مندوب مندوبة ملك أمير ولي رجال"
)
_BREAKS = frozenset(".:؛;!؟…-–—|")
_COMMAS = frozenset("،,")
_TOGETHER = frozenset({"AGREE", "CONSULT", "COOPERATE"})
_VERB_WITHIN = 8  # tokens of its clause before a verb
_NOUN_WITHIN = 3  # tokens of its clause before a noun
_CLAUSE = 100  # words that a clause is followed back: what has no mark for longer is no prose
_LIGHT_REACH = 14  # tokens between a light verb and its noun
_SUBJECT_REACH, _OBJECT_REACH, _CLAUSE = 9, 3, 22
_BETWEEN_REACH = 4
_LEAD_TOKENS = 60
_DATELINE = 8  # tokens of the body before its first sentence, at most
_BOTH, _HEADLINE, _LEAD = 0.8, 0.6, 0.55

# Whom the name at a word's side is: who does it, or to whom it is done; about: who does it, and the verb's object is
# what they talk of (ناقش الملف), not the other side.
_Names = Literal["actor", "target", "about"]


_SIDES: dict[str, _Names] = {"verb": "actor", "suffer": "target", "talk": "about", "noun": "actor", "deed": "target"}


@dataclass(frozen=True, slots=True)
class _Trigger:
    type: str
    at: int
    end: int
    verb: bool
    names: _Names
    opens: bool  # heads its clause, where the main event is told


@dataclass(frozen=True, slots=True)
class _Lexicon:
    verbs: dict[str, tuple[str, _Names]]
    lights: dict[str, tuple[tuple[tuple[str, ...], str], ...]]  # verb → nouns behind it and what the two tell
    nouns: dict[tuple[str, ...], tuple[str, _Names]]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    verbs: dict[str, tuple[str, _Names]] = {}
    lights: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    nouns: dict[tuple[str, ...], tuple[str, _Names]] = {}
    for line in (Path(__file__).parent / "data" / "events.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        part, kind, listed, *behind = line.split("\t")
        for entry in listed.split(","):
            if part in ("noun", "deed"):
                nouns.setdefault(tuple(key(entry).split()), (kind, _SIDES[part]))
                continue
            for form in _forms(*entry.split()):
                if part == "light":
                    lights[form] += [(tuple(key(n).split()), kind) for n in behind[0].split(",")]
                else:
                    verbs.setdefault(form, (kind, _SIDES[part]))
    return _Lexicon(verbs, {form: tuple(nouns) for form, nouns in lights.items()}, nouns)


def _forms(perfect: str, imperfect: str) -> Iterator[str]:
    """The keys of a verb's forms of the third person, the dual among them: يوقع, وقعت, يوقعان."""
    yield from (key(form) for form, _ in forms(perfect, imperfect))
    stem = imperfect[1:-1] if imperfect[-1] in "ىي" else imperfect[1:]
    weak = "ي" if imperfect[-1] in "ىي" else ""
    yield from (key(prefix + stem + weak + "ان") for prefix in ("ي", "ت", "سي", "ست"))
    yield key((perfect[:-1] if perfect[-1] in "ىا" else perfect) + "تا")


def extract(reading: Reading) -> tuple[Event, ...]:
    """The main event, or nothing."""
    codes = [topic.code for topic in reading.of_kind("topic", Topic)]
    if _another_world(codes):
        return ()
    found = _main(reading)
    if found is None or (codes and _POLITICS.isdisjoint(codes) and found.type not in _TOLD.get(codes[0], ())):
        return ()
    return (found,)


def _main(reading: Reading) -> Event | None:
    title, body = Scene.of(reading, reading.title), Scene.of(reading, _lead(reading.body))
    told = _triggers(title)
    headline = next((t for t in told if t.opens), None)
    lead = _triggers(body)
    if headline is not None:
        same = min((t for t in lead if t.type == headline.type), key=lambda t: (not t.opens, not t.verb), default=None)
        known = headline.verb or not title.keys[headline.at].startswith("ال")  # الهدنة is what an article speaks of
        if same is not None and (known or (same.verb and same.opens)):
            event = _event(reading, body, same, title, headline, _BOTH)
            return event if event.actor or event.target or event.place else None
        event = _event(reading, title, headline, body, None, _HEADLINE)
        return event if headline.verb and event.actor is not None else None
    if told:
        return None
    main = next((t for t in lead if t.opens and body.first[t.at] <= _DATELINE), None)
    if main is None or not main.verb:
        return None
    event = _event(reading, body, main, title, None, _LEAD)
    sure = event.actor is not None and (event.target is not None or event.type != "CONSULT")
    return event if sure else None


def _another_world(codes: list[str]) -> bool:
    if not codes or _SPORT in codes:
        return bool(codes)
    return codes[0] in _NEVER or (codes[0] in _ALONE and _POLITICS.isdisjoint(codes))


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
    """Event words outside quotation marks and names, not negated, in text order."""
    out: list[_Trigger] = []
    named = {i for at in scene.mentions for i in range(at, scene.end_of(at))}
    for i in range(len(scene.keys)):
        if scene.inside[i] or scene.tokens[i].kind != "word" or i in named:
            continue
        if _NOT.isdisjoint(scene.keys[max(scene.first[i], i - 2) : i]):
            trigger = _verb(scene, i) or _noun(scene, i)
            if trigger is not None:
                out.append(trigger)
    return out


def _verb(scene: Scene, at: int) -> _Trigger | None:
    """The verb at token `at`, with its noun where it tells an event only together with one."""
    lexicon, k = _lexicon(), scene.keys[at]
    for form in (k, k[1:]) if k[0] in "وف" else (k,):
        opens = _heads_clause(scene, at)
        for noun, kind in lexicon.lights.get(form, ()):
            for j in range(at + 1, min(at + 1 + _LIGHT_REACH, len(scene.keys))):
                if scene.tokens[j].text in _BREAKS or scene.keys[j] in _RELATIVE:
                    break
                if tuple(scene.keys[j : j + len(noun)]) == noun:
                    return _Trigger(kind, at, at + 1, True, "about", opens)
        noun_as_well = (form,) in lexicon.nouns or form in _DAWN
        if form in lexicon.verbs and (not noun_as_well or _name_behind(scene, at)):
            kind, names = lexicon.verbs[form]
            if names == "about" and scene.keys[at + 1 : at + 2] == ["عن"]:  # بحث عن: looked for
                continue
            return _Trigger(kind, at, at + 1, True, names, opens)
    return None


def _noun(scene: Scene, at: int) -> _Trigger | None:
    lexicon, k, first = _lexicon(), scene.keys[at], _clause_first(scene, at)
    near = at - first < _NOUN_WITHIN or all(scene.keys[j] in _BEGINNING for j in range(first, at))
    for size in (3, 2, 1):
        phrase = tuple(scene.keys[at : at + size])
        known = lexicon.nouns.get(phrase)
        if known is None and size == 1 and k.startswith("ال") and near:
            known = lexicon.nouns.get((k[2:],))
        if known is not None:
            opens = near and _RELATIVE.isdisjoint(scene.keys[first:at])
            return _Trigger(known[0], at, at + len(phrase), False, known[1], opens)
    return None


def _heads_clause(scene: Scene, at: int) -> bool:
    first = _clause_first(scene, at)
    return at - first < _VERB_WITHIN and _RELATIVE.isdisjoint(scene.keys[first:at])


def _clause_first(scene: Scene, at: int) -> int:
    """The first token of the clause: behind the last mark that ends one, a comma among them; at most _CLAUSE back."""
    first, ends = at, _BREAKS | _COMMAS
    while first > max(scene.first[at], at - _CLAUSE) and scene.tokens[first - 1].text not in ends:
        first -= 1
    return first


def _name_behind(scene: Scene, at: int) -> bool:
    """Whether a form that is a noun as well (قتل, دعم, قصف) is a verb here: a name stands right behind it."""
    return at + 1 in scene.mentions and at > scene.first[at]


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
        place=_place(scene, trigger.type) or _place(other, trigger.type),
        when=next((d.value for d in dates if d.end <= lead_end), None),
        field=scene.field,
        confidence=confidence,
    )


def _roles(scene: Scene, trigger: _Trigger) -> tuple[str | None, str | None]:
    """Names of actor and target: روسيا تقصف حلب, قصفت روسيا حلب, محادثات بين روسيا وتركيا, عقوبات على إيران."""
    if not trigger.verb:
        return _roles_of_noun(scene, trigger)
    subject = _subject_before(scene, trigger)
    if subject is None and _before(scene, trigger.at):  # an unnamed subject: متظاهرون يطالبون الحكومة
        return None, _name(scene, _object(scene, trigger, trigger.end))
    if subject is None:
        subject = _subject_behind(scene, trigger.end)
    if subject is None:
        return None, None
    if trigger.names == "target":
        return None, _name(scene, subject)
    end = scene.end_of(subject)
    joined = end if end in scene.mentions and scene.keys[end][0] == "و" else None
    if trigger.type in _TOGETHER and joined is not None:
        return _name(scene, subject), _name(scene, joined)
    behind = max(trigger.end, end if joined is None else scene.end_of(joined))
    found = _object(scene, trigger, behind)
    return _name(scene, subject), _name(scene, found) if _name(scene, found) != _name(scene, subject) else None


def _roles_of_noun(scene: Scene, trigger: _Trigger) -> tuple[str | None, str | None]:
    behind = [i for i in _clause(scene, trigger.end) if i in scene.mentions and not _is_place(scene, i)]
    between = next((i for i in behind if scene.keys[i - 1] == "بين" and i - trigger.end <= _BETWEEN_REACH), None)
    if between is not None:
        joined = next((i for i in behind if i > between and scene.keys[i][0] == "و"), None)
        return _name(scene, between), _name(scene, joined)
    if trigger.names == "target":
        near = (i for i in behind if i - trigger.end <= _OBJECT_REACH and scene.mentions[i].type != "LOC")
        return None, _name(scene, next((i for i in near if scene.free(i)), None))
    return None, _name(scene, next((i for i in behind if scene.keys[i - 1] in ("علي", "ضد", "مع")), None))


def _before(scene: Scene, at: int) -> range:
    """The tokens of its clause before a verb that may be its subject: none where they are a dateline."""
    first = _clause_first(scene, at)
    first = next((j + 1 for j in range(at - 1, first - 1, -1) if scene.keys[j] in _RELATIVE), first)
    dateline = scene.field == "body" and at - first <= 2 and all(_located(scene, j) for j in range(first, at))
    return range(0) if dateline else range(first, at)


def _located(scene: Scene, at: int) -> bool:
    return any(
        scene.mentions[i].type == "LOC" and i <= at < scene.end_of(i) for i in (at - 1, at) if i in scene.mentions
    )


def _subject_before(scene: Scene, trigger: _Trigger) -> int | None:
    """The name in front of the verb: one that opens the clause, or a person or body that ends there."""
    before = _before(scene, trigger.at)
    found = [i for i in before if i in scene.mentions and scene.free(i)]
    if not found:
        return None
    last = found[-1]
    if scene.mentions[last].type == "PER" and scene.end_of(last) == trigger.at and scene.keys[last][0] != "و":
        return last
    heads = found[0] == before[0] or (scene.mentions[found[0]].type != "LOC" and found[0] - before[0] <= 2)
    return found[0] if heads else None


def _subject_behind(scene: Scene, start: int) -> int | None:
    """The name behind the verb, with its titles between: طالب الرئيس الفلسطيني محمود عباس."""
    role = False
    for i in range(start, min(start + _SUBJECT_REACH, len(scene.keys))):
        token = scene.tokens[i]
        if i in scene.mentions and scene.free(i):
            if role and scene.mentions[i].type != "PER":
                return _bearer(scene, i)
            return i if scene.mentions[i].type != "LOC" or i == start else None
        k = scene.keys[i]
        role = role or k in _ROLES
        of = k[0] == "ل" and k not in _OF  # رئيس المكتب السياسي لحركة طالبان
        deed = (k.removeprefix("ال"),) in _lexicon().nouns  # أدان اغتيال فلان
        if i in scene.mentions or token.kind != "word" or k in PREPOSITIONS or k in _RELATIVE or of or deed:
            return None
    return None


def _object(scene: Scene, trigger: _Trigger, start: int) -> int | None:
    """The name to which it is done: right behind, behind على and the like, and of an attack also what ل gives to it."""
    near, sided = start, False  # where its phrase may begin, and whether a preposition led there
    last = start
    for i in _clause(scene, start):
        near, last = (i if i > last + 1 else near), i
        if i not in scene.mentions:
            met = trigger.type == "CONSULT" and scene.keys[i][0] == "ب"  # اجتمع بالرئيس فلان
            to = trigger.type == "AID" and scene.keys[i] == "الي"
            if met or to or scene.keys[i] in _ON:
                near, sided = i + 1, True
            continue
        mention = scene.mentions[i]
        clitic = scene.keys[i][0] if mention.start > scene.tokens[i].start else ""
        if clitic in ("ب", "ك", "و", "ف") or _is_place(scene, i):
            continue
        if clitic == "ل" or scene.keys[i - 1] == "من":
            if trigger.type == "ASSAULT" and mention.type == "ORG":
                return i
            continue
        if trigger.names == "about" and not sided:
            continue
        direct = all(k in _WITHIN for k in scene.keys[near:i]) if mention.type == "LOC" else i - near <= _OBJECT_REACH
        if direct and (scene.keys[i - 1] in _ON or scene.keys[i - 1] not in PREPOSITIONS):
            return _titled(scene, i)
        if mention.type == "LOC" and (titled := _titled(scene, i)) != i and i - near <= _OBJECT_REACH:
            return titled
    return None


def _bearer(scene: Scene, at: int) -> int | None:
    """The person who bears the role of which the name at token `at` is a part; None where nobody is named."""
    for i in range(scene.end_of(at), min(scene.end_of(at) + _SUBJECT_REACH, len(scene.keys))):
        if scene.tokens[i].kind != "word" or scene.first[i] != scene.first[at] or scene.verb(i) is not None:
            return None
        if i in scene.mentions and scene.mentions[i].type == "PER" and scene.free(i):
            return i
    return None


def _titled(scene: Scene, at: int) -> int:
    """The person whose title the name at token `at` belongs to: وزير خارجية مصر سامح شكري; else that name."""
    end = scene.end_of(at)
    mention = scene.mentions.get(end)
    person = mention is not None and mention.type == "PER" and mention.start == scene.tokens[end].start
    return end if person and scene.mentions[at].type != "PER" else at


def _clause(scene: Scene, start: int) -> Iterator[int]:
    """Tokens from `start` to the end of the clause, over what stands between two commas (، اليوم الأحد،)."""
    i, last = start, min(start + _CLAUSE, len(scene.keys))
    while i < last and scene.first[i] == scene.first[start]:
        text = scene.tokens[i].text
        if text in _BREAKS or scene.keys[i] in _RELATIVE:
            return
        if text in _COMMAS:
            closing = next((j for j in range(i + 1, min(i + 6, last)) if scene.tokens[j].text in _COMMAS), None)
            if closing is None and (i + 1 == last or (scene.keys[i + 1] not in _ON and scene.keys[i + 1][0] != "ب")):
                return
            i = i + 1 if closing is None else closing + 1
            continue
        if i > start and i not in scene.mentions and scene.verb(i) is not None:
            return
        yield i
        i += 1


def _name(scene: Scene, at: int | None) -> str | None:
    return None if at is None else scene.mentions[at].name


def _is_place(scene: Scene, at: int, behind: frozenset[str] = _IN) -> bool:
    """Whether the name at token `at` is where something is: في حلب, بحلب, في مدينة حلب."""
    mention = scene.mentions[at]
    if mention.type != "LOC":
        return False
    if mention.start > scene.tokens[at].start:
        return scene.keys[at][0] == "ب"
    before = at - 1
    while before >= 0 and at - before <= 3 and scene.keys[before] in _WITHIN:
        before -= 1
    return before >= 0 and scene.keys[before] in behind


def _place(scene: Scene, kind: str) -> str | None:
    """The first place that the passage says something happened in; of aid, also where it went to."""
    behind = _IN | {"الي"} if kind == "AID" else _IN
    at = next((i for i in sorted(scene.mentions) if _is_place(scene, i, behind)), None)
    return scene.mentions[at].name if at is not None else None
