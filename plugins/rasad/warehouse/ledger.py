"""The ledger and its neighbours: who is due, what was discovered, who may ask a host next.

Each function is one short transaction on an autocommit connection, so that a task killed anywhere leaves rows
that another run can go on from.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json as JsonParameter
from psycopg2.extras import execute_values

from rasad.model import Feed, Json, Link, Source
from rasad.warehouse.load import TRIES, UNSTORABLE, page_id

# From one poll of a feed to the next. The schedule's 10 minutes are the real floor: the least is under them, so that
# each scheduled run finds a lively feed due.
POLL_LEAST = timedelta(minutes=5)
POLL_MOST = timedelta(hours=6)
QUIET = 1.25  # a poll without news stretches it: a silence is noticed to be over within about a quarter of its length
LIVELY = 0.5  # one with news shortens it; one whose list is more than half new goes to the least: items may be lost
# What a failure weighs, as fetchers of feeds in the field have it. Definite answers: 1. No answer at all: ½. A server
# that fails or asks for patience: ¼. Each weight of 1 doubles the time to the next poll.
WEIGHTS = {"dns": 0.5, "connection": 0.5, "tls": 0.5, "timeout": 0.5, "rate_limited": 0.25, "server_error": 0.25}
NO_ANSWER = frozenset(("dns", "connection", "tls", "timeout"))  # what our own network may be to blame for
DEAD = 30.0  # from this weight on a feed is asked once a week, and no less: dead feeds return
PROBE = timedelta(days=7)
LEASE = timedelta(hours=1)  # a page fetched and not loaded within it is due again


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page to look at, with what makes a conditional request of it."""

    url: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    published_hint: datetime | None


@dataclass(frozen=True, slots=True)
class FeedState:
    etag: str | None
    last_modified: str | None
    body_hash: str | None


def storable(text: str | None) -> str | None:
    """What a server said, without what Postgres refuses (NUL, lone surrogates)."""
    return text and UNSTORABLE.sub("\ufffd", text)


def sync_sources(link: Connection, sources: Iterable[Source]) -> None:
    """Write what the YAMLs say into `news.source` and `news.feed`; a feed that left its YAML is forgotten."""
    rows = sorted(sources, key=lambda s: s.id)
    with link.cursor() as cursor:
        for s in rows:
            cursor.execute(
                """
                INSERT INTO news.source AS o VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (source_id) DO UPDATE SET
                    name_ar = excluded.name_ar, name_en = excluded.name_en, country = excluded.country,
                    timezone = excluded.timezone, homepage = excluded.homepage, rights = excluded.rights,
                    enabled = excluded.enabled, reason = excluded.reason
                WHERE o IS DISTINCT FROM excluded
                """,
                (s.id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage, s.rights, s.enabled, s.reason),
            )
            urls = [feed.url for feed in s.feeds]
            for url in urls:
                cursor.execute(
                    "INSERT INTO news.feed AS f (url, source_id) VALUES (%s, %s) "
                    "ON CONFLICT (url) DO UPDATE SET source_id = excluded.source_id "
                    "WHERE f.source_id <> excluded.source_id",
                    (url, s.id),
                )
            cursor.execute(
                "DELETE FROM news.feed WHERE source_id = %s AND coalesce(parent, url) <> ALL (%s)", (s.id, urls)
            )


def retire_sources(link: Connection, known: Iterable[str]) -> None:
    """Sources that stand in the warehouse and in no YAML any more are not polled, and say so."""
    ids = sorted(known)
    with link.cursor() as cursor:
        cursor.execute(
            "UPDATE news.source SET enabled = false, reason = 'its YAML is gone' "
            "WHERE enabled AND source_id <> ALL (%s)",
            (ids,),
        )
        cursor.execute("DELETE FROM news.feed WHERE source_id <> ALL (%s)", (ids,))


def due_sources(link: Connection, among: Sequence[str], everything: bool = False) -> list[str]:
    """Those of `among` with a feed to poll or a page to look at, that which is due longest first; with `everything`
    the others as well. Equals come in id order."""
    with link.cursor() as cursor:
        cursor.execute(
            """
            SELECT source_id FROM unnest(%s::text[]) source_id, LATERAL (
                SELECT least(
                    (SELECT min(next_poll_at) FROM news.feed f
                     WHERE f.source_id = source_id.source_id AND parent IS NULL),
                    (SELECT min(next_look_at) FROM news.page p WHERE p.source_id = source_id.source_id)
                ) AS since
            ) due
            WHERE since <= now() OR %s
            ORDER BY since NULLS LAST, source_id
            """,
            (list(among), everything),
        )
        return [row[0] for row in cursor.fetchall()]


