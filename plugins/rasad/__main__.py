"""Every stage from a shell, without Airflow.

    facts < articles.jsonl > facts.jsonl      key facts of texts; no database, no file but its own data
    clean < pages.jsonl > articles.jsonl      saved HTML to articles
    backfill FILE.warc.gz …                   WARC files into the warehouse
    reextract                                 facts of older extractors, read anew from the stored text
    stage NAME --source ID | --batch REF      what a task runs
    sources list | check | compare [ID …]     who is read, whether each step works, and their saved pages
    migrate | report | sql QUERY              the warehouse
    checks [NAME …]                           whether what it holds is right
    health                                    figures for monitors, as JSON
    ask [QUESTION]                            a worked question of sql/trends
    export VIEW                               a view of schema mart as Parquet or CSV
    warehouse --reader                        its address for dashboards and notebooks
    takedown URL --why WHY --by WHO           an article goes, and does not come back
    erase-person WHO --why WHY --by WHO       a person likewise: an id of mart.entities, or a name
    frequencies > FILE                        how rare words are in its articles, for key phrases

`python -m rasad COMMAND --help` says what each reads and writes. Settings come from the environment:
RASAD_WAREHOUSE (postgresql:// address; else the embedded one), RASAD_LANDING, RASAD_SOURCES, RASAD_CONTACT,
RASAD_NER_MODEL; RASAD_LOG=json has log lines, on standard error, as JSON.
Exit status: 0 done, 1 something of it failed (each line says what), 2 wrong use or nothing could be begun.
"""

from __future__ import annotations

import argparse
import codecs
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from rasad import logs
from rasad.model import Json, Source
from rasad.settings import Settings, SettingsError


class UsageError(ValueError):
    """Arguments that do not go together; the message says what to give."""


def _print_line(row: Mapping[str, object]) -> None:
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate out of an escape: it leaves as it came
        line = json.dumps(row)
    sys.stdout.write(line + "\n")


def _each_line(read: Callable[[Iterable[str]], Iterable[Json]]) -> int:
    """A JSON line for each line of standard input; exit status 1 if any of them is an error."""
    status = 0
    for row in read(_input()):
        status = 1 if "error" in row else status
        _print_line(row)
    return status


def _input() -> Iterator[str]:
    """The lines of standard input, which is UTF-8 whatever the locale, with or without a byte order mark.

    One that is not UTF-8 stays a line: its bytes as \\xff are no JSON, and its reader says so.
    """
    for number, line in enumerate(sys.stdin.buffer):
        yield line.removeprefix(codecs.BOM_UTF8 if number == 0 else b"").decode("utf-8", "backslashreplace")


def _facts(args: argparse.Namespace) -> int:
    from rasad.facts import layout
    from rasad.stages.extract import backend

    ner = backend(Settings.from_env().ner_model)
    return _each_line(lambda stdin: layout.read_lines(stdin, ner))


def _clean(args: argparse.Namespace) -> int:
    from rasad.pages import lines
    from rasad.stages.plan import load_sources, named

    source = named(load_sources(Settings.from_env()), [args.source])[0] if args.source else None
    return _each_line(lambda stdin: lines.read_lines(stdin, source))


def _warehouse(settings: Settings) -> str:
    from rasad.warehouse.connection import address

    return address(settings)


def _migrate(args: argparse.Namespace) -> int:
    from rasad.warehouse.migrate import migrate

    done = migrate(_warehouse(Settings.from_env()), say=lambda line: print(line, flush=True))
    print(f"migrate: {len(done)} files run" if done else "migrate: nothing to do", flush=True)
    return 0


