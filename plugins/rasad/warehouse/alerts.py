"""Alerts: raised once, kept, and handed to whoever sends them.

One stands from the moment that all of its watch's thresholds are reached until its strength is under the watch's
`rearm`; while it stands it is not raised again. Only what was published and first read in the last 48 hours counts, so
that no backfill and no new reading of old texts raises anything.

Whom it is for is told at least once: a message that was sent, and whose sender was killed before it could say so, is
sent again, with the same `alert_id`.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json as JsonParameter
from psycopg2.extras import execute_values

from rasad.arabic.stems import stem
from rasad.arabic.tokens import tokenize
from rasad.model import Json, Watch
from rasad.warehouse import persons
from rasad.warehouse.connection import connect
from rasad.warehouse.load import entity_key

RECENT = timedelta(hours=48)
OPERATORS = "operators"  # the list of what checks and runs raise
QUIET = timedelta(hours=6)  # a DAG that has not failed for so long is well again
NAMESAKES = 5  # entities that one watch may mean; beyond it the list has to say which
EVIDENCE = 5  # articles shown
AT_ONCE = 50  # alerts in one message
_MATCHES = 20_000  # articles of one watch that are looked at

Said = tuple[str, float, float]  # measure, value, threshold


@dataclass(frozen=True, slots=True)
class Finding:
    """What a watch found about one subject: counts of one day or of its hours, and the articles, newest first."""

    subject: str
    values: Mapping[str, float]  # articles, texts, stories, and what else the kind has
    day: date | None = None
    entity_id: int | None = None
    source_id: str | None = None
    coverage: float | None = None
    basis: str | None = None
    articles: tuple[int, ...] = ()

    def strength(self, watch: Watch) -> tuple[float, Said]:
        """How much of the thresholds is reached, by the one that lacks most: 1 and more is all of them."""
        shares = [
            (self.values.get(measure, 0.0) / threshold, (measure, self.values.get(measure, 0.0), threshold))
            for measure, threshold in watch.thresholds
        ]
        return min(shares)


@dataclass(frozen=True, slots=True)
class Alert:
    """One that is to be told, with what a message says of it."""

    alert_id: str
    list: str
    rule: str
    kind: str
    name_ar: str
    name_en: str | None
    day: date | None
    measure: str
    value: float
    threshold: float
    articles: int | None
    texts: int | None
    stories: int | None
    expected: float | None
    coverage: float | None
    basis: str | None
    details: str | None
    raised_at: datetime
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """An article that shows it."""

    url: str
    title: str | None
    source_ar: str


def look(dsn: str, watches: Sequence[Watch], now: datetime | None = None) -> Json:
    """Hold the warehouse against the watches: raise what is new, end what is over, in one transaction.

    Returns {raised, ended, standing: counts, problems: lines}. Watches are looked at one at a time (advisory lock);
    what stood under a watch that is no more ends. A name that nobody in the warehouse bears is no problem: it may
    come.
    """
    at = now or datetime.now(timezone.utc)
    problems: list[str] = []
    raised = ended = 0
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.alerts'))")
        watches = list(_without_erased(cursor, watches, problems))
        _keep(cursor, watches)
        for watch in watches:
            try:
                findings = _found(cursor, watch, at)
            except AmbiguousError as error:
                problems.append(str(error))
                continue
            new, over = _settle(cursor, watch, findings, at)
            raised, ended = raised + new, ended + over
        cursor.execute(
            "UPDATE news.alert a SET ended_at = %(now)s WHERE ended_at IS NULL AND list <> %(operators)s "
            "AND NOT EXISTS (SELECT FROM news.watch w WHERE (w.list, w.rule) = (a.list, a.rule))",
            {"now": at, "operators": OPERATORS},
        )
        ended += cursor.rowcount
        cursor.execute(
            "UPDATE news.alert SET ended_at = seen_at WHERE ended_at IS NULL AND kind = 'run' AND seen_at < %s",
            (at - QUIET,),
        )
        cursor.execute("SELECT count(*) FROM news.alert WHERE ended_at IS NULL AND list <> %s", (OPERATORS,))
        (standing,) = cursor.fetchone() or (0,)
    return {"raised": raised, "ended": ended, "standing": standing, "problems": problems}


def report(
    dsn: str, kind: str, rule: str, found: Mapping[str, str], told: Sequence[str], *, words: str, count: int = 1
) -> list[str]:
    """For operators: `found`, subject (a source's id, or '') to lines, is all that is wrong with a check or run now.

    Raises what does not stand yet, and ends what is well again, but for runs, which end when they have not failed
    for QUIET. That a check ran is kept, also where it found nothing. Returns the subjects that are new.
    """
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.alerts'))")
        now = datetime.now(timezone.utc)
        if kind == "check":
            cursor.execute(
                "UPDATE news.alert SET ended_at = %s WHERE (list, rule) = (%s, %s) AND ended_at IS NULL "
                "AND subject <> ALL (%s)",
                (now, OPERATORS, rule, list(found)),
            )
            cursor.execute(
                "INSERT INTO news.check_run (name, ran_at, faults) VALUES (%s, %s, %s) "
                "ON CONFLICT (name) DO UPDATE SET (ran_at, faults) = (excluded.ran_at, excluded.faults)",
                (rule, now, count),
            )
        else:
            cursor.execute(
                "UPDATE news.alert SET ended_at = seen_at WHERE (list, rule) = (%s, %s) AND ended_at IS NULL "
                "AND seen_at < %s",
                (OPERATORS, rule, now - QUIET),
            )
        new = []
        for subject, details in sorted(found.items()):
            cursor.execute(
                "UPDATE news.alert SET seen_at = %s, details = %s "
                "WHERE (list, rule, subject) = (%s, %s, %s) AND ended_at IS NULL",
                (now, details[:8000], OPERATORS, rule, subject),
            )
            if cursor.rowcount:
                continue
            row = {
                "list": OPERATORS, "rule": rule, "kind": kind, "subject": subject, "words": words,
                "source_id": subject or None, "measure": "faults", "value": count, "threshold": 1,
                "details": details[:8000], "raised_at": now, "seen_at": now,
            }  # fmt: skip
            _raise(cursor, row, told)
            new.append(subject)
    return new


def unkept(kind: str, rule: str, words: str, details: str) -> Alert:
    """One for operators that the warehouse cannot keep, because it does not answer."""
    now = datetime.now(timezone.utc)
    return Alert(
        alert_id=str(uuid.uuid4()), list=OPERATORS, rule=rule, kind=kind, name_ar=words, name_en=None, day=None,
        measure="faults", value=1, threshold=1, articles=None, texts=None, stories=None, expected=None, coverage=None,
        basis=None, details=details, raised_at=now,
    )  # fmt: skip


@contextlib.contextmanager
def untold(dsn: str, address: str, among: Sequence[str] = ()) -> Iterator[list[Alert]]:
    """The alerts that `address` has not been told, oldest first, at most AT_ONCE (`among`: only of these lists).

    They count as told when the block ends well. If it raises, its words are kept beside each, and they are handed out
    again. Meanwhile nobody else gets them; what is older than 48 hours is told to nobody.
    """
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.alert_id FROM news.alert_delivery d JOIN news.alert a USING (alert_id)
            WHERE d.address = %s AND d.sent_at IS NULL AND a.raised_at > now() - %s AND (%s = '{}' OR a.list = ANY (%s))
            ORDER BY a.raised_at, d.alert_id LIMIT %s FOR UPDATE OF d SKIP LOCKED
            """,
            (address, RECENT, list(among), list(among), AT_ONCE),
        )
        ids = [row[0] for row in cursor.fetchall()]

        def note(problem: str | None) -> None:
            cursor.execute(
                "UPDATE news.alert_delivery SET attempts = attempts + 1, problem = %s, "
                "sent_at = CASE WHEN %s::text IS NULL THEN clock_timestamp() END "
                "WHERE address = %s AND alert_id = ANY (%s::uuid[])",
                (problem, problem, address, ids),
            )
            link.commit()

        try:
            yield _alerts(cursor, ids)
        except Exception as error:
            note(" ".join(f"{type(error).__name__}: {error}".split())[:300])
            raise
        note(None)