def plan_run(link: Connection, run: str, sources: Sequence[str]) -> None:
    """Note that a run is planned and what it sets out to do; planned again, what it has not done is planned anew."""
    with link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.run (run_id, planned_at) VALUES (%s, clock_timestamp()) "
            "ON CONFLICT (run_id) DO UPDATE SET planned_at = excluded.planned_at",
            (run,),
        )
        cursor.execute(
            "DELETE FROM news.run_source WHERE run_id = %s AND finished_at IS NULL AND source_id <> ALL (%s)",
            (run, list(sources)),
        )
        for source_id in sources:
            cursor.execute(
                "INSERT INTO news.run_source (run_id, source_id, planned_at) VALUES (%s, %s, clock_timestamp()) "
                "ON CONFLICT (run_id, source_id) DO UPDATE SET finished_at = NULL",
                (run, source_id),
            )


def finish_run(link: Connection, run: str, source_id: str, stages: Json) -> None:
    """Note that a run is through with a source, and how long each stage took."""
    with link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.run_source (run_id, source_id, planned_at, finished_at, stages) "
            "VALUES (%(run)s, %(source)s, clock_timestamp(), clock_timestamp(), %(stages)s) "
            "ON CONFLICT (run_id, source_id) DO UPDATE "
            "SET finished_at = excluded.finished_at, stages = news.run_source.stages || excluded.stages",
            {"run": run, "source": source_id, "stages": JsonParameter(stages)},
        )


def feed_state(link: Connection, url: str) -> FeedState:
    with link.cursor() as cursor:
        cursor.execute("SELECT etag, last_modified, body_hash FROM news.feed WHERE url = %s", (url,))
        row = cursor.fetchone()
    return FeedState(*row) if row else FeedState(None, None, None)


def due_feeds(link: Connection, source: Source, everything: bool, run: str | None = None) -> tuple[Feed, ...]:
    """The source's feeds whose time has come, or all of them, and those that gave this run no answer when it tried
    before; those that waited longest first."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT url FROM news.feed WHERE source_id = %s AND parent IS NULL "
            "AND (next_poll_at <= now() OR %s OR no_answer AND polled_run = %s) ORDER BY polled_at NULLS FIRST, url",
            (source.id, everything, run),
        )
        due = [row[0] for row in cursor.fetchall()]
    feeds = {feed.url: feed for feed in source.feeds}
    return tuple(feeds[url] for url in due if url in feeds)


def nest(link: Connection, url: str, source_id: str, parent: str) -> None:
    """A sitemap that another one lists has a state and a pace of its own; it is asked only when that one is."""
    with link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.feed (url, source_id, parent) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (url, source_id, parent),
        )


def resting(link: Connection, urls: Sequence[str]) -> dict[str, datetime]:
    """Those of these feeds whose next poll is still to come, and when each was polled last."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT url, polled_at FROM news.feed WHERE url = ANY (%s) AND next_poll_at > clock_timestamp() "
            "AND polled_at IS NOT NULL",
            (list(urls),),
        )
        return dict(cursor.fetchall())


# After a failure: what it costs counts from the weight before it.
_WAIT = """CASE WHEN failure_weight + %(weight)s >= %(dead)s THEN %(probe)s
    ELSE least(poll_every * power(2, least(failure_weight, 10)), %(most)s) END"""
_BOUNDS: Json = {"dead": DEAD, "probe": PROBE, "most": POLL_MOST, "least": POLL_LEAST}


