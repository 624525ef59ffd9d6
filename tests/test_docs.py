"""docs/ says what is so: links and paths lead somewhere, examples load, queries run, outcomes are all there."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from pathlib import Path
from typing import get_args

import psycopg2
import pytest

from rasad import sources
from rasad.model import SelectorField, Source
from rasad.warehouse.dump import CLOCKS
from rasad.warehouse.load import AGAIN, FINAL

ROOT = Path(__file__).parents[1]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "docker").rglob("*.md")])


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """The table under a heading: each word in backticks of the first column → the other columns."""
    section = (ROOT / page).read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| `")]
    return {word: [cell.strip() for cell in rest] for first, *rest in table for word in re.findall("`([^`]+)`", first)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
    for path in re.findall(r"`((?:plugins|tests|sql|docker|docs|dags|benchmarks)/[\w./-]+)`", text):
        if "al_mithal" not in path:  # the example's own
            assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert re.findall(r"\((0\S+\.md)\)", (folder / "README.md").read_text()) == records
    for name in records:
        text = (folder / name).read_text()
        assert text.startswith(f"# {int(name[:4])}. ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, f"{name} has no {part}"


def test_example_of_a_source_loads_and_every_key_is_explained(tmp_path: Path) -> None:
    example, selectors = blocks("docs/sources.md", "yaml")
    (tmp_path / "al_mithal.yaml").write_text(example + selectors)
    source = sources.load([tmp_path])["al_mithal"]
    assert source.feeds[0].kind == "rss"
    assert dict(source.selectors)["title"] == "h2.story-title"
    assert set(get_args(SelectorField)) == set(rows("docs/sources.md", "Where the general reading fails"))
    table = rows("docs/sources.md", "The file")
    fields = {field.name: field for field in dataclasses.fields(Source) if field.name != "id"}
    assert set(fields) <= set(table)
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING
        assert (table[name][0] == "required") == required
        if isinstance(field.default, (str, float)) and not isinstance(field.default, bool):
            assert (
                table[name][0] == f"`{field.default:g}`" if isinstance(field.default, float) else f"`{field.default}`"
            )


def test_every_outcome_is_explained() -> None:
    table = rows("docs/operations.md", "What became of a page")
    code = "\n".join(
        path.read_text()
        for folder in ("pages", "stages", "web", "warehouse")
        for path in sorted((ROOT / "plugins" / "rasad" / folder).glob("*.py"))
    )
    given = set(re.findall(r'Settled\([\w.\[\]"]+, "(\w+)"', code)) | set(re.findall(r'FetchError\(\s*"(\w+)"', code))
    given |= set(re.findall(r'^    \(.*?, "(\w+)", "', code, re.MULTILINE)) | set(
        re.findall(r'"outcome": "(\w+)"', code)
    )
    assert {"gone", "too_short", "rate_limited", "dns", "duplicate", "loaded"} <= given
    # Our own time was up; a feed's answer; a page as it was: none of them is written as an outcome.
    assert given - {"deadline", "http_status", "unchanged"} <= set(table)
    assert {word for word, (_, again) in table.items() if again == "no"} == FINAL - AGAIN


def test_the_columns_that_two_equal_warehouses_may_differ_in_are_listed() -> None:
    table = rows("docs/operations.md", "Two warehouses that are equal")
    listed = {name.removeprefix("news."): set(re.findall(r"`(\w+)`", columns)) for name, (columns,) in table.items()}
    assert listed == {name: set(columns) for name, columns in CLOCKS.items()}


@pytest.mark.postgres
def test_queries_run(warehouse: str) -> None:
    queries = [
        query
        for page in (ROOT / "docs").rglob("*.md")
        for block in blocks(str(page.relative_to(ROOT)), "sql")
        for query in block.split(";\n")
        if query.strip()
    ]
    assert len(queries) >= 3
    with contextlib.closing(psycopg2.connect(warehouse)) as link, link.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            assert cursor.description
