"""Bursts: since when something is in a state of more than usual, and how much speaks for it.

The two-state model of Kleinberg (2002, Bursty and Hierarchical Structure in Streams, section 4), for counts of a day:
what is read of something is Poisson, with the expected rate in the base state and `TIMES` that rate in the burst state;
entering the burst state costs `GAMMA` times ln(days), leaving it nothing. The states are those of least cost.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

TIMES = 2.0
GAMMA = 1.0
DAYS = 35  # that are looked at
SHORT_LIST = 2.0  # the score from which on something is looked at: the model costs more than the score
MOST = 300  # of a day
LEAST = 1.0  # articles a day that are expected of anything, however rare


@dataclass(frozen=True, slots=True)
class Burst:
    """The burst that a series ends in: its first place in it, and the cost that it saves."""

    start: int
    weight: float


def burst(counts: Sequence[float], expected: Sequence[float]) -> Burst | None:
    """The burst that a series of counts ends in, given what was expected of each; None where it ends in the base state.

    Time is linear. Expectations under `LEAST` count as `LEAST`, but for 0, days on which nothing was read.
    """
    enter = GAMMA * math.log(max(len(counts), 2))
    base, high = 0.0, math.inf  # the least costs of ending in each state, the base state's own cost left out of both
    start, weight = 0, 0.0
    for place, (count, usual) in enumerate(zip(counts, expected, strict=True)):
        rate = max(usual, LEAST) if usual else 0.0
        gain = count * math.log(TIMES) - rate * (TIMES - 1)  # how much likelier the burst state makes this day
        if base + enter < high:
            high, start, weight = base + enter, place, 0.0
        high, weight = high - gain, weight + gain
        base = min(base, high)
    return Burst(start, weight) if high < base + 1e-9 and weight > 0 else None


_SHORT = """
SELECT {keys}, expected FROM {table}
WHERE day = %(day)s AND basis = 'full baseline' AND score >= %(short)s ORDER BY score DESC, {keys} LIMIT %(most)s
"""
_COUNTS = """
SELECT {keys}, day, articles FROM {days}
WHERE day BETWEEN %(day)s::date - %(days)s + 1 AND %(day)s AND ({keys}) IN %(found)s
"""
_READ = """
SELECT day, sum(articles)::float8 FROM news.source_day
WHERE day BETWEEN %(day)s::date - %(days)s + 1 AND %(day)s GROUP BY day ORDER BY day
"""


def mark(cursor: Cursor, day: date, table: str, days: str, keys: str) -> None:
    """Mark in `table` which of a day's short list are bursting, since when, and with what weight; `days` has the counts
    of their days, `keys` names the columns that both share."""
    values = {"day": day, "short": SHORT_LIST, "most": MOST, "days": DAYS}
    cursor.execute(_SHORT.format(keys=keys, table=table), values)
    found = {tuple(row[:-1]): float(row[-1]) for row in cursor.fetchall()}
    if not found:
        return
    cursor.execute(_READ, values)
    read = dict(cursor.fetchall())
    cursor.execute(_COUNTS.format(keys=keys, days=days), values | {"found": tuple(found)})
    counts: defaultdict[tuple[object, ...], dict[date, float]] = defaultdict(dict)
    for *names_of, other, articles in cursor.fetchall():
        counts[tuple(names_of)][other] = float(articles)
    marked = []
    for key, expected in found.items():
        usual = [expected * n / read[day] for n in read.values()]
        if run := burst([counts[key].get(other, 0.0) for other in read], usual):
            marked.append((*key, list(read)[run.start], run.weight))
    names = keys.split(", ")
    execute_values(
        cursor,
        f"UPDATE {table} t SET burst = true, burst_since = v.since, burst_weight = v.weight "
        f"FROM (VALUES %s) v ({keys}, since, weight) "
        f"WHERE t.day = '{day}' AND " + " AND ".join(f"t.{name} = v.{name}" for name in names),
        marked,
        template="(" + "%s, " * len(names) + "%s::date, %s::real)",
    )