def polled(
    link: Connection,
    url: str,
    state: FeedState,
    listed: int | None,
    problem: str | None,
    *,
    reason: str | None = None,
    run: str | None = None,
) -> None:
    """A feed was asked: `listed` items (None: unchanged), or a problem; failures stretch the time to the next poll.

    `reason` is the FetchError's word, which decides what the failure weighs. Within a `run`, that no answer came
    weighs nothing before `judge` has seen whether others answered.
    """
    no_answer = run is not None and reason in NO_ANSWER
    with link.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE news.feed SET
                etag = %(etag)s, last_modified = %(modified)s, body_hash = %(hash)s, polled_at = clock_timestamp(),
                problem = %(problem)s, listed = coalesce(%(listed)s, listed),
                polled_run = %(run)s, no_answer = %(no_answer)s,
                failures = CASE WHEN %(problem)s IS NULL THEN 0 ELSE failures + 1 END,
                failure_weight = CASE WHEN %(problem)s IS NULL THEN 0 ELSE failure_weight + %(weight)s END,
                next_poll_at = clock_timestamp() + CASE WHEN %(problem)s IS NULL THEN poll_every ELSE {_WAIT} END
            WHERE url = %(url)s
            """,
            {
                **_BOUNDS,
                "etag": storable(state.etag),
                "modified": storable(state.last_modified),
                "hash": state.body_hash,
                "problem": storable(problem and problem[:500]),
                "listed": listed,
                "url": url,
                "run": run,
                "no_answer": no_answer,
                "weight": 0.0 if no_answer else WEIGHTS.get(reason or "", 1.0),
            },
        )
        cursor.execute(_SEES_AGAIN if problem is None else _SEES_NOTHING, {"url": url})


# Of the feeds that a source's file names, each was asked, and none answered.
_SEES_NOTHING = """
INSERT INTO news.source_blind (source_id, since)
SELECT f.source_id, clock_timestamp() FROM news.feed f
WHERE f.url = %(url)s AND f.parent IS NULL AND NOT EXISTS (
    SELECT FROM news.feed o
    WHERE o.source_id = f.source_id AND o.parent IS NULL AND o.polled_at IS NOT NULL AND o.problem IS NULL)