def addresses(dsn: str) -> list[str]:
    """Who is still to be told of something, sorted."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT address FROM news.alert_delivery JOIN news.alert USING (alert_id) "
            "WHERE sent_at IS NULL AND raised_at > now() - %s ORDER BY address",
            (RECENT,),
        )
        return [row[0] for row in cursor.fetchall()]


def _alerts(cursor: Cursor, ids: Sequence[str]) -> list[Alert]:
    cursor.execute(
        """
        SELECT a.alert_id::text, a.list, a.rule, a.kind, m.name_ar, m.name_en, a.day, a.measure, a.value, a.threshold,
               a.articles, a.texts, a.stories, a.expected, a.coverage, a.basis, a.details, a.raised_at
        FROM news.alert a JOIN mart.alerts m USING (alert_id) WHERE a.alert_id = ANY (%s::uuid[])
        ORDER BY a.raised_at, a.alert_id
        """,
        (list(ids),),
    )
    rows = cursor.fetchall()
    cursor.execute(
        """
        SELECT a.alert_id::text, p.url, v.title, s.name_ar
        FROM news.alert a CROSS JOIN unnest(a.evidence) WITH ORDINALITY AS i (article_id, place)
        JOIN news.article p USING (article_id) JOIN news.source s ON s.source_id = p.source_id
        LEFT JOIN news.article_version v ON v.version_id = p.current_version AND v.day = p.day
        WHERE a.alert_id = ANY (%s::uuid[]) ORDER BY a.alert_id, i.place
        """,
        (list(ids),),
    )
    shown: dict[str, list[Evidence]] = {}
    for alert_id, *what in cursor.fetchall():
        shown.setdefault(alert_id, []).append(Evidence(*what))
    return [replace(Alert(*row), evidence=tuple(shown.get(row[0], ()))) for row in rows]


def _without_erased(cursor: Cursor, watches: Iterable[Watch], problems: list[str]) -> Iterator[Watch]:
    """A list names whom it watches, and what is kept of it would: who was erased is left out, and the list told."""
    erased = persons.known(cursor)
    for watch in watches:
        if erased and any(erased.entity("PER", name) or erased.holds(name) for name in (watch.words, watch.rule)):
            problems.append(f"{watch.list}: one of its watches names a person who was erased; take it out of the file")
        else:
            yield watch


def _keep(cursor: Cursor, watches: Iterable[Watch]) -> None:
    cursor.execute("DELETE FROM news.watch")
    execute_values(
        cursor,
        "INSERT INTO news.watch (list, rule, kind, words, type, per, thresholds, rearm, told) VALUES %s",
        [
            (w.list, w.rule, w.kind, w.words, w.type, f"{w.hours} hours" if w.hours else "day",
             JsonParameter(dict(w.thresholds)), w.rearm, list(w.told))
            for w in watches
        ],
    )  # fmt: skip


def _settle(cursor: Cursor, watch: Watch, findings: Sequence[Finding], now: datetime) -> tuple[int, int]:
    """Raise and end what these findings say; returns how many of each."""
    best: dict[str, tuple[float, Said, Finding]] = {}
    for finding in findings:
        strength, said = finding.strength(watch)
        if finding.subject not in best or strength > best[finding.subject][0]:
            best[finding.subject] = (strength, said, finding)
    cursor.execute(
        "SELECT subject FROM news.alert WHERE (list, rule) = (%s, %s) AND ended_at IS NULL", (watch.list, watch.rule)
    )
    standing = {subject for (subject,) in cursor.fetchall()}
    high = {subject for subject, (strength, *_) in best.items() if strength >= 1}
    over = {subject for subject in standing if subject not in best or best[subject][0] < watch.rearm}
    cursor.execute(
        "UPDATE news.alert SET seen_at = %s WHERE (list, rule) = (%s, %s) AND ended_at IS NULL AND subject = ANY (%s)",
        (now, watch.list, watch.rule, sorted(standing & high)),
    )
    cursor.execute(
        "UPDATE news.alert SET ended_at = %s WHERE (list, rule) = (%s, %s) AND ended_at IS NULL AND subject = ANY (%s)",
        (now, watch.list, watch.rule, sorted(over)),
    )
    for subject in sorted(high - standing):
        _, (measure, value, threshold), finding = best[subject]
        counts = {name: finding.values.get(name) for name in ("articles", "texts", "stories", "expected", "score")}
        row = {
            "list": watch.list, "rule": watch.rule, "kind": watch.kind, "subject": subject, "words": watch.words,
            "entity_id": finding.entity_id, "source_id": finding.source_id,
            "day": None if watch.hours else finding.day, "measure": measure, "value": value, "threshold": threshold,
            **counts, "coverage": finding.coverage, "basis": finding.basis,
            "evidence": list(finding.articles[:EVIDENCE]), "raised_at": now, "seen_at": now,
        }  # fmt: skip
        _raise(cursor, row, watch.told)
    return len(high - standing), len(over)


def _raise(cursor: Cursor, row: Json, told: Sequence[str]) -> None:
    names = ", ".join(row)
    cursor.execute(
        f"INSERT INTO news.alert ({names}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING alert_id",
        list(row.values()),
    )
    (alert_id,) = cursor.fetchone() or ("",)
    execute_values(
        cursor,
        "INSERT INTO news.alert_delivery (alert_id, address) VALUES %s",
        [(alert_id, address) for address in dict.fromkeys(told)],
    )


# What each kind of watch looks at: facts of current versions, as (subject, article …).


class AmbiguousError(ValueError):
    """A watch's name has too many bearers; the message says so, and the way out."""


