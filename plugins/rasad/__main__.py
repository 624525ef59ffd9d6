"""Every stage from a shell, without Airflow.

    facts < articles.jsonl > facts.jsonl      key facts of texts; no database, no file but its own data
    clean < pages.jsonl > articles.jsonl      saved HTML to articles
    backfill FILE.warc.gz …                   WARC files into the warehouse
    stage NAME --source ID | --batch REF      what a task runs
    migrate | report | sql QUERY              the warehouse

`python -m rasad COMMAND --help` says what each reads and writes. Settings come from the environment:
RASAD_WAREHOUSE (postgresql:// address; else the embedded one), RASAD_LANDING, RASAD_SOURCES, RASAD_CONTACT.
Exit status: 0 done, 1 something of it failed (each line says what), 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from rasad.settings import Settings, SettingsError


def _print_lines(rows: Iterable[dict[str, object]]) -> int:
    """A JSON line each; exit status 1 if any of them is an error."""
    status = 0
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        status = 1 if "error" in row else status
    return status


def _facts(args: argparse.Namespace) -> int:
    from rasad.facts import layout

    return _print_lines(layout.read_lines(sys.stdin))


def _clean(args: argparse.Namespace) -> int:
    from rasad.pages import lines

    return _print_lines(lines.read_lines(sys.stdin))


def _warehouse(settings: Settings) -> str:
    from rasad.warehouse.connection import address

    return address(settings)


def _migrate(args: argparse.Namespace) -> int:
    from rasad.warehouse.migrate import migrate

    done = migrate(_warehouse(Settings.from_env()), say=lambda line: print(line, flush=True))
    print(f"migrate: {len(done)} files run" if done else "migrate: nothing to do", flush=True)
    return 0


def _backfill(args: argparse.Namespace) -> int:
    from rasad.stages.backfill import Progress, backfill
    from rasad.warehouse import trends
    from rasad.warehouse.migrate import migrate

    settings = Settings.from_env()
    for path in args.files:
        if not path.is_file():
            print(f"backfill: {path} is no file: give WARC files (.warc or .warc.gz)", file=sys.stderr)
            return 2
    dsn = _warehouse(settings)
    migrate(dsn)
    start = time.monotonic()

    def say(progress: Progress) -> None:
        rate = progress.records / max(time.monotonic() - start, 1e-9)
        counts = ", ".join(f"{n} {name}" for name, n in progress.outcomes.most_common())
        print(
            f"{progress.file}: {progress.records} records ({counts}), {progress.facts} facts, {rate:.0f}/s", flush=True
        )

    for path in args.files:
        backfill(settings, dsn, path, say)
    if not args.no_measure:
        print(f"measured {len(trends.measure(dsn))} days", flush=True)
    return 0


def _stage(args: argparse.Namespace) -> int:
    from rasad.stages import clean, discover, extract, fetch, load, measure, plan
    from rasad.stages.landing import Work

    settings = Settings.from_env()
    if args.name == "measure":
        print(json.dumps(measure.measure(settings, _warehouse(settings))))
        return 0
    if args.batch:
        # Only a task's own output knows more of the work; a reference holds source, run and file.
        source, run, _ = args.batch.split("/", 2)
        work = Work(source=source, run=args.run or run, file=args.batch, stages={})
    elif args.source:
        (work,) = plan.plan(settings, _warehouse(settings), args.run or f"shell-{int(time.time())}", [args.source])
    else:
        print(f"stage {args.name}: give --source ID (discover, fetch) or --batch REF", file=sys.stderr)
        return 2
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


def _report(args: argparse.Namespace) -> int:
    from rasad.warehouse.report import report

    empty = report(_warehouse(Settings.from_env()))
    if empty:
        print(f"\nreport: nothing came out of the warehouse for: {', '.join(empty)}", file=sys.stderr)
    return 1 if empty else 0


def _sql(args: argparse.Namespace) -> int:
    from rasad.warehouse.query import ask

    return _print_lines(ask(_warehouse(Settings.from_env()), args.query))


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m rasad", description=__doc__, formatter_class=form)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser(
        "facts",
        help="key facts of texts",
        formatter_class=form,
        description="Reads JSON Lines {id, title, text, published_at} on standard input; writes a line each with "
        "entities, dates, quantities, quotes …\nOffsets count code points of the text given. "
        "A bad line gives {id, error}.",
    )
    one.set_defaults(do=_facts)
    one = commands.add_parser(
        "clean",
        help="saved HTML to articles",
        formatter_class=form,
        description="Reads JSON Lines {id, url, file} (saved HTML, any charset); writes {id, url, title, text,\n"
        "published_at, updated_at, authors, language, description, image, canonical_url, section, tags}. "
        "A bad line gives {id, error}.",
    )
    one.set_defaults(do=_clean)
    one = commands.add_parser(
        "backfill",
        help="WARC files into the warehouse",
        description="Reads WARC files (ours, Common Crawl's, any) through clean, extract and load. Stopped and started "
        "again it goes on where it was; what is there is not loaded twice. Hosts that no source claims become sources.",
    )
    one.add_argument("files", nargs="+", type=Path, metavar="FILE.warc.gz")
    one.add_argument("--no-measure", action="store_true", help="leave roll-ups and trends to the next measure")
    one.set_defaults(do=_backfill)
    one = commands.add_parser(
        "stage",
        help="one stage, as its task runs it",
        description="Runs one stage and prints the reference that the next one takes.",
    )
    one.add_argument("name", choices=("discover", "fetch", "clean", "extract", "load", "measure"))
    one.add_argument("--source", metavar="ID", help="for discover and fetch: the source to read")
    one.add_argument(
        "--batch", metavar="REF", help="for clean, extract and load: the file that the stage before printed"
    )
    one.add_argument("--run", metavar="RUN", help="a name for the run; the same name again goes on with its pages")
    one.set_defaults(do=_stage)
    one = commands.add_parser("migrate", help="bring the warehouse's schema up to date")
    one.set_defaults(do=_migrate)
    one = commands.add_parser("report", help="what the warehouse holds, in one screen")
    one.set_defaults(do=_report)
    one = commands.add_parser("sql", help="a question to the warehouse, read-only; a JSON line per row")
    one.add_argument("query")
    one.set_defaults(do=_sql)
    return parser


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    from rasad.sources import SourceError
    from rasad.stages.discover import SourceFailed
    from rasad.stages.landing import LandingError
    from rasad.stages.plan import PlanError
    from rasad.warehouse.connection import WarehouseError

    try:
        return int(args.do(args))
    except (SettingsError, WarehouseError, SourceError, SourceFailed, LandingError, PlanError) as error:
        # What the person at the keyboard can mend gets one line; a traceback is for a fault of ours.
        print(f"rasad {args.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