ON CONFLICT DO NOTHING
"""
# The days are measured anew: what was silence is unknown now.
_SEES_AGAIN = """
WITH seen AS (
    UPDATE news.source_blind SET until = clock_timestamp()
    WHERE until IS NULL AND source_id = (SELECT source_id FROM news.feed WHERE url = %(url)s)
    RETURNING source_id, since, until
)
INSERT INTO news.dirty_day
SELECT day::date, 'polls of ' || source_id
FROM seen, generate_series(since::date, until::date, interval '1 day') day
WHERE until - since > interval '2 hours'
ON CONFLICT DO NOTHING
"""


def paced(link: Connection, url: str, listed: int, new: int) -> None:
    """A feed answered and, with the sitemaps that it nests, listed so many articles of which so many were new:
    the time to its next poll follows."""
    factor = QUIET if new == 0 else 0.0 if 2 * new > listed else LIVELY
    with link.cursor() as cursor:
        cursor.execute(
            """
            WITH pace AS (
                SELECT url, greatest(%(least)s, least(%(most)s, poll_every * %(factor)s)) AS every
                FROM news.feed WHERE url = %(url)s AND problem IS NULL
            )
            UPDATE news.feed f SET poll_every = every, next_poll_at = polled_at + every FROM pace
            WHERE f.url = pace.url
            """,
            {**_BOUNDS, "factor": factor, "url": url},
        )


def judge(link: Connection, run: str) -> list[str]:
    """Decide about the feeds that gave this run no answer: the hosts, if it was our own network, else none.

    When feeds of two sources and hosts or more were asked and none of them answered, no failure is counted and they
    are due at once. Else those that did not answer are counted as failed. Judged again, it says the same.
    """
    with link.cursor() as cursor:
        cursor.execute("SELECT url, source_id, no_answer FROM news.feed WHERE polled_run = %s", (run,))
        asked = cursor.fetchall()
        hosts = sorted({urlsplit(url).netloc for url, _, _ in asked})
        if len(hosts) > 1 and len({source for _, source, _ in asked}) > 1 and all(silent for *_, silent in asked):
            cursor.execute("UPDATE news.feed SET next_poll_at = clock_timestamp() WHERE polled_run = %s", (run,))
            return hosts
        cursor.execute(
            f"""
            UPDATE news.feed SET no_answer = false, failure_weight = failure_weight + %(weight)s,
                next_poll_at = polled_at + {_WAIT}
            WHERE polled_run = %(run)s AND no_answer
            """,
            {**_BOUNDS, "run": run, "weight": WEIGHTS["connection"]},
        )
    return []


def discovered(link: Connection, links: Sequence[Link]) -> int:
    """Enter addresses into the ledger; those that stand already stay as they are. Returns how many were new."""
    rows = sorted({link.url: link for link in links}.values(), key=lambda found: page_id(found.url))
    if not rows:
        return 0
    with link.cursor() as cursor:
        new = execute_values(
            cursor,
            """
            INSERT INTO news.page (page_id, url, source_id, feed_url, published_hint, discovered_at, next_look_at)
            SELECT v.*, clock_timestamp(), clock_timestamp()
            FROM (VALUES %s) v (page_id, url, source_id, feed_url, published_hint)
            ON CONFLICT DO NOTHING RETURNING 1
            """,
            [(page_id(r.url), r.url, r.source_id, r.feed_url, r.published_at) for r in rows],
            template="(%s, %s, %s, %s, %s::timestamptz)",
            fetch=True,
        )
    return len(new)


def claim_pages(link: Connection, source_id: str, run: str, limit: int) -> list[DuePage]:
    """Up to `limit` due pages, newest first, leased to this run: a retry of the run gets them again at once,
    any other run only after an hour.

    An attempt counts from here and until the page is settled. Pages that were taken up again and again and never
    settled may be what kills their reader: after three such attempts they go alone, after `TRIES` they are done with.
    """
    with link.cursor() as cursor:
        cursor.execute(
            """
            UPDATE news.page SET outcome = CASE WHEN article_id IS NULL THEN 'failed' ELSE outcome END,
                next_look_at = NULL, claimed_by = NULL, settled_at = clock_timestamp(),
                reason = 'taken up ' || attempts || ' times and never done with: it may stop whatever reads it'
            WHERE source_id = %s AND next_look_at <= clock_timestamp() AND claimed_by IS NOT NULL AND attempts >= %s
            """,
            (source_id, TRIES),
        )
        cursor.execute(
            """
            WITH due AS MATERIALIZED (
                SELECT page_id, claimed_by IS NOT NULL AND claimed_by <> %(run)s AND attempts >= 3 AS suspect
                FROM news.page
                WHERE source_id = %(source)s AND next_look_at IS NOT NULL
                  AND (next_look_at <= clock_timestamp() OR claimed_by = %(run)s)
            ), company AS (
                SELECT count(*) FILTER (WHERE NOT suspect) > 0 AS good FROM due
            ), chosen AS (
                SELECT p.page_id FROM news.page p JOIN due USING (page_id) CROSS JOIN company
                WHERE suspect <> good AND (p.next_look_at <= clock_timestamp() OR p.claimed_by = %(run)s)
                ORDER BY p.published_hint DESC NULLS LAST, p.discovered_at DESC, p.page_id
                LIMIT (SELECT CASE WHEN good THEN %(limit)s ELSE 1 END FROM company)
                FOR UPDATE OF p SKIP LOCKED
            )
            UPDATE news.page p SET claimed_by = %(run)s, attempts = attempts + 1,
                next_look_at = clock_timestamp() + %(lease)s
            FROM chosen WHERE p.page_id = chosen.page_id
            RETURNING p.url, p.etag, p.last_modified, p.body_hash, p.published_hint
            """,
            {"run": run, "source": source_id, "limit": limit, "lease": LEASE},
        )
        pages = [DuePage(*row) for row in cursor.fetchall()]
    return sorted(pages, key=lambda p: (p.published_hint is None, -(p.published_hint or _NEVER).timestamp(), p.url))


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def unclaim(link: Connection, urls: Sequence[str]) -> None:
    """Give back pages that the time budget did not reach: they are due at once, the attempt does not count."""
    with link.cursor() as cursor:
        cursor.execute(
            "UPDATE news.page SET claimed_by = NULL, attempts = greatest(attempts - 1, 0), "
            "next_look_at = clock_timestamp() WHERE page_id = ANY (%s)",
            ([page_id(url) for url in urls],),
        )


def fetched(link: Connection, rows: Sequence[tuple[str, str, int, datetime]]) -> None:
    """After a WARC is durable: (url, file, offset, fetched at) of its pages.

    What makes the next request conditional is not noted before the page is loaded: a page lost on the way there
    must be answered in full again.
    """
    with link.cursor() as cursor:
        execute_values(
            cursor,
            """
            UPDATE news.page p SET file = v.file, file_offset = v.place, fetched_at = v.fetched_at
            FROM (VALUES %s) v (page_id, file, place, fetched_at)
            WHERE p.page_id = v.page_id
            """,
            [(page_id(url), file, place, at) for url, file, place, at in rows],
            template="(%s::bigint, %s, %s::bigint, %s::timestamptz)",
        )


ROBOTS_AGE = timedelta(hours=24)  # RFC 9309, 2.4: no longer than 24 hours


def robots(link: Connection, host: str) -> tuple[int, str] | None:
    """Status and text of the host's robots.txt if it was read within a day."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT robots_status, robots_text FROM news.host WHERE host = %s AND robots_fetched_at > now() - %s",
            (host, ROBOTS_AGE),
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def keep_robots(link: Connection, host: str, status: int, text: str) -> None:
    with link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.host AS h (host, robots_status, robots_text, robots_fetched_at) "
            "VALUES (%s, %s, %s, clock_timestamp()) ON CONFLICT (host) DO UPDATE SET "
            "robots_status = excluded.robots_status, robots_text = excluded.robots_text, "
            "robots_fetched_at = excluded.robots_fetched_at",
            (host, status, storable(text)),
        )