# Of facts that fit, their articles: published and first read since `oldest`. Where the page gives no time of
# publication, the moment is that of the first reading.
_ARTICLES = """
SELECT {subject}, a.article_id, a.day, a.text_key, a.story_id, coalesce(v.published_at, a.first_seen_at) AS moment,
       max(greatest(f.value, f.value_max)) AS value
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id AND a.day = f.day
JOIN news.article_version v ON v.version_id = f.version_id AND v.day = f.day
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day BETWEEN %(first_day)s AND %(last_day)s AND v.day BETWEEN %(first_day)s AND %(last_day)s
  AND a.first_seen_at > %(oldest)s AND coalesce(v.published_at, a.first_seen_at) BETWEEN %(oldest)s AND %(ahead)s
  AND {fits}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY moment DESC, a.article_id LIMIT {most}
"""
_FITS = {
    "entity": "f.kind = 'entity' AND f.entity_id = ANY (%(ids)s)",
    "speaker": "f.kind IN ('quote', 'indirect_quote') AND f.entity_id = ANY (%(ids)s)",
    "topic": "f.kind = 'topic' AND (f.label = %(words)s OR f.details ->> 'label' = %(words)s)",
    # Less than so many dead is no toll of so many.
    "toll": "f.kind = 'quantity' AND f.role = %(words)s AND f.comparator NOT IN ('<', '<=')",
}
_AT_PLACE = (
    " AND EXISTS (SELECT FROM news.fact n WHERE n.version_id = f.version_id AND n.day = f.day"
    " AND n.kind = 'entity' AND n.entity_id = ANY (%(ids)s))"
)
# A phrase's words in their order, folded as mart.search folds them, with clitics before the first. By their index,
# which knows the month as a lexeme, and not by that on the day, which would have the words of each article read.
_PHRASE = """
WITH wanted AS (
    SELECT (string_agg('(' || (
               SELECT string_agg(quote_literal(form), ' | ')
               FROM unnest(CASE WHEN place = 1 THEN news.word_forms(left(term, 60)) ELSE ARRAY[left(term, 60)] END) form
           ) || ')', ' <-> ' ORDER BY place)
           || format(' & (%%L | %%L)', to_char(%(first_day)s::date, '"m:"YYYY-MM'),
                     to_char(%(last_day)s::date, '"m:"YYYY-MM')))::tsquery AS query
    FROM unnest(news.words(news.fold(%(words)s))) WITH ORDINALITY t (term, place)
)
SELECT '' AS subject, a.article_id, a.day, a.text_key, a.story_id, coalesce(v.published_at, a.first_seen_at) AS moment,
       NULL::float8 AS value
FROM news.article_words w
JOIN news.article a ON a.article_id = w.article_id AND a.current_version = w.version_id
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE w.words @@ (SELECT query FROM wanted) AND w.day + 0 BETWEEN %(first_day)s AND %(last_day)s
  AND v.day BETWEEN %(first_day)s AND %(last_day)s
  AND a.first_seen_at > %(oldest)s AND coalesce(v.published_at, a.first_seen_at) BETWEEN %(oldest)s AND %(ahead)s
ORDER BY moment DESC, a.article_id LIMIT {most}
"""


