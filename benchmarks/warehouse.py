"""How fast the warehouse loads, measures and answers, and how large it grows, with as many articles as you say.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/warehouse.py --articles N [--facts-per-article 15] [--days 720]
       [--sources 60] [--until DAY] [--json FILE] [--keep FOLDER]

An invented press (benchmarks/press.py) is loaded by the loader that everybody uses, into a Postgres of its own with the
settings of the embedded one, in a temporary folder that is removed afterwards (`--keep`: in FOLDER, which stays; where
the same press stands there already, it is brought to the newest schema and neither loaded nor measured for the first
time again). Then its days are measured, and each question is asked of schema mart.

- Loading: articles per CPU second, of this process and of the whole server together; making the articles is not
  counted, autovacuum and checkpoints are. The first part goes in as a backfill does, 2,000 articles a transaction; the
  last tenth (20,000 at most) as every day, in batches of up to 200 articles of one source; the last of it in batches
  of 20. Transactions are committed to the disk, as ever.
- Measuring: all days once; then the newest day again, as it stands and with one more article of each source, and a day
  two weeks back with a late article of each source (`cold`: the first time, which reads from the disk what it meets
  there; else the median of three more). CPU seconds tell of a busy machine what the clock does not.
- Questions: `cold` is the first time after the server was started anew (its buffers are empty; the system still has
  the files in its cache), `warm` the median of seven more. Rows are fetched. Views that have no question of their own
  are asked for a day, or for their first thousand rows.
- Bursts: those planted that are in the top 20 on one of their days. Outages: names of a silenced source's own, or names
  at all on the days after, that rise to the top 20 though nothing was planted.

Exit status 1 where a target is missed with a million articles or more: with fewer there are none.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ingest import _free_port, server_seconds

from benchmarks import press
from rasad.model import Batch, ReadArticle
from rasad.stages.extract import VERSIONS
from rasad.warehouse import checks, ledger, trends
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.load import entity_id, load
from rasad.warehouse.migrate import migrate

BULK = 2_000  # articles a transaction
EVERYDAY = 200
SMALL = 20
TIMES = 7
TOP = 20
ENOUGH = 1_000_000  # articles from which on targets count
FREQUENT = "الحكومة"  # about one article in three has it


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `target`: what it should be at most, or at least where `more` is better."""

    name: str
    value: float | None
    unit: str
    target: float | None = None
    more: bool = False
    cold: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        if self.value is None:
            return False
        return self.value >= self.target if self.more else self.value <= self.target


class Loader:
    """Loads batches and adds up what that costs."""

    def __init__(self, server: Server, dsn: str, made: press.Plan) -> None:
        self.server = server
        self.dsn = dsn
        self.sources = {source.id: source for source in made.sources}
        self.numbers = itertools.count()

    def run(self, name: str, batches: Iterable[Sequence[ReadArticle]]) -> dict[str, float]:
        client = wall = 0.0
        articles = facts = count = 0
        served = server_seconds(self.server)
        for reads in batches:
            batch = Batch(f"{name}/{next(self.numbers)}", name, str(reads[0].article.source_id), tuple(reads))
            cpu, clock = time.process_time(), time.perf_counter()
            receipt = load(self.dsn, batch, self.sources, VERSIONS)
            client, wall = client + time.process_time() - cpu, wall + time.perf_counter() - clock
            articles, facts, count = articles + receipt.articles, facts + receipt.facts, count + 1
            if count % 20 == 0:
                say(f"{name}: {articles:,} articles, {articles / wall:.0f} a second")
        served = server_seconds(self.server) - served
        return {"articles": articles, "facts": facts, "batches": count, "client_cpu_seconds": client,
                "server_cpu_seconds": served, "wall_seconds": wall,
                "articles_per_cpu_second": articles / (client + served) if articles else 0.0}  # fmt: skip


def say(line: str) -> None:
    print(f"  {datetime.now(timezone.utc):%H:%M:%S} {line}", file=sys.stderr, flush=True)