def _backfill(args: argparse.Namespace) -> int:
    from rasad.stages.backfill import Progress, Wanted, backfill, check_file, local
    from rasad.stages.plan import load_sources
    from rasad.warehouse import trends
    from rasad.warehouse.migrate import migrate
    from rasad.web.client import FetchError

    settings = Settings.from_env()
    for file in args.files:
        if problem := check_file(file):
            raise UsageError(f"{problem}: give WARC files (.warc or .warc.gz)")
    # What is wrong with a YAML or a choice is said before anything is started.
    wanted = Wanted.of(args.since, args.until, args.source, load_sources(settings), args.language)
    dsn = _warehouse(settings)
    migrate(dsn)

    def say(progress: Progress) -> None:
        rate = progress.records / max(time.monotonic() - start, 1e-9)
        counts = ", ".join(f"{n} {name}" for name, n in progress.outcomes.most_common())
        print(
            f"{progress.file}: {progress.records} records ({counts}), {progress.facts} facts, {rate:.0f}/s", flush=True
        )

    status = 0
    for file in args.files:
        try:
            with local(settings, file) as path:
                start = time.monotonic()
                done = backfill(settings, dsn, path, say, wanted=wanted, jobs=args.jobs)
        except FetchError as error:
            print(f"rasad backfill: {file}: {error}", file=sys.stderr)
            status = 1
            continue
        if done.records == done.outcomes["unreadable"]:
            print(f"rasad backfill: {file} holds no page that can be read: is it a WARC file?", file=sys.stderr)
            status = 1
    if not args.no_measure:
        print(f"measured {len(trends.measure(dsn))} days", flush=True)
    return status


def _reextract(args: argparse.Namespace) -> int:
    from rasad.stages.reextract import plan_months, reextract
    from rasad.warehouse import trends
    from rasad.warehouse.migrate import migrate

    settings = Settings.from_env()
    dsn = _warehouse(settings)
    migrate(dsn)
    works = plan_months(settings, dsn, {"since": args.since, "until": args.until, "sources": args.source})
    if not works:
        print("reextract: these extractors have read everything")
    done = [reextract(settings, dsn, work, lambda progress: print(progress, flush=True)) for work in works]
    if not args.no_measure:
        print(f"measured {len(trends.measure(dsn))} days", flush=True)
    return 1 if any(month.failed for month in done) else 0


def _stage(args: argparse.Namespace) -> int:
    from rasad.stages import alert, clean, discover, extract, fetch, load, measure, plan
    from rasad.stages.landing import Work

    settings = Settings.from_env()
    if args.name in ("measure", "alert"):
        stage = measure.measure if args.name == "measure" else alert.alert
        print(json.dumps(stage(settings, _warehouse(settings)), ensure_ascii=False))
        return 0
    if args.name in ("discover", "fetch"):
        if not args.source or args.batch:
            raise UsageError(f"{args.name} takes a source: give --source ID, as in `--source bbc_arabic`")
        plan.named(plan.load_sources(settings), [args.source])  # before a server is started for it
        (work,) = plan.plan(settings, _warehouse(settings), args.run or f"shell-{int(time.time())}", [args.source])
    else:
        if not args.batch or args.source:
            raise UsageError(f"{args.name} takes a file: give --batch REF, the `file` that the stage before printed")
        # Only a task's own output knows more of the work; a reference holds source, run and file.
        source, run, file = [*args.batch.split("/", 2), "", ""][:3]
        if not file:
            raise UsageError(
                f"--batch {args.batch!r} is no reference: it reads SOURCE/RUN/FILE, as the stage before printed"
            )
        plan.named(plan.load_sources(settings), [source])
        work = Work(source=source, run=args.run or run, file=args.batch, stages={})
    logs.bind(run_id=work["run"], source=work["source"])
    match args.name:
        case "discover":
            out: object = discover.discover(settings, _warehouse(settings), work)
        case "fetch":
            out = fetch.fetch(settings, _warehouse(settings), work)
        case "clean":
            out = clean.clean(settings, work)
        case "extract":
            out = extract.extract(settings, work)
        case _:
            out = load.load(settings, _warehouse(settings), work)
    print(json.dumps(out, ensure_ascii=False))
    return 0


def _sources_list(args: argparse.Namespace) -> int:
    for source in _chosen(args.ids):
        state = "" if source.enabled else "not enabled"
        print(f"{source.id:<20} {source.country} {len(source.feeds):>2} feeds {state:<11} {source.name_ar}")
    return 0


def _sources_check(args: argparse.Namespace) -> int:
    from concurrent.futures import ThreadPoolExecutor

    from rasad.stages import check

    settings = Settings.from_env()
    wanted = [source for source in _chosen(args.ids) if args.ids or source.enabled]
    status = 0
    with ThreadPoolExecutor(8) as pool:  # sources side by side: each host is asked at its own pace
        for source, found in zip(wanted, pool.map(lambda s: list(check.check(settings, s)), wanted), strict=True):
            print("\n".join(check.lines(source, found)), flush=True)
            status = status if all(finding.good for finding in found) else 1
    return status