def _found(cursor: Cursor, watch: Watch, now: datetime) -> list[Finding]:
    if watch.kind == "source":
        return _silence(cursor, watch, now)
    oldest = now - RECENT
    parameters: Json = {
        "words": watch.words,
        "oldest": oldest,
        "ahead": now + timedelta(hours=1),
        "first_day": (oldest - timedelta(hours=14)).date(),  # the publisher's day, wherever it is
        "last_day": (now + timedelta(hours=14)).date(),
    }
    name = watch.place if watch.kind == "toll" else watch.words if watch.kind in ("entity", "speaker") else None
    if name:
        parameters["ids"] = _members(cursor, watch, name)
        if not parameters["ids"]:
            return []
    if watch.kind == "phrase":
        query = _PHRASE.format(most=_MATCHES)
    else:
        subject = "coalesce(r.root_id, f.entity_id)::text" if watch.kind in ("entity", "speaker") else "''"
        fits = _FITS[watch.kind] + (_AT_PLACE if watch.place else "")
        query = _ARTICLES.format(subject=subject, fits=fits, most=_MATCHES)
    cursor.execute(query, parameters)
    return _counted(cursor, watch, now, cursor.fetchall())


_Match = tuple[str, int, date, int, "int | None", datetime, "float | None"]


def _counted(cursor: Cursor, watch: Watch, now: datetime, rows: Sequence[_Match]) -> list[Finding]:
    """The matches as findings: one a subject and day, or one a subject where hours are counted."""
    groups: dict[tuple[str, date | None], list[_Match]] = {}
    for row in rows:
        if watch.hours is None:
            groups.setdefault((row[0], row[2]), []).append(row)
        elif row[5] > now - timedelta(hours=watch.hours):
            groups.setdefault((row[0], None), []).append(row)
    findings = []
    for (subject, day), found in groups.items():
        entity = int(subject) if subject else None
        values: dict[str, float] = {}
        if watch.kind == "toll":
            # What states a toll is what counts, not the articles with smaller ones.
            values["value"] = max(row[6] or 0.0 for row in found)
            found = [row for row in found if (row[6] or 0.0) >= dict(watch.thresholds).get("value", 0.0)]
        values["articles"] = len(found)
        values["texts"] = len({row[3] for row in found})
        values["stories"] = len({row[4] or row[1] for row in found})
        trend: Json = {}
        if watch.kind in _TRENDS and day is not None:
            trend = _trend(cursor, watch, entity, day)
            values |= {name: trend[name] for name in ("expected", "score") if trend.get(name) is not None}
            if values.get("expected"):
                # What is expected of a phrase are articles of which it is a key phrase, not all that have its words.
                values["ratio"] = (trend["articles"] if entity is None else values["articles"]) / values["expected"]
        findings.append(
            Finding(
                subject=subject or watch.words,
                values=values,
                day=day,
                entity_id=entity,
                coverage=trend.get("coverage"),
                basis=trend.get("basis"),
                articles=tuple(row[1] for row in found),
            )
        )
    return findings