@dataclass(frozen=True, slots=True)
class HostGate:
    """Politeness across tasks, workers and hand-started runs: a host's turn is claimed by one atomic UPDATE, at the
    moment of the request, so that a claimer that dies or sleeps late leaves no gap and takes none."""

    link: Connection

    def wait(self, host: str, delay: float, deadline: float | None) -> None:
        """Sleep until this caller's turn. `deadline` counts as time.monotonic() does; raises TimeoutError, claiming
        nothing, where the turn would come after it."""
        with self.link.cursor() as cursor:
            cursor.execute("INSERT INTO news.host (host) VALUES (%s) ON CONFLICT DO NOTHING", (host,))
            while True:
                cursor.execute(
                    "UPDATE news.host SET next_request_at = clock_timestamp() + make_interval(secs => %s) "
                    "WHERE host = %s AND next_request_at <= clock_timestamp()",
                    (delay, host),
                )
                if cursor.rowcount:
                    return
                cursor.execute(
                    "SELECT extract(epoch FROM next_request_at - clock_timestamp()) FROM news.host WHERE host = %s",
                    (host,),
                )
                (seconds,) = cursor.fetchone() or (0,)
                if deadline is not None and time.monotonic() + float(seconds) > deadline:
                    raise TimeoutError(
                        f"{host} may be asked again in {float(seconds):.0f} s, and there is not that much time"
                    )
                time.sleep(max(0.001, float(seconds)))

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks this host for so long from now; a longer hold stands."""
        with self.link.cursor() as cursor:
            cursor.execute(
                "INSERT INTO news.host AS h (host, next_request_at) "
                "VALUES (%(host)s, clock_timestamp() + make_interval(secs => %(s)s)) ON CONFLICT (host) DO UPDATE "
                "SET next_request_at = greatest(h.next_request_at, excluded.next_request_at)",
                {"host": host, "s": seconds},
            )


def expire(link: Connection, days: int, batch: int = 5_000) -> int:
    """Remove addresses that were settled `days` ago and never became an article; returns how many.

    `batch` of them a transaction, in the order of their ids, so that one reading of the ledger does. What is an
    article, or another address of one, or was taken down stays for good, since it keeps something from being loaded;
    so does what is due. Their outcomes are counted on in news.outcome_day.
    """
    gone, after = 0, None
    while True:
        with link.cursor() as cursor:
            cursor.execute(
                """
                WITH old AS (
                    SELECT page_id FROM news.page
                    WHERE article_id IS NULL AND next_look_at IS NULL
                      AND outcome NOT IN ('due', 'duplicate', 'taken_down')
                      AND discovered_at < now() - make_interval(days => %(days)s)
                      AND coalesce(settled_at, fetched_at, discovered_at) < now() - make_interval(days => %(days)s)
                      AND (%(after)s::bigint IS NULL OR page_id > %(after)s)
                    ORDER BY page_id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
                ), deleted AS (
                    DELETE FROM news.page p USING old WHERE p.page_id = old.page_id
                    RETURNING p.page_id, (p.discovered_at AT TIME ZONE 'UTC')::date AS day, p.source_id, p.outcome
                ), counted AS (
                    INSERT INTO news.outcome_day AS d (day, source_id, outcome, pages)
                    SELECT day, source_id, outcome, count(*) FROM deleted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                    ON CONFLICT (day, source_id, outcome) DO UPDATE SET pages = d.pages + excluded.pages
                )
                SELECT count(*), max(page_id) FROM deleted
                """,
                {"days": days, "after": after, "batch": batch},
            )
            number, after = cursor.fetchone() or (0, None)
        link.commit()
        gone += int(number)
        if number < batch:
            return gone