def _sources_expect(args: argparse.Namespace) -> int:
    from datetime import datetime, timezone

    from rasad.stages import expect

    try:
        saved = datetime.fromisoformat(args.saved.replace("Z", "+00:00")) if args.saved else datetime.now(timezone.utc)
    except ValueError:
        raise UsageError(f"--saved is {args.saved!r}: write it as 2026-03-10T09:00:00+03:00") from None
    if saved.tzinfo is None:
        raise UsageError(f"--saved is {args.saved!r}, without an offset: write it as 2026-03-10T09:00:00+03:00")
    (source,) = _chosen([args.id])
    path = expect.write(source, Path(args.page), args.url, saved)
    print(path.read_text(encoding="utf-8"), end="")
    print(f"sources expect: written to {path}; correct what is wrong in it", file=sys.stderr)
    return 0


def _sources_compare(args: argparse.Namespace) -> int:
    from rasad import sources
    from rasad.stages import expect

    known = {source.id: source for source in _chosen(())}
    _chosen(args.ids)
    status = 0
    pages = expect.saved(Settings.from_env().source_dirs or (sources.PACKAGE_DIR,), known, args.ids)
    if not pages:
        raise UsageError("no saved pages: put one into pages/ID/ in a folder that RASAD_SOURCES names")
    for source, page in pages:
        differs = list(expect.compare(source, page))
        print(f"{source.id:<20} {'BAD' if differs else 'ok '} {page}", *(f"  {line}" for line in differs), sep="\n")
        status = 1 if differs else status
    return status


def _chosen(ids: Sequence[str]) -> list[Source]:
    from rasad.stages.plan import load_sources, named

    known = load_sources(Settings.from_env())
    return named(known, ids) if ids else list(known.values())


def _report(args: argparse.Namespace) -> int:
    from rasad.warehouse.report import report

    empty = report(_warehouse(Settings.from_env()))
    if empty:
        print(f"\nreport: nothing came out of the warehouse for: {', '.join(empty)}", file=sys.stderr)
    return 1 if empty else 0


def _health(args: argparse.Namespace) -> int:
    from rasad.warehouse.connection import connect
    from rasad.warehouse.health import health

    with connect(_warehouse(Settings.from_env())) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        print(json.dumps(health(cursor), ensure_ascii=False))
    return 0


def _checks(args: argparse.Namespace) -> int:
    from datetime import datetime, timezone

    from rasad.warehouse import checks

    known = checks.read()
    if unknown := [name for name in args.names if name not in known]:
        raise UsageError(f"no check is called {unknown[0]!r}: there are {', '.join(known)}")
    try:
        days = checks.window(args.since, args.until, datetime.now(timezone.utc).date())
    except ValueError as error:
        raise UsageError(f"{error}: write a day as 2026-03-10") from None
    dsn = _warehouse(Settings.from_env())
    status = 0
    for name in args.names or known:
        found = checks.faults(dsn, known[name], days)
        print(f"{name:<22} {'BAD ' + found.count if found else 'ok  '}", flush=True)
        if found:
            status = 1
            print("\n".join(f"  {line}" for line in checks.lines(found.rows)))
            print(f"  held: {known[name].what}\n  do: {known[name].do}", flush=True)
    return status


def _sql(args: argparse.Namespace) -> int:
    from rasad.warehouse.connection import reader_address
    from rasad.warehouse.query import ask

    for row in ask(reader_address(Settings.from_env()), args.query):
        _print_line(row)
    return 0


def _ask(args: argparse.Namespace) -> int:
    from rasad.warehouse import questions, table
    from rasad.warehouse.connection import reader_address
    from rasad.warehouse.query import ask

    if args.question is None:
        for name in questions.names():
            question = questions.read(name)
            print(f"{name}\n  {question.english}\n  {question.arabic}")
        return 0
    question = questions.read(args.question)
    given = dict(_pair(text) for text in args.param)
    query = question.filled(given)
    if args.sql:
        print(query)
        return 0
    rows = ask(reader_address(Settings.from_env()), query)
    if args.json:
        for row in rows:
            _print_line(row)
        return 0
    print(f"{question.english}\n{question.arabic}\n")
    answer = [list(row.values()) for row in rows]
    print("\n".join(table.lines(list(question.columns), answer)))
    if not answer:
        asked = ", ".join(f"{p.name}={given.get(p.name, p.default)!r}" for p in question.parameters)
        print(f"(no row: it was asked with {asked}; empty is the last that was measured)")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise UsageError(f"--param is {text!r}: write NAME=VALUE, as in --param since=2026-03-01")
    return name, value