# Where the trends of each kind stand, and which of them is meant.
_TRENDS = {
    "entity": "mart.trending_entities t WHERE day = %(day)s AND entity_id = %(entity)s",
    "phrase": "mart.trending_phrases t WHERE day = %(day)s "
    "AND (phrase_key = %(stems)s OR news.fold(phrase) = news.fold(%(words)s)) "
    "ORDER BY phrase_key <> %(stems)s, articles DESC",
    "topic": "mart.trending_topics t WHERE day = %(day)s AND %(words)s IN (topic, topic_ar)",
}


def _trend(cursor: Cursor, watch: Watch, entity: int | None, day: date) -> Json:
    stems = " ".join(stem(token.key) for token in tokenize(watch.words) if token.kind != "mark")
    cursor.execute(
        f"SELECT to_json(t)::text::json FROM {_TRENDS[watch.kind]} LIMIT 1",
        {"day": day, "entity": entity, "stems": stems, "words": watch.words},
    )
    row = cursor.fetchone()
    return dict(row[0]) if row else {}


def _members(cursor: Cursor, watch: Watch, name: str) -> list[int]:
    """The ids of all that stand for the entities of this name, id or alias. Raises AmbiguousError for too many."""
    cursor.execute(
        """
        WITH named AS (
            SELECT entity_id FROM news.entity WHERE key = %(key)s AND (%(type)s IS NULL OR type = %(type)s)
            UNION
            SELECT entity_id FROM news.entity WHERE entity_id::text = %(name)s
        ), found AS (
            SELECT entity_id FROM named
            UNION
            SELECT a.entity_id FROM news.entity_alias a JOIN news.entity e USING (entity_id)
            WHERE a.alias = %(name)s AND (%(type)s IS NULL OR e.type = %(type)s) AND NOT EXISTS (SELECT FROM named)
        )
        SELECT DISTINCT coalesce(r.root_id, f.entity_id) FROM found f LEFT JOIN news.entity_root r USING (entity_id)
        """,
        {"key": entity_key(name), "name": name, "type": watch.type},
    )
    roots = [row[0] for row in cursor.fetchall()]
    if len(roots) > NAMESAKES:
        raise AmbiguousError(
            f"{watch.list}, {watch.rule}: {len(roots)} entities are called {name!r}; give a fuller name, a type, "
            "or an entity_id of mart.entities"
        )
    cursor.execute("SELECT entity_id FROM news.entity_root WHERE root_id = ANY (%s)", (roots,))
    return sorted({*roots, *(row[0] for row in cursor.fetchall())})


def _silence(cursor: Cursor, watch: Watch, now: datetime) -> list[Finding]:
    """How long a source has brought nothing. While nobody is asked at all, the silence is ours: then it is unknown."""
    cursor.execute(
        "SELECT s.source_id, extract(epoch FROM %(now)s - (SELECT max(first_seen_at) FROM news.article a "
        "WHERE a.source_id = s.source_id AND a.first_seen_at > %(now)s - interval '29 days'))::float8 / 3600 "
        "FROM news.source s WHERE s.source_id = %(words)s AND s.enabled "
        "AND EXISTS (SELECT FROM news.feed WHERE polled_at > %(now)s - interval '2 hours')",
        {"now": now, "words": watch.words},
    )
    return [
        Finding(subject=source, values={"silent": 29 * 24.0 if hours is None else hours}, source_id=source)
        for source, hours in cursor.fetchall()
    ]
