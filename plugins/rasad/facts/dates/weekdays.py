"""Days of the week, with the date that may stand behind them: الخميس الماضي, الاثنين 3 أغسطس."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar, lexicon
from rasad.facts import nouns
from rasad.facts.dates.months import day_of_month
from rasad.facts.dates.rules import rule
from rasad.facts.dates.scene import CLOSE, DASHES, OPEN, STEPS, STOPS, TURNS, WORDS, Mark, Scene, Turn, shift, turn_at
from rasad.facts.dates.written import dated, day_and_month

_KIN = frozenset({"بن", "ابن", "بنت", "ابو", "ابي", "ال", "عبد", "ام"})


def weekday_at(
    scene: Scene, i: int, start: int, weekday: int | None = None, end: int | None = None, stop: int | None = None
) -> Mark | None:
    """الخميس, الخميس الماضي, الاثنين 3 أغسطس, ليل الجمعة - السبت."""
    tokens = scene.tokens
    if weekday is None or end is None or stop is None:
        found = rule(tokens[i].key)
        weekday = None if found is None else calendar.weekday(found[1])
        if weekday is None:
            return None
        end, stop = tokens[i].end, i + 1
    if weekday_named(scene, i, stop):
        return None
    full = date_after(scene, stop, weekday)
    if full is not None:
        return replace(full, start=start, flag=full.flag or weekday_flag(full, weekday))
    if scene.anchor is None:
        return None
    turn, after = turn_at(scene, stop)
    if turn is None:
        turn, after = shared_turn(scene, i, stop)
    if turn is not None and turn != "this" and after > stop:
        end, stop = tokens[after - 1].end, after
    week = week_at(scene, stop) or week_before(scene, i)
    if week is not None and turn is None:
        day = shift(scene.anchor, week[0] * 7 + (weekday + 1) % 7 - (scene.anchor.weekday() + 1) % 7)
        if week[1] > stop:
            end, stop = tokens[week[1] - 1].end, week[1]
    else:
        day = weekday_day(scene, weekday, turn)
    return None if day is None else Mark(start, end, stop, day.isoformat(), day, day, relative=True)


def two_days(scene: Scene, i: int, start: int) -> Mark | None:
    """يومي الأحد والاثنين المقبلين: as one, where they follow each other."""
    tokens = scene.tokens
    if i + 2 >= len(tokens) or tokens[i + 2].key[:1] != "و" or weekday_after(scene, i + 1) is None:
        return None
    first = weekday_at(scene, i + 1, start)
    second = weekday_at(scene, i + 2, start)
    if first is None or second is None or (second.first - first.first).days != 1:
        return None
    value = f"{first.value}/{second.value}"
    return replace(second, value=value, first=first.first)


def weekday_after(scene: Scene, i: int) -> tuple[int, int, int] | None:
    """A weekday at `i`, perhaps in brackets: (weekday, where it ends, index after it)."""
    tokens = scene.tokens
    if i >= len(tokens):
        return None
    at = i + (tokens[i].text in OPEN and i + 2 < len(tokens) and tokens[i + 2].text in CLOSE)
    weekday = calendar.weekday(tokens[at].key)
    if weekday is None:
        return None
    stop = at + 1 + (at > i)
    return weekday, tokens[stop - 1].end, stop


def weekday_day(scene: Scene, weekday: int, turn: Turn | None) -> date | None:
    anchor = scene.anchor
    if anchor is None:
        return None
    back = (anchor.weekday() - weekday) % 7
    if turn in ("next", "after next"):
        return shift(anchor, (7 - back) + (7 if turn == "after next" else 0))
    if turn in ("last", "before last"):
        return shift(anchor, -(back or 7) - (7 if turn == "before last" else 0))
    return shift(anchor, -back)


def week_at(scene: Scene, i: int) -> tuple[int, int] | None:
    """من الأسبوع المقبل behind a weekday: (weeks ahead, index after it). Weeks begin on Sunday."""
    tokens = scene.tokens
    at = i + (i < len(tokens) and tokens[i].key == "من")
    if at + 1 >= len(tokens) or tokens[at].key != "الاسبوع":
        return None
    turn, stop = turn_at(scene, at + 1)
    return None if turn is None else (STEPS[turn], stop)


def week_before(scene: Scene, i: int) -> tuple[int, int] | None:
    """الأسبوع المقبل يوم الجمعة: as `week_at`, with the week before the weekday."""
    tokens = scene.tokens
    at = i - 1 - (i > 0 and tokens[i - 1].key == "يوم")
    if at < 1 or tokens[at - 1].key != "الاسبوع" or tokens[at].key not in TURNS:
        return None
    return STEPS[TURNS[tokens[at].key]], i


def shared_turn(scene: Scene, i: int, stop: int) -> tuple[Turn | None, int]:
    """الأحد والاثنين المقبلين: what is said of both days, for either; the index after the second takes it in."""
    tokens = scene.tokens
    first = stop < len(tokens) and tokens[stop].key[:1] == "و" and calendar.weekday(tokens[stop].key[1:]) is not None
    at = stop + first
    if at >= len(tokens) or not tokens[at].key.endswith("ين") or not (first or tokens[i].key.startswith("و")):
        return None, stop
    turn = TURNS.get(tokens[at].key[:-2])
    return turn, stop if first or turn is None else at + 1


def date_after(scene: Scene, i: int, weekday: int) -> Mark | None:
    """A written day directly after a weekday: with a comma, a hyphen, a bracket or الموافق between."""
    tokens = scene.tokens
    opened = i < len(tokens) and tokens[i].text == "("
    if opened or (i < len(tokens) and tokens[i].text in ("،", ",", "-", "–", "/")):
        i += 1
    for word in ("الموافق", "ل"):
        if i < len(tokens) and tokens[i].key == word:
            i += 1
    if i >= len(tokens):
        return None
    written = calendar.read(tokens, i)
    mark: Mark | None = None
    if written is not None and written.day is not None:
        mark = dated(scene, i, written)
    elif tokens[i].kind == "number":
        mark = numbered_day(scene, i, tokens[i].start, weekday)
    if mark is not None and opened and mark.stop < len(tokens) and tokens[mark.stop].text == ")":
        return replace(mark, end=tokens[mark.stop].end, stop=mark.stop + 1)
    return mark


def numbered_day(scene: Scene, at: int, start: int, weekday: int | None = None) -> Mark | None:
    """يوم 27, الجمعة 15: the day of that number nearest to publication, of that weekday where one is written."""
    tokens = scene.tokens
    mark = day_of_month(scene, at) or day_and_month(scene, at)
    if mark is not None:
        return replace(mark, start=start)
    number = calendar.whole(tokens[at], 1, 31)
    if number is None or scene.anchor is None:
        return None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and (after.text in DASHES or after.text in ":%٪+" or nouns.counted(after.key)):
        return None
    for away in range(46):
        for day in (shift(scene.anchor, -away), shift(scene.anchor, away)):
            if day is not None and day.day == number and weekday in (None, day.weekday()):
                return Mark(start, tokens[at].end, at + 1, day.isoformat(), day, day, relative=True)
    return None


def night_at(scene: Scene, at: int) -> Mark | None:
    """The night between two weekdays, as both."""
    tokens = scene.tokens
    first = calendar.weekday(tokens[at].key)
    other = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].text in DASHES)
    if first is None or other >= len(tokens):
        return None
    second = calendar.weekday(tokens[other].key)
    if second != (first + 1) % 7:
        return None
    day = weekday_day(scene, second, None)
    before = None if day is None else shift(day, -1)
    if day is None or before is None:
        return None
    value = f"{before.isoformat()}/{day.isoformat()}"
    return Mark(tokens[at].start, tokens[other].end, other + 1, value, before, day, relative=True)


def weekday_named(scene: Scene, i: int, stop: int) -> bool:
    """خطبة الجمعة, أيام الخميس والجمعة, كل سبت: a name or a habit, no day."""
    tokens = scene.tokens
    first = i - 1 if i and tokens[i - 1].key in ("يوم", "يومي") else i
    while (
        first
        and tokens[first].key.startswith("و")
        and calendar.weekday(tokens[first - 1].key.removeprefix("و")) is not None
    ):
        first -= 1
    before = tokens[first - 1].key if first else ""
    after = [token.key for token in tokens[stop : stop + 3]]
    if surname(scene, i, after[0] if after else ""):
        return True
    if before in WORDS["before_weekday"] or (after and after[0] in WORDS["after_weekday"]):
        return True
    if after[:2] == ["من", "كل"] or after[1:3] == ["من", "كل"]:
        return True
    for at in range(i - 1, max(-1, i - 13), -1):
        if tokens[at].text in STOPS:
            break
        if tokens[at].key in WORDS["habit"]:
            return True
    return False


def surname(scene: Scene, i: int, after: str) -> bool:
    """الدكتور محمد الخميس: behind a given name that stands alone a weekday is rather the name of the family."""
    tokens = scene.tokens
    if scene.people.get(tokens[i].end, tokens[i].start) < tokens[i].start:
        return True
    if i == 0 or tokens[i - 1].kind != "word" or tokens[i - 1].end + 1 != tokens[i].start or after in TURNS:
        return False
    given, before = tokens[i - 1], tokens[i - 2] if i > 1 else None
    named = given.start if given.end in scene.people else None
    if scene.people.get(given.end, given.start) < given.start:
        return False  # قال جو بايدن الخميس
    if before is not None and (before.key in _KIN or before.key in lexicon.given_names()):
        return False
    return given.key in lexicon.given_names() or (named is not None and given.key in lexicon.common_given_names())


def weekday_flag(mark: Mark, weekday: int) -> str | None:
    if mark.first == mark.last and mark.first.weekday() != weekday and mark.calendar == "gregorian":
        return "the weekday is not that of the date"
    return None