def loaded(loader: Loader, made: press.Plan) -> dict[str, dict[str, float]]:
    """The whole press, in its order."""
    everything = (read for _, reads in press.days(made) for read in reads)
    everyday = min(20_000, made.articles // 10)
    first = itertools.islice(everything, made.articles - everyday)
    found = {"bulk": loader.run("bulk", iter(lambda: tuple(itertools.islice(first, BULK)), ()))}
    analyze(loader.dsn)  # as autovacuum has, in a warehouse that is not minutes old
    rest = list(everything)
    small = rest[len(rest) * 9 // 10 :]
    found["everyday"] = loader.run("everyday", by_source(rest[: len(rest) * 9 // 10], EVERYDAY))
    found["small"] = loader.run("small", by_source(small, SMALL))
    return found


def by_source(reads: Sequence[ReadArticle], size: int) -> Iterator[list[ReadArticle]]:
    """Batches of one source each, the oldest first."""
    waiting: dict[str | None, list[ReadArticle]] = defaultdict(list)
    for read in reads:
        ours = waiting[read.article.source_id]
        ours.append(read)
        if len(ours) == size:
            yield waiting.pop(read.article.source_id)
    yield from waiting.values()


def analyze(dsn: str) -> None:
    with connect(dsn, autocommit=True) as link, link.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def refreshed(loader: Loader, made: press.Plan) -> dict[str, float]:
    """Seconds to measure the newest day again, trends and all: as it stands, and with one more article of each source;
    and a day two weeks back with a late article of each source, which the trends of all days since then rest on."""
    day, newest = made.day(max(0, made.days - 15)), made.day(made.days - 1)
    again = []
    spent = time.process_time() + server_seconds(loader.server)
    for number in range(TIMES):
        with connect(loader.dsn) as link, link.cursor() as cursor:
            cursor.execute("INSERT INTO news.dirty_day VALUES (%s, %s)", (newest, f"again {number}"))
            cursor.execute("INSERT INTO news.stale_trend VALUES (%s) ON CONFLICT DO NOTHING", (newest,))
        again.append(timed(trends.measure, loader.dsn))
    spent = time.process_time() + server_seconds(loader.server) - spent
    found = {"again": statistics.median(again), "cpu": spent / TIMES}
    for name, grown in (("more", newest), ("late", day)):
        took = []
        for _ in range(4):
            more(loader, made, grown)
            took.append(timed(trends.measure, loader.dsn))
        found |= {name: statistics.median(took[1:]), f"{name} at first": took[0]}
    return found


def more(loader: Loader, made: press.Plan, day: date) -> None:
    """Load another article of each source to a day."""
    with connect(loader.dsn) as link:
        ((number,),) = rows(link, "SELECT count(*) FROM news.article")  # others than those of an earlier run
    late = press.plan(40 * len(made.sources), 1, len(made.sources), made.facts, day, seed=made.seed + number)
    reads = {read.article.source_id: read for _, found in press.days(late) for read in found}
    loader.run(f"late-{number}", by_source([_renamed(read, number) for read in reads.values()], EVERYDAY))


def _renamed(read: ReadArticle, number: int) -> ReadArticle:
    """Another address, so that it is another article."""
    url = f"{read.article.url}-late-{number}"
    return replace(read, article=replace(read.article, url=url), page_url=url)


def timed(work: Callable[..., object], *values: object) -> float:
    start = time.perf_counter()
    work(*values)
    return time.perf_counter() - start


def rows(link: Connection, query: str, values: Any = None) -> list[tuple[Any, ...]]:
    with link.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def sizes(dsn: str) -> dict[str, float]:
    """Bytes an article: of tables, their indexes, and texts out of line; and of single tables."""
    with connect(dsn) as link:
        ((articles,),) = rows(link, "SELECT count(*) FROM news.article")
        tables = rows(
            link,
            r"""
            SELECT regexp_replace(c.relname, '_\d{4}_\d\d$', '') AS name, sum(pg_relation_size(c.oid)),
                   sum(pg_indexes_size(c.oid)), sum(coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0))
            FROM pg_class c WHERE c.relnamespace = 'news'::regnamespace AND c.relkind = 'r' GROUP BY 1
            """,
        )
        ((text,),) = rows(link, "SELECT sum(pg_column_size(text)) FROM news.article_version")
        ((whole,),) = rows(link, "SELECT pg_database_size(current_database())")
    found = {
        "all": whole,
        "text": text,
        "tables": sum(t[1] + t[3] for t in tables),
        "indexes": sum(t[2] for t in tables),
    }
    found |= {f"table {name}": sum(sizes) for name, *sizes in tables if sum(sizes) > whole / 200}
    return {name: float(size) / articles for name, size in found.items()}


def questions(dsn: str, made: press.Plan) -> list[tuple[str, str, dict[str, Any], float | None]]:
    """Name, query, its values and target in milliseconds."""
    end = made.day(made.days - 1)
    with connect(dsn) as link:
        busiest = rows(link, "SELECT entity_id FROM news.entity_day GROUP BY 1 ORDER BY sum(articles) DESC, 1 LIMIT 1")[
            0
        ][0]
        speaker, quotes = rows(
            link,
            "SELECT entity_id, count(*) FROM news.fact WHERE kind IN ('quote', 'indirect_quote') "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        )[0]
        views = {name for (name,) in rows(link, "SELECT viewname FROM pg_views WHERE schemaname = 'mart'")}
        dated = {
            name
            for (name,) in rows(
                link,
                "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'mart' "
                "AND column_name = 'day'",
            )
        }
    values = {"entity": busiest, "speaker": speaker, "day": end - timedelta(days=2), "since": made.first, "until": end,
              "month": end - timedelta(days=30), "week": end - timedelta(days=7), "word": FREQUENT}  # fmt: skip
    say(f"the busiest speaker has {quotes:,} quotes")
    asked: list[tuple[str, str, float | None]] = [
        ("24-month series of the busiest entity",
         "SELECT day, articles, texts, stories FROM mart.entity_days WHERE entity_id = %(entity)s ORDER BY day", 10),
        ("the same by source",
         "SELECT day, source_id, articles FROM mart.entity_source_days WHERE entity_id = %(entity)s ORDER BY 1, 2",
         None),
        ("trending_entities of a day, the top 20",
         "SELECT * FROM mart.trending_entities WHERE day = %(day)s ORDER BY score DESC, entity_id LIMIT 20", 150),
        ("search, a frequent word, all months",
         "SELECT * FROM mart.search(%(word)s, %(since)s, %(until)s) LIMIT 100", 200),
        ("search, a frequent word, one month",
         "SELECT * FROM mart.search(%(word)s, %(month)s, %(until)s) LIMIT 100", None),
        ("quotes of the busiest speaker, the newest 100",
         "SELECT * FROM mart.quotes_of(%(speaker)s)", 50),
        ("quotes of the busiest speaker in a month",
         "SELECT * FROM mart.quotes WHERE speaker_id = %(speaker)s AND day BETWEEN %(month)s AND %(until)s", None),
        ("co-mentions of the busiest entity in a month",
         "SELECT * FROM mart.co_mentions_of(%(entity)s, %(month)s, %(until)s) LIMIT 50", None),
        ("co-mentions of a day, the top 50",
         "SELECT * FROM mart.co_mentions WHERE day = %(day)s ORDER BY articles DESC LIMIT 50", None),
        ("casualties of a month",
         "SELECT day, place, role, first_value, latest_value FROM mart.casualties WHERE day BETWEEN %(month)s AND "
         "%(until)s", None),
        ("what a week's press expects ahead",
         "SELECT * FROM mart.expected_days WHERE first_day > %(until)s ORDER BY articles DESC LIMIT 50", None),
        ("speakers of a month",
         "SELECT speaker, sum(quotes) FROM mart.speaker_days WHERE day BETWEEN %(month)s AND %(until)s GROUP BY 1 "
         "ORDER BY 2 DESC LIMIT 50", None),
        ("first reports of a day", "SELECT * FROM mart.first_reports WHERE day = %(day)s", None),
        ("sources with their counts", "SELECT * FROM mart.sources", None),
        ("outcomes", "SELECT * FROM mart.outcomes", None),
    ]  # fmt: skip
    told = " ".join(query for _, query, _ in asked)
    for view in sorted(views):
        if f"mart.{view} " not in f"{told} ":
            where = "WHERE day = %(day)s " if view in dated else ""
            asked.append(
                (f"{view}{' of a day' if where else ''}", f"SELECT * FROM mart.{view} {where}LIMIT 1000", None)
            )
    return [(name, query, values, target) for name, query, target in asked]


def answered(dsn: str, made: press.Plan, server: Server | None) -> list[Figure]:
    """Each question cold and warm; cold means little where there is no server to be started anew."""
    figures = []
    for name, query, values, target in questions(dsn, made):
        if server:
            server.stop()
            server.start()
        with connect(dsn, autocommit=True) as link:
            took: list[float] = []
            try:
                rows(link, "SET statement_timeout = '120s'; SELECT 1")
                for _ in range(1 + TIMES):
                    took.append(1000 * timed(rows, link, query, values))
                    if sum(took) > 30_000 and len(took) > 3:
                        break
            except psycopg2.Error as error:
                say(f"{name}: {str(error).splitlines()[0]}")
                figures.append(Figure(name, None, "ms", target, note=str(error).splitlines()[0]))
                continue
        figures.append(Figure(name, statistics.median(took[1:]), "ms", target, cold=took[0]))
        say(f"{name}: {took[0]:.1f} ms cold, {statistics.median(took[1:]):.1f} ms warm")
    return figures


_TOP_OF_A_DAY = "SELECT entity_id FROM mart.trending_entities WHERE day = %s ORDER BY score DESC, entity_id LIMIT %s"


def planted(dsn: str, made: press.Plan) -> list[Figure]:
    """What became of bursts and outages."""
    everyone = press.names(made.names)
    ids = [entity_id(name.type, name.text) for name in everyone]
    top: dict[date, set[int]] = {}
    with connect(dsn) as link:
        for day in sorted({made.day(n) for burst in made.bursts for n in burst.days} | set(_after(made))):
            query = (
                "SELECT entity_id FROM mart.trending_entities WHERE day = %s ORDER BY score DESC, entity_id LIMIT %s"
            )
            top[day] = {row[0] for row in rows(link, query, (day, TOP))}
    missed = [burst for burst in made.bursts if not any(ids[burst.name] in top[made.day(n)] for n in burst.days)]
    for burst in missed:
        say(f"missed: {everyone[burst.name].text}, {made.day(burst.first)}: {burst.factor:.1f} x {burst.baseline:.1f}")
    wrong = [
        (day, number)
        for day, outages in _after(made).items()
        for outage in outages
        for number in made.home_names(outage.source)
        if ids[number] in top[day]
    ]
    for day, number in wrong:
        say(f"rises for an outage alone: {everyone[number].text}, {day}")
    return [
        Figure("planted bursts that are not in the top 20", len(missed), f"of {len(made.bursts)}", 0),
        Figure("outages in the top 20", len(wrong), f"of {len(made.outages)}", 0),
        Figure("outages that mart.source_days does not tell", len(_untold(dsn, made)), f"of {len(made.outages)}", 0),
    ]


def _untold(dsn: str, made: press.Plan) -> list[press.Outage]:
    """Outages of which no day is said to be seen in part only."""
    untold = []
    with connect(dsn) as link:
        for outage in made.outages:
            days = range(outage.first // 24, (outage.first + outage.hours - 1) // 24 + 1)
            seen = rows(
                link,
                "SELECT day FROM mart.source_days WHERE source_id = %s AND day = ANY (%s) AND coverage < 1",
                (made.sources[outage.source].id, [made.day(number) for number in days]),
            )
            if not seen:
                say(f"not told: {made.sources[outage.source].id}, {made.day(days[0])}, {outage.hours} hours")
                untold.append(outage)
    return untold


def _after(made: press.Plan) -> dict[date, list[press.Outage]]:
    """The days of each outage, and the two after it."""
    found: dict[date, list[press.Outage]] = defaultdict(list)
    for outage in made.outages:
        for number in range(outage.first // 24, min(made.days, (outage.first + outage.hours) // 24 + 2)):
            found[made.day(number)].append(outage)
    return found


def sums_are_equal(dsn: str, made: press.Plan) -> Figure:
    query = (checks.CHECKS / "rollups_equal_facts.sql").read_text(encoding="utf-8")
    faults = 0
    with connect(dsn) as link:
        for first in range(0, made.days, 7):  # as many days at once as the DAG checks
            last = min(first + 6, made.days - 1)
            faults += len(rows(link, query, {"since": made.day(first), "until": made.day(last)}))
    return Figure("sums of roll-ups that are not those of facts", faults, "", 0)


def measured(server: Server, dsn: str, made: press.Plan, *, restart: bool = True) -> dict[str, Any]:
    """Everything, in the order in which it is told. `dsn`: a migrated and empty warehouse of the server."""
    with connect(dsn, autocommit=True) as link:
        ledger.sync_sources(link, made.sources)
    loader = Loader(server, dsn, made)
    loads: dict[str, dict[str, float]] = {}
    figures: list[Figure] = []
    if _stands(dsn, made):
        say("this press stands there: it is measured where the schema asks for it, and asked")
        trends.measure(dsn)
    else:
        loads = loaded(loader, made)
        figures = [
            Figure(f"{name}, articles a CPU second", loads[load]["articles_per_cpu_second"], "", target, more=True)
            for name, load, target in (
                ("bulk backfill", "bulk", 1000.0),
                ("everyday load in batches of 200", "everyday", 600.0),
                ("everyday load in batches of 20", "small", None),
            )
        ]
        say("measuring")
        figures.append(Figure("measuring for the first time, a day", timed(trends.measure, dsn) / made.days, "s"))
    again = refreshed(loader, made)
    figures += [
        Figure("the newest day measured again", again["again"], "s", 1.0),
        Figure("the same, client and server together", again["cpu"], "CPU s"),
        *(
            Figure(name, again[key], "s", cold=again[f"{key} at first"])
            for key, name in (
                ("more", "the newest day, with one more article of each source"),
                ("late", "a day two weeks back, with a late article of each source"),
            )
        ),
    ]
    analyze(dsn)
    size = sizes(dsn)
    figures += [Figure(f"size an article: {name}", bytes_, "bytes") for name, bytes_ in size.items()]
    figures.append(sums_are_equal(dsn, made))
    figures += planted(dsn, made)
    figures += answered(dsn, made, server if restart else None)
    return {
        "articles": made.articles,
        "facts": _facts(dsn),
        "days": made.days,
        "sources": len(made.sources),
        "names": made.names,
        "bursts": len(made.bursts),
        "outages": len(made.outages),
        "loads": loads,
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }


def _stands(dsn: str, made: press.Plan) -> bool:
    """Whether an earlier run left this press there: as many articles of the same days, beside its late ones."""
    with connect(dsn) as link:
        ((articles, first, last),) = rows(link, "SELECT count(*), min(day), max(day) FROM news.article")
    return bool(articles >= made.articles and (first, last) == (made.first, made.day(made.days - 1)))


def _facts(dsn: str) -> int:
    with connect(dsn) as link:
        return int(rows(link, "SELECT count(*) FROM news.fact")[0][0])


def print_report(found: dict[str, Any]) -> None:
    print(f"{found['articles']:,} articles, {found['facts']:,} facts, {found['days']} days, {found['sources']} sources")
    print(f"{'':<58}{'cold':>10}{'warm':>10}  {'':<9}{'target':>10}")
    for figure in found["figures"]:
        cold = "" if figure["cold"] is None else f"{figure['cold']:.1f}"
        value = figure["note"][:40] if figure["value"] is None else f"{figure['value']:,.2f}".removesuffix(".00")
        sign = "" if figure["target"] is None else f"{'≥' if figure['more'] else '≤'} {figure['target']:g}"
        judged = "" if figure["met"] is None else "" if figure["met"] else "  missed"
        print(f"{figure['name']:<58}{cold:>10}{value:>10}  {figure['unit']:<9}{sign:>10}{judged}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, required=True, metavar="N")
    parser.add_argument("--facts-per-article", type=int, default=15, metavar="N")
    parser.add_argument("--days", type=int, default=720)
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="the last day; without it, yesterday")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the server there, and leave it as it is")
    args = parser.parse_args(arguments)
    until = args.until or datetime.now(timezone.utc).date() - timedelta(days=1)
    try:
        made = press.plan(args.articles, args.days, args.sources, args.facts_per_article, until)
    except ValueError as problem:
        print(f"warehouse: {problem}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        server = Server(args.keep or Path(folder), _free_port())
        try:
            server.start()
            migrate(server.dsn("warehouse"))
            found = measured(server, server.dsn("warehouse"), made)
        except WarehouseError as problem:
            print(f"warehouse: {problem}", file=sys.stderr)
            return 1
        finally:
            if args.keep:
                server.stop()
            else:
                server.remove()
    print_report(found)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    missed = [figure["name"] for figure in found["figures"] if figure["met"] is False]
    return int(bool(missed) and args.articles >= ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
