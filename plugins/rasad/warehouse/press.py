"""What the press was expected to publish, and what of it was seen: an outage is unknown, not zero. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

WINDOW = 28  # days that a source's habits are learnt from
_HISTORY = 3  # days of history before a source is expected at all
_WEEKDAYS = 14  # days of history before its weekdays are told apart
# Expected articles in a silence that cannot be chance: Poisson, exp(-7), one in a thousand; as in mart.source_health.
IMPROBABLE = 7.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Articles of one source on one day; `hours` has those whose page gives a time, by the hour of its clock."""

    articles: int = 0
    hours: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source was expected to publish on a day, the share of it that could be seen, the hours that could not."""

    expected: float
    coverage: float
    missing_hours: tuple[int, ...] = ()


_NOTHING = Counts()
_ALL_DAY = tuple(range(24))


def seen(
    days: Mapping[date, Counts], day: date, last_hour: int = 23, blind: Collection[int] = frozenset()
) -> Seen | None:
    """What was seen of one source on a day, by its 28 days before; None where it has too little history to expect
    anything. `last_hour`: until when the day is over, of one that is not yet. `blind`: hours in which its feeds did not
    answer; those of which nothing came afterwards are unknown, however little was expected of them.

    The median of its days, the same weekday's once there are 14, so that outages among them do not teach silence. The
    result depends on the counts alone, never on what was said of earlier days.
    """
    before = [day - timedelta(days=n) for n in range(1, WINDOW + 1) if day - timedelta(days=n) in days]
    if not before or (day - min(before)).days < _HISTORY:
        return None
    history = [day - timedelta(days=n) for n in range(1, (day - min(before)).days + 1)]
    alike = [d for d in history if d.weekday() == day.weekday()] if len(history) >= _WEEKDAYS else history
    usual = float(median(days.get(d, _NOTHING).articles for d in alike))
    if usual <= 0:
        return None
    today = days.get(day, _NOTHING)
    profile = _profile([days[d] for d in before])
    if profile is None:
        return _timeless(today.articles, usual, blind)
    by_hour = [usual * share for share in profile]
    so_far = sum(by_hour[: last_hour + 1])
    hours = today.hours or {}
    if not hours and today.articles:  # it gave times, and gives none today
        return _timeless(today.articles, usual, blind)
    yesterday = days.get(day - timedelta(days=1), _NOTHING)
    unseen = {h for h in blind if h <= last_hour and not hours.get(h)}
    silent = tuple(sorted(unseen.union(_silences(by_hour, hours, yesterday, last_hour))))
    lost = sum(by_hour[h] for h in silent)
    short, whole = _whole(today.articles, so_far)
    if short < 1 and so_far * (1 - short) > lost:
        return Seen(usual, short * so_far / usual, whole if last_hour == 23 else silent)
    return Seen(usual, max(0.0, min(1.0, (so_far - lost) / usual)), silent)


def _timeless(articles: int, usual: float, blind: Collection[int]) -> Seen:
    """Of a day whose articles say no hour. What its blind hours lack is told by what came in all."""
    share, missing = _whole(articles, usual)
    if not blind or articles >= usual:
        return Seen(usual, share, missing)
    return Seen(usual, min(share, max(articles / usual, 1 - len(blind) / 24)), missing or tuple(sorted(blind)))


def _whole(articles: int, expected: float) -> tuple[float, tuple[int, ...]]:
    """Of a whole day: seen in full, unless nothing came, or so much less than usual that it cannot be chance."""
    if articles == 0 and expected >= 5:
        return 0.0, _ALL_DAY
    if expected >= 10 and articles < 0.3 * expected:
        return articles / expected, ()
    return 1.0, ()


def _profile(days: Sequence[Counts]) -> list[float] | None:
    """The share of each hour; None where less than half of the articles gave a time."""
    timed = [sum((d.hours or {}).get(h, 0) for d in days) for h in range(24)]
    total, articles = sum(timed), sum(d.articles for d in days)
    if total < 20 or 2 * total < articles:
        return None
    return [n / total for n in timed]


def _silences(by_hour: Sequence[float], hours: Mapping[int, int], yesterday: Counts, last_hour: int) -> tuple[int, ...]:
    """The hours of silences too long for chance; one that began yesterday counts from there."""
    carried = 0.0
    if yesterday.hours:
        carried = sum(by_hour[h] for h in range(max(yesterday.hours) + 1, 24))
    out: list[int] = []
    run: list[int] = []
    for hour in range(last_hour + 2):
        if hour <= last_hour and not hours.get(hour):
            run.append(hour)
            continue
        if carried + sum(by_hour[h] for h in run) >= IMPROBABLE:
            out += run
        run, carried = [], 0.0
    return tuple(out)


def coverage(sources: Sequence[Seen]) -> float | None:
    """The share of the expected press that was seen; None where nothing was expected yet."""
    expected = sum(s.expected for s in sources)
    return sum(s.expected * s.coverage for s in sources) / expected if expected else None