def _export(args: argparse.Namespace) -> int:
    from upath import UPath

    from rasad.warehouse.connection import reader_address
    from rasad.warehouse.export import Wanted, export

    settings = Settings.from_env()
    view = args.view.removeprefix("mart.")
    since, until = (_day(name, text) for name, text in (("--since", args.since), ("--until", args.until)))
    if args.excel and args.format != "csv":
        raise UsageError("--excel is a way to write CSV: give --format csv with it")
    place = args.output or (view if args.partition else f"{view}.{args.format}")
    if args.output == "landing":
        place = f"{settings.landing}/exports/" + (view if args.partition else f"{view}.{args.format}")
    try:
        output = UPath(place)
    except (ValueError, ImportError) as error:
        raise UsageError(f"--output is {place!r}: {error}") from None
    wanted = Wanted(view, args.format, since, until, args.partition, args.excel)
    for file in export(reader_address(settings), wanted, output):
        _print_line({"file": file.path, "rows": file.rows})
    return 0


def _day(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{name} is {text!r}: write a day as 2026-03-10") from None


def _address(args: argparse.Namespace) -> int:
    from rasad.warehouse.connection import reader_address

    settings = Settings.from_env()
    print(reader_address(settings) if args.reader else _warehouse(settings))
    return 0


def _takedown(args: argparse.Namespace) -> int:
    from rasad.stages import takedown
    from rasad.web import urls

    settings = Settings.from_env()
    try:
        url = urls.canonical(args.url)
    except ValueError as error:
        raise UsageError(f"{args.url!r} is no web address ({error}): give the article's") from None
    if not args.yes:
        raise UsageError(f"{url} would go with all that was read of it, for good: say so with --yes")
    done, files = takedown.take_down(settings, _warehouse(settings), url, args.why, args.by)
    print(takedown.told(done, files))
    if not done.articles:
        print("takedown: no article of that address was here; none will be from now on", file=sys.stderr)
    return 0


def _erase_person(args: argparse.Namespace) -> int:
    from rasad.stages import takedown
    from rasad.warehouse import erasure
    from rasad.warehouse.connection import connect

    settings = Settings.from_env()
    dsn = _warehouse(settings)
    with connect(dsn) as link:
        found = erasure.find(link, args.who)
        if not found and args.who.lstrip("-").isdigit():
            raise UsageError(
                f"{args.who} is the id of no person in the warehouse: give one of mart.entities, or a name"
            )
        previews = [erasure.preview(link, person) for person in found or [erasure.Person((), (args.who,))]]
    for one in previews:
        ids = ", ".join(map(str, one.person.ids)) or "nobody in the warehouse"
        print(f"{ids}: {' | '.join(one.person.names)}")
        print("  " + ", ".join(f"{number} {name}" for name, number in one.counts.items()))
        print("".join(f"  {title}\n" for title in one.titles), end="")
    if len(previews) > 1:
        raise UsageError("several persons have this name: give the id of one")
    if not args.yes:
        raise UsageError("this person would go from all that was read and will be, for good: say so with --yes")
    done, files = takedown.erase_person(settings, dsn, previews[0].person, args.why, args.by)
    print(takedown.told_of_person(done, files))
    return 0


def _frequencies(args: argparse.Namespace) -> int:
    from rasad.facts import frequencies
    from rasad.warehouse import texts
    from rasad.warehouse.connection import connect

    with connect(_warehouse(Settings.from_env())) as link:
        snapshot = frequencies.count(f"warehouse-{time.strftime('%Y-%m-%d', time.gmtime())}", texts.current(link))
    if not snapshot.documents:
        raise UsageError("the warehouse holds no article with its text: load some first")
    sys.stdout.buffer.write(frequencies.packed(snapshot))
    told = f"{snapshot.name}: {len(snapshot.counts)} stems of {snapshot.documents} articles"
    print(f"frequencies: {told}", file=sys.stderr)
    return 0


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: give 1 to 256")
    return int(text)


class _Parser(argparse.ArgumentParser):
    """One line for wrong usage, as for everything else that is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` says what it takes\n")


def _sources_parser(commands: Any, form: type[argparse.HelpFormatter]) -> None:
    top = commands.add_parser("sources", help="who is read, whether each step works, and their saved pages")
    actions = top.add_subparsers(dest="action", required=True, metavar="ACTION")
    one = actions.add_parser("list", help="name the sources")
    one.add_argument("ids", nargs="*", metavar="ID", help="sources; none: all of them")
    one.set_defaults(do=_sources_list)
    one = actions.add_parser(
        "check",
        help="try each step for them",
        formatter_class=form,
        description="Tries file, robots.txt, each feed, and the newest article through clean and extract; sources\n"
        "that name no feeds get those that their home page announces as advice. It asks as politely\n"
        "as a run does, for at most three minutes a source, and needs no warehouse. The exit status\n"
        "is 1 where a step is BAD.\n\n"
        "    python -m rasad sources check al_mithal",
    )
    one.add_argument("ids", nargs="*", metavar="ID", help="sources; none: all that are enabled")
    one.set_defaults(do=_sources_check)
    one = actions.add_parser(
        "expect",
        help="write what is read out of a saved page beside it, to be corrected",
        formatter_class=form,
        description="PAGE is a saved page, report.html; what is read out of it goes into report.expected.json\n"
        "beside it. Correct there what is wrong; `sources compare` reads it.\n\n"
        "    python -m rasad sources expect al_mithal report.html --url https://www.almithal.example/a/1",
    )
    one.add_argument("id", metavar="ID", help="the source whose page it is")
    one.add_argument("page", metavar="PAGE", help="the saved page, .html")
    one.add_argument("--url", required=True, help="the address under which it stood")
    one.add_argument("--saved", metavar="WHEN", help="when it was saved, with an offset; default: now")
    one.set_defaults(do=_sources_expect)
    one = actions.add_parser(
        "compare",
        help="read their saved pages, and tell what is not as expected",
        formatter_class=form,
        description="Reads the pages in pages/ID/ of the folders that RASAD_SOURCES names, and compares them with\n"
        "the .expected.json beside each. The exit status is 1 where one differs.",
    )
    one.add_argument("ids", nargs="*", metavar="ID", help="sources; none: all that have pages")
    one.set_defaults(do=_sources_compare)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = _Parser("python -m rasad", description=__doc__, formatter_class=form)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser(
        "facts",
        help="key facts of texts",
        formatter_class=form,
        description="Reads JSON Lines {id, title, text, published_at} on standard input; writes a line each\n"
        "with entities, dates, quantities, quotes, indirect_quotes, keyphrases, topics, nominals\n"
        "and event. Every fact has start, end and text: offsets count code points of the text\n"
        "given. Relative dates count from published_at (ISO 8601). A bad line gives {id, error},\n"
        "the others are still done, and the exit status is 1.\n\n"
        "    python -m rasad facts < articles.jsonl > facts.jsonl",
    )
    one.set_defaults(do=_facts)
    one = commands.add_parser(
        "clean",
        help="saved HTML to articles",
        formatter_class=form,
        description="Reads JSON Lines {id, url, file} (saved HTML, any charset); writes {id, url, title,\n"
        "text, published_at, updated_at, authors, language, description, image, canonical_url,\n"
        "section, tags}. published_at is ISO 8601 with offset, or a bare date where the page\n"
        "gives no time. A bad line gives {id, error}, the others are still done, and the exit\n"
        "status is 1.\n\n"
        "    python -m rasad clean < pages.jsonl > articles.jsonl",
    )
    one.add_argument("--source", metavar="ID", help="whose pages they are: its time zone and selectors count")
    one.set_defaults(do=_clean)
    one = commands.add_parser(
        "backfill",
        help="WARC files into the warehouse",
        formatter_class=form,
        description="Reads WARC files (ours, Common Crawl's, any) through clean, extract and load into the\n"
        "warehouse, and prints a line after every load (of 2,000 articles). Stopped and started again it goes\n"
        "on where it was; what is there is not loaded twice. Hosts that no source claims become\n"
        "sources, named by their host and never polled. Pages that are not Arabic are counted and\n"
        "left out. A file may be named by its address: it is fetched into TMPDIR meanwhile.\n\n"
        "    python -m rasad backfill CC-NEWS-20260310000000-00001.warc.gz\n"
        "    python -m rasad backfill --since 2026-03-01 --source bbc_arabic *.warc.gz",
    )
    one.add_argument("files", nargs="+", metavar="FILE.warc.gz", help="a path, or an http(s) address")
    one.add_argument("--since", metavar="DAY", help="articles published on this day or later, as 2026-03-10")
    one.add_argument("--until", metavar="DAY", help="articles published on this day or before")
    one.add_argument("--source", metavar="ID", action="append", default=[], help="of this source; may be given again")
    one.add_argument("--language", metavar="CODE", action="append", default=[], help="ar, which is all that is read")
    one.add_argument(
        "--jobs",
        metavar="N",
        type=_jobs,
        default=_cores(),
        help="processes that read, each with some 400 MB; all cores where it is not given",
    )
    one.add_argument("--no-measure", action="store_true", help="leave roll-ups and trends to the next measure")
    one.set_defaults(do=_backfill)
    one = commands.add_parser(
        "reextract",
        help="facts of older extractors, read anew from the stored text",
        formatter_class=form,
        description="Reads anew the articles whose facts came from an older extractor than the one here, or from\n"
        "another NER model than the one set, in every version that is kept, and prints a line after\n"
        "every 200. Stopped and started again it goes on where it was. Articles whose text is not\n"
        "kept are read from their page while it is in the landing zone; after that they keep their\n"
        "facts and are counted. The exit status is 1 where an extractor failed on one.\n\n"
        "    python -m rasad reextract --since 2026-03-01 --source bbc_arabic",
    )
    one.add_argument("--since", metavar="DAY", help="articles published on this day or later, as 2026-03-10")
    one.add_argument("--until", metavar="DAY", help="articles published on this day or before")
    one.add_argument("--source", metavar="ID", action="append", default=[], help="of this source; may be given again")
    one.add_argument("--no-measure", action="store_true", help="leave roll-ups and trends to the next measure")
    one.set_defaults(do=_reextract)
    one = commands.add_parser(
        "stage",
        help="one stage, as its task runs it",
        formatter_class=form,
        description="Runs one stage as its Airflow task does, and prints a JSON line; its `file` is what the\n"
        "next stage takes. Pages are claimed under the run's name: the same --run takes its own\n"
        "up again at once, another one after an hour.\n\n"
        "    python -m rasad stage discover --source bbc_arabic --run mine\n"
        "    python -m rasad stage fetch --source bbc_arabic --run mine\n"
        "    python -m rasad stage clean --batch bbc_arabic/mine/pages-….jsonl.gz\n"
        "    python -m rasad stage extract --batch bbc_arabic/mine/articles-….jsonl.gz\n"
        "    python -m rasad stage load --batch bbc_arabic/mine/facts-….jsonl.gz\n"
        "    python -m rasad stage measure\n"
        "    python -m rasad stage alert     # raises; only the DAG measure_trends sends",
    )
    one.add_argument("name", choices=("discover", "fetch", "clean", "extract", "load", "measure", "alert"))
    one.add_argument("--source", metavar="ID", help="for discover and fetch: the source to read")
    one.add_argument(
        "--batch", metavar="REF", help="for clean, extract and load: the file that the stage before printed"
    )
    one.add_argument("--run", metavar="RUN", help="a name for the run; the same name again goes on with its pages")
    one.set_defaults(do=_stage)
    _sources_parser(commands, form)
    one = commands.add_parser(
        "migrate",
        help="bring the warehouse's schema up to date",
        formatter_class=form,
        description="Runs the files of sql/migrations that have not run yet, each in one transaction, and\n"
        "makes the views of schema mart anew where they changed. Run twice, or by two at once, it\n"
        "does everything once.",
    )
    one.set_defaults(do=_migrate)
    one = commands.add_parser(
        "report",
        help="what the warehouse holds, in one screen",
        formatter_class=form,
        description="Prints articles by source, what became of every address, facts by kind, the most\n"
        "mentioned and the rising names, the latest quotes, one fact in its sentence, and how\n"
        "long the last run took. The exit status is 1 where one of these is empty; the last line\n"
        "names them.",
    )
    one.set_defaults(do=_report)
    one = commands.add_parser(
        "sql",
        help="a question to the warehouse, read-only; a JSON line per row",
        formatter_class=form,
        description="Asks the views of schema mart (articles, facts, mentions, quotes, quantities, dates,\n"
        "fact_changes, entities, entity_merges, entity_days, entity_source_days, trending_entities,\n"
        "sources, outcomes, runs) and prints a JSON line per row. One SELECT, which can change\n"
        "nothing and may take a minute.\n\n"
        '    python -m rasad sql "SELECT entity, sum(mentions) AS n FROM entity_days GROUP BY 1 ORDER BY n DESC"',
    )
    one.add_argument("query", metavar="QUERY")
    one.set_defaults(do=_sql)
    one = commands.add_parser(
        "ask",
        help="a worked question of sql/trends, by its name",
        formatter_class=form,
        description="Runs a question of sql/trends and prints its answer as a table. Without a QUESTION: names\n"
        "them all, in English and Arabic. What a question takes and gives stands at the head of its\n"
        "file. It may take a minute, and can change nothing.\n\n"
        "    python -m rasad ask\n"
        "    python -m rasad ask coverage_compared --param one=غزة --param other=بيروت\n"
        "    python -m rasad ask rising --sql     the SELECT itself, for psql, Superset or a notebook",
    )
    one.add_argument("question", nargs="?", metavar="QUESTION", help="as in rising, first_by_source; none: all of them")
    one.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="what it is asked for; may be given again"
    )
    one.add_argument("--json", action="store_true", help="a JSON line per row")
    one.add_argument("--sql", action="store_true", help="print the query with these values, and do not run it")
    one.set_defaults(do=_ask)
    one = commands.add_parser(
        "export",
        help="a view of schema mart as a Parquet or CSV file",
        formatter_class=form,
        description="Writes any view of schema mart (docs/data-dictionary.md) as a file, and prints a JSON line with\n"
        "its name and rows. It takes the same memory however long the view is, and the file appears when\n"
        "it is whole. JSON columns are text; dates beyond the years 1 to 9999 are null; lists are lists\n"
        "in Parquet and JSON in CSV. --partition makes a folder with a file for each day or month, which\n"
        "pandas, DuckDB and Spark read as one.\n\n"
        "    python -m rasad export facts --since 2026-03-01 --output facts.parquet\n"
        "    python -m rasad export quotes --format csv --excel",
    )
    one.add_argument("view", metavar="VIEW", help="as in articles, facts, quotes, trending_entities")
    one.add_argument("--since", metavar="DAY", help="rows of this day or later, as 2026-03-10")
    one.add_argument("--until", metavar="DAY", help="rows of this day or before")
    one.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    one.add_argument(
        "--output",
        metavar="FILE",
        help="a path or a URL (s3://…); landing: the landing zone, where it is removed with the rest of it; "
        "default: VIEW.FORMAT here",
    )
    one.add_argument("--partition", choices=("day", "month"), help="a file for each; --output is a folder then")
    one.add_argument(
        "--excel",
        action="store_true",
        help="CSV for spreadsheets: marked as UTF-8, and text that begins with = + - @ gets an apostrophe before it, "
        "so that nothing a page wrote runs as a formula",
    )
    one.set_defaults(do=_export)
    one = commands.add_parser(
        "warehouse",
        help="the warehouse's address, for other programs",
        formatter_class=form,
        description="Prints the postgresql:// address of the warehouse, password included, and starts the embedded\n"
        "server where it does not run. With --reader that of the role which only reads schema mart:\n"
        "what dashboards and notebooks are to have.\n\n"
        '    psql "$(python -m rasad warehouse --reader)"',
    )
    one.add_argument("--reader", action="store_true", help="for reading schema mart alone")
    one.set_defaults(do=_address)
    one = commands.add_parser(
        "checks",
        help="whether what the warehouse holds is right",
        formatter_class=form,
        description="Runs the queries of sql/checks, read-only, over some days, and names what is wrong and what to\n"
        "do about it; without a NAME all of them. The exit status is 1 where a row is at fault.\n\n"
        "    python -m rasad checks\n"
        "    python -m rasad checks spans_match_text --since 2026-03-01 --until 2026-03-31",
    )
    one.add_argument("names", nargs="*", metavar="NAME", help="checks; none: all of them")
    one.add_argument("--since", metavar="DAY", help="the first day that is checked; default: a week before the last")
    one.add_argument("--until", metavar="DAY", help="the last day; default: today")
    one.set_defaults(do=_checks)
    one = commands.add_parser(
        "health",
        help="figures for monitors, as JSON",
        formatter_class=form,
        description="Prints one JSON object: pages that are due and since when, articles of the last 24 hours and how\n"
        "long they took from publication, outcomes of the last hour, sources by state, the last run.\n\n"
        "    python -m rasad health",
    )
    one.set_defaults(do=_health)
    one = commands.add_parser(
        "takedown",
        help="an article goes, and does not come back",
        formatter_class=form,
        description="Removes an article with all its versions and facts, its pages in the landing zone and the names\n"
        "that it alone bears out; its addresses stay in the ledger as taken_down, and neither a backfill\n"
        "nor another address of its source brings it back. There is no undo (docs/operations.md).\n\n"
        "    python -m rasad takedown https://… --why 'court order 12/2026' --by 'legal desk' --yes",
    )
    one.add_argument("url", metavar="URL", help="its address, or one that leads to it")
    one.add_argument("--why", required=True, metavar="WHY", help="kept for good: nothing of the article itself")
    one.add_argument("--by", required=True, metavar="WHO", help="who decided it")
    one.add_argument("--yes", action="store_true", help="without it, nothing is done")
    one.set_defaults(do=_takedown)
    one = commands.add_parser(
        "erase-person",
        help="a person goes, and does not come back",
        formatter_class=form,
        description="Removes a person with all names, mentions, quotes, events and alerts; in texts that are kept the\n"
        "name is masked, sign for sign, and articles whose address says it go as a whole. Nothing that is\n"
        "loaded later brings the person back. Without --yes it shows who is meant and what would go.\n"
        "There is no undo (docs/operations.md).\n\n"
        "    python -m rasad erase-person 'فلان الفلاني' --why 'request 7/2026' --by 'legal desk' --yes",
    )
    one.add_argument("who", metavar="WHO", help="entity_id of mart.entities, or a name in any spelling")
    one.add_argument("--why", required=True, metavar="WHY", help="kept for good: without the name")
    one.add_argument("--by", required=True, metavar="WHO", help="who decided it")
    one.add_argument("--yes", action="store_true", help="without it, nothing is done")
    one.set_defaults(do=_erase_person)
    one = commands.add_parser(
        "frequencies",
        help="how rare words are in the warehouse's articles, as a file",
        formatter_class=form,
        description="Counts in how many articles each word stands (by light stem, of the texts that are kept) and\n"
        "writes a gzipped table. Key phrases are weighed by it where RASAD_DOCUMENT_FREQUENCIES names\n"
        "the file; each records its name.\n\n"
        "    python -m rasad frequencies > press.tsv.gz",
    )
    one.set_defaults(do=_frequencies)
    return parser


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    match os.environ.get("RASAD_LOG") or "text":
        case "text" | "json" as form:
            logs.configure(form)
        case other:
            print(f"rasad {args.command}: RASAD_LOG is {other!r}: give text or json", file=sys.stderr)
            return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # the contract, whatever the locale
    try:
        status = int(args.do(args))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # What the person at the keyboard can mend gets one line; a traceback is for a fault of ours.
        line = _explained(error)
        if line is None:
            raise
        print(f"rasad {args.command}: {logs.redacted(' '.join(line.split()))}", file=sys.stderr)
        return 2


def _explained(error: Exception) -> str | None:
    """The line for an error that is no fault of ours; None for one that is."""
    import psycopg2
    from psycopg2 import errors

    from rasad.sources import SourceError
    from rasad.sources.watchlists import WatchlistError
    from rasad.stages.discover import SourceFailed
    from rasad.stages.expect import ExpectError
    from rasad.stages.landing import LandingError
    from rasad.stages.plan import PlanError
    from rasad.warehouse.connection import WarehouseError

    ours = (UsageError, SettingsError, WarehouseError, SourceError, WatchlistError, SourceFailed, LandingError)
    if isinstance(error, (*ours, PlanError, ExpectError)):
        return str(error)
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn | errors.InvalidSchemaName):
        return f"the warehouse's schema is not up to date ({error}): run `python -m rasad migrate`"
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return f"the warehouse went away or refused ({error}): run it again, nothing is done twice"
    if isinstance(error, OSError):
        return f"{error}: is there room on the disk, and may this user read and write there?"
    return None


if __name__ == "__main__":
    raise SystemExit(main())
