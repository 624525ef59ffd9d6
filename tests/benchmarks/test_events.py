"""The events benchmark: what counts as right, and what it says of a file."""

from __future__ import annotations

import json

import pytest

from benchmarks import events

GIVEN = {"type": "ASSAULT", "actor": "سورمان", "target": None, "place": None, "when": None, "text": "قصفت"}


@pytest.mark.parametrize(
    ("gold", "found", "right"),
    [
        (None, None, True),
        (None, GIVEN, False),
        ({"type": "ASSAULT"}, None, False),
        ({"type": "ASSAULT", "actor": "سورمان"}, GIVEN, True),
        ({"type": "ASSAULT", "actor": "مدينة سورمان"}, GIVEN, True),
        ({"type": "ASSAULT", "actor": "كارسيا"}, GIVEN, False),
        ({"type": "ASSAULT"}, GIVEN, False),  # an actor where the text names none
        ({"type": "ASSAULT", "actor": "سورمان"}, GIVEN | {"actor": None}, True),
        ({"type": "COERCE", "actor": "سورمان"}, GIVEN, False),
    ],
)
def test_right_is_the_type_and_nobody_else(gold, found, right):
    assert events.is_right(gold, found) == right


def test_a_file_is_scored_and_its_errors_are_listed(tmp_path, capsys):
    rows = [
        {
            "id": "1",
            "title": "باريس",
            "text": "باريس مدينة.",
            "published_at": "2026-03-10",
            "event": {"type": "PROTEST"},
        },
        {"id": "2", "title": "سوق", "text": "جلس الرجل.", "published_at": "2026-03-10", "event": None},
        {"id": "3", "title": "سوق", "text": "جلس الرجل.", "published_at": "2026-03-10"},
    ]
    path, out = tmp_path / "gold.jsonl", tmp_path / "out.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert events.main(["--gold", str(path), "--errors", "--json", str(out)]) == 0
    told = capsys.readouterr().out
    assert "1: باريس" in told
    assert "2 articles, 1 with a main event; 0 found, 0 right" in told
    assert json.loads(out.read_text(encoding="utf-8"))["recall"] == 0


def test_a_file_that_is_none_is_told(tmp_path, capsys):
    assert events.main(["--gold", str(tmp_path / "nothing.jsonl")]) == 2
    assert "nothing.jsonl" in capsys.readouterr().err
