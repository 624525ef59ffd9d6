"""The data dictionary of schema mart, written from the comments that stand in the warehouse itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rasad.settings import ROOT
from rasad.warehouse.connection import connect

VIEWS = ROOT / "sql" / "views"

# The file that makes a view → what the view is for, in the order in which a newcomer needs it; a file that is not
# named here stands at the end under its own name.
_HEADINGS = {
    "articles": "Sources, articles and stories",
    "countries": "Sources, articles and stories",
    "article_versions": "Sources, articles and stories",
    "stories": "Sources, articles and stories",
    "search": "Sources, articles and stories",
    "facts": "Facts",
    "phrases": "Facts",
    "speakers": "Who says what",
    "quotes_of": "Who says what",
    "casualties": "Tolls, events and coming days",
    "events": "Tolls, events and coming days",
    "dates_ahead": "Tolls, events and coming days",
    "fact_changes": "What was changed afterwards",
    "trends": "Entities and trends",
    "co_mentions": "Entities and trends",
    "ledger": "The system: pages, runs, health and alerts",
    "health": "The system: pages, runs, health and alerts",
    "alerts": "The system: pages, runs, health and alerts",
    "by_hand": "The system: pages, runs, health and alerts",
    "sentences": "What the views are made with",
}
_RELATIONS = """
    SELECT c.relname, obj_description(c.oid, 'pg_class')
    FROM pg_class c WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind IN ('v', 'm', 'r', 'p')
"""
_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind IN ('v', 'm', 'r', 'p')
    ORDER BY c.relname, a.attnum
"""
_FUNCTIONS = """
    SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid), obj_description(oid, 'pg_proc')
    FROM pg_proc WHERE pronamespace = 'mart'::regnamespace AND prorettype <> 'trigger'::regtype
    ORDER BY proname, pg_get_function_identity_arguments(oid)
"""
_MADE = re.compile(r"^ *CREATE (?:OR REPLACE )?(?:VIEW|FUNCTION|TABLE) mart\.(\w+)", re.IGNORECASE | re.MULTILINE)
# Columns that stand in many views and need no comment there.
_PLAIN = {
    "article_id": "Id of the article.",
    "url": "Its address.",
    "source_id": "Id of the publisher: the name of its YAML.",
    "source_ar": "The publisher's name in Arabic.",
    "source_en": "The same in English.",
    "name_ar": "Name in Arabic.",
    "name_en": "Name in English.",
    "country": "Country of the publisher, ISO 3166-1; ZZ where unknown.",
    "entity_id": "Id of the entity.",
    "title": "The title as cleaned.",
    "authors": "Who wrote it, as the page says.",
    "section": "The section it stands in, as the page says.",
    "tags": "The page's own tags.",
    "description": "The page's own summary.",
    "image": "Address of its main picture.",
    "timezone": "Time zone of the publisher.",
    "homepage": "Its home page.",
    "enabled": "Whether it is polled.",
    "page_id": "Id of the address.",
    "run_id": "Name of the run.",
    "speaker_id": "Id of the speaker, where it is a known entity.",
    "quote": "The words themselves, without the marks.",
}
_TYPES = {
    "timestamp with time zone": "timestamptz",
    "double precision": "float8",
    "character varying": "varchar",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A view or a function. `columns`: name, type and meaning of each; `call`: of a function, how it is written."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str, str], ...]
    call: str | None = None


def read(dsn: str) -> dict[str, Entry]:
    """Name → what schema mart holds by it."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns: dict[str, list[tuple[str, str, str]]] = {}
        for view, name, kind, meaning in cursor:
            columns.setdefault(view, []).append((name, _short(kind), meaning or ""))
        cursor.execute(_RELATIONS)
        found = {name: Entry(name, meaning or "", tuple(columns.get(name, ()))) for name, meaning in cursor}
        cursor.execute(_FUNCTIONS)
        for name, arguments, result, meaning in cursor:
            found[name] = Entry(name, meaning or "", (), f"{name}({_short(arguments)}) → {_short(result)}")
    return found


def _short(kind: str) -> str:
    for long, short in _TYPES.items():
        kind = kind.replace(long, short)
    return kind


def groups(names: Iterable[str], folder: Path = VIEWS) -> dict[str, list[str]]:
    """Heading → names, by the file of sql/views that makes each, in the order in which it makes them."""
    left = set(names)
    out: dict[str, list[str]] = {heading: [] for heading in _HEADINGS.values()}
    for path in sorted(folder.glob("*.sql")):
        topic = re.sub(r"^\d+_", "", path.stem)
        heading = _HEADINGS.get(topic, topic.replace("_", " ").capitalize())
        for name in _MADE.findall(path.read_text(encoding="utf-8")):
            if name in left:
                left.remove(name)
                out.setdefault(heading, []).append(name)
    if left:
        out["Further"] = sorted(left)
    return {heading: members for heading, members in out.items() if members}


_PREFACE = """\
# The data dictionary

Schema `mart`: what analysts and dashboards read. Written by `make dictionary` from the comments of the views, which
stand in `sql/views`; `\\d+ mart.articles` in psql shows the same. How to connect, and what to beware of:
[for analysts](analysts.md).

- `day` is everywhere the publisher's local day of publication, or the day first seen where the page gives none
  (`day_basis`).
- Three counts stand side by side: *articles*, *texts* (those that differ) and *stories* (a text on several sites is
  one).
- Moments (timestamptz) are in UTC. Ids are 64-bit numbers that stay the same in every warehouse.
- Offsets count Unicode code points of that version's title or text, the end exclusive.
"""


def markdown(entries: dict[str, Entry]) -> str:
    """The whole page."""
    return "\n".join(_lines(entries)) + "\n"


def _lines(entries: dict[str, Entry]) -> Iterator[str]:
    yield _PREFACE
    grouped = groups(entries)
    for heading, names in grouped.items():
        yield f"- {heading}: " + ", ".join(f"[`{name}`](#{name})" for name in names)
    for heading, names in grouped.items():
        yield f"\n## {heading}"
        for name in names:
            entry = entries[name]
            yield f"\n### {name}\n"
            if entry.call is not None:
                yield f"`mart.{entry.call}`\n"
            yield entry.meaning
            if entry.columns:
                yield "\n| column | type | what it means |\n|---|---|---|"
            for column, kind, meaning in entry.columns:
                yield f"| `{column}` | {kind} | {_cell(meaning or _PLAIN.get(column, ''))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
