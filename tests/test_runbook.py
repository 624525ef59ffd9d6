"""The runbook has an entry for all that may call somebody, and what it names is there."""

from __future__ import annotations

import ast
import dataclasses
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from rasad.__main__ import _parser
from rasad.stages import messages
from rasad.warehouse import alerts, checks

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
AIRFLOW = ROOT / "plugins/rasad_airflow"
HEADINGS = re.findall(r"^##+ (.+)$", TEXT, re.MULTILINE)
ANCHORS = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in HEADINGS}


def section(heading: str) -> str:
    """What stands under a heading, down to the next one of its level or above."""
    level = re.search(rf"^(#+) {re.escape(heading)}$", TEXT, re.MULTILINE)
    assert level, heading
    rest = TEXT[level.end() :]
    end = re.search(rf"^#{{1,{len(level[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def words_in_first_column(heading: str) -> set[str]:
    rows = re.findall(r"^\| (.+?) \|", section(heading), re.MULTILINE)
    return {word for row in rows for word in re.findall("`([^`]+)`", row)}


@pytest.mark.parametrize("name", sorted(checks.read()))
def test_each_check_has_its_entry(name: str) -> None:
    said = section(f"`{name}`")
    assert all(f"**{word}:**" in said for word in ("Means", "Look", "Do"))


def test_each_dag_may_fail_and_has_its_line() -> None:
    assert words_in_first_column("A run failed") == {path.stem for path in (ROOT / "dags").glob("*.py")}


def test_each_kind_of_alert_has_its_line_and_each_message_names_an_entry_that_is_there() -> None:
    assert words_in_first_column("An alert of a watchlist") == set(messages._KINDS)
    one = dataclasses.replace(alerts.unkept("run", "ingest_news", "x", "y"), raised_at=datetime.now(timezone.utc))
    found = [
        dataclasses.replace(one, kind=kind, rule=rule)
        for kind in messages._KINDS
        for rule in (sorted(checks.read()) if kind == "check" else ["ingest_news", "ingest_news deadline"])
    ]
    for alert in found:
        file, _, anchor = messages.entry(alert).partition("#")
        assert (ROOT / file).is_file()
        assert anchor in ANCHORS, alert
        assert messages.entry(alert) in messages.page([alert])
        assert messages.payload([alert])["alerts"][0]["runbook"] == messages.entry(alert)


def test_each_link_within_it_leads_somewhere() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= ANCHORS


def test_each_trouble_of_the_health_page_has_its_line() -> None:
    code = (AIRFLOW / "desk/app.py").read_text(encoding="utf-8")
    troubles = re.findall(r'^            \("([a-z-]+)", ', code, re.MULTILINE)
    assert len(troubles) >= 6
    assert set(troubles) == words_in_first_column("Health")


def test_each_figure_has_its_line_here_and_in_operations() -> None:
    code = (AIRFLOW / "metrics.py").read_text(encoding="utf-8")
    made = code[code.index("def of_load") : code.index("def send")]
    named = set(re.findall(r'\("([\w.]+)", "\w+"(?:, "\w+")?\)', made))
    named |= set(re.findall(r'"rasad\.([a-z]+)"', code))
    assert named >= {"due.pages", "latency.p95_seconds", "articles", "versions", "pages", "facts", "answer", "sources"}
    assert words_in_first_column("Metrics") == {f"rasad.{name}" for name in named}
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert all(f"`rasad.{name}`" in operations for name in named)


def test_each_message_of_somebody_not_told_has_its_line() -> None:
    said = section("Somebody was not told")
    tree = ast.parse((AIRFLOW / "notifiers.py").read_text(encoding="utf-8"))
    raised = [
        node.exc.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") in ("NotToldError", "NoConnectionError")
    ]  # fmt: skip
    texts = [node for node in raised if isinstance(node, ast.JoinedStr)]
    assert len(texts) >= 4
    for text in texts:
        parts = [part.value.strip(" :(") for part in text.values if isinstance(part, ast.Constant)]
        assert any(part and part in said for part in parts), parts
    for words in ("RASAD_OPERATORS names nobody who is to be told", "The warehouse does not answer."):
        assert words in said
        assert words in (AIRFLOW / "notifiers.py").read_text(encoding="utf-8")


def test_the_commands_and_dags_that_it_names_are_there() -> None:
    commands = re.findall(r"python -m rasad ([a-z]+)(?: ([a-z]+))?", TEXT)
    assert len(commands) >= 6
    for one, other in commands:
        known = _parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
        assert one in known
        if one == "sources":
            assert other == "check"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", TEXT)) <= targets
    for file, anchor in re.findall(r"\]\(([\w]+\.md)(?:#([\w-]+))?\)", TEXT):
        text = (ROOT / "docs" / file).read_text(encoding="utf-8")
        headings = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in re.findall(r"^#+ (.+)$", text, re.M)}
        assert not anchor or anchor in headings
