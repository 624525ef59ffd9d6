"""The `facts` command's lines: what goes in, what comes out, and what bad lines get."""

from __future__ import annotations

import json

import pytest

from rasad.facts import keyphrases, layout
from rasad.facts.passage import Reading
from rasad.model import Fact

GOOD = {
    "id": "a1",
    "title": "هدى نجم: «لن نغلق الميناء»",
    "text": "قالت الوزيرة هدى نجم: «سنفتح الميناء غدا».",
    "published_at": "2026-03-10T08:00:00+03:00",
}
LISTS = (
    "entities",
    "dates",
    "quantities",
    "quotes",
    "indirect_quotes",
    "keyphrases",
    "topics",
    "nominals",
)


def read(*lines: object) -> list[dict[str, object]]:
    return list(layout.read_lines(line if isinstance(line, str) else json.dumps(line) for line in lines))


def test_a_line_of_facts() -> None:
    [row] = layout.read_lines([json.dumps(GOOD)])
    assert {name: row[name] for name in GOOD} == GOOD
    [quote] = row["quotes"]
    assert quote["text"] == row["text"][quote["start"] : quote["end"]] == "سنفتح الميناء غدا"
    assert all(isinstance(row[name], list) for name in LISTS)
    assert row["event"] is None or row["event"]["type"]


def test_facts_of_the_title_stand_apart() -> None:
    [row] = layout.read_lines([json.dumps(GOOD)])
    [quote] = row["title_facts"]["quotes"]
    assert quote["text"] == row["title"][quote["start"] : quote["end"]] == "لن نغلق الميناء"
    assert set(row["title_facts"]) == {*LISTS, "event"}


def test_every_line_can_be_written_again_as_json() -> None:
    for row in read(GOOD, {"text": "قتل 3 جنود بنسبة 2.5 بالمئة يوم 1 مايو 2020."}):
        assert json.loads(json.dumps(row)) == row


def test_whole_numbers_are_written_as_such() -> None:
    [row] = layout.read_lines([json.dumps({"text": "حضر 250 مشاركا و2.5 مليون متابع."})])
    values = [quantity["value"] for quantity in row["quantities"]]
    assert values == [250, 2_500_000]
    assert all(isinstance(value, int) for value in values)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1, 2]", "expected an object"),
        ('{"id": "x"}', "text is missing"),
        ('{"id": "x", "text": 5}', "text is a int"),
        ('{"id": "x", "text": "", "title": ["t"]}', "title is a list"),
        ('{"id": ["x"], "text": ""}', "id is a list"),
        ('{"id": "x", "text": "", "published_at": "غدا"}', "published_at"),
        ('{"id": "x", "text": "", "published_at": 20200101}', "published_at"),
    ],
)
def test_a_bad_line_says_why_and_the_others_are_done(line: str, says: str) -> None:
    first, bad, last = read(GOOD, line, GOOD)
    assert "error" not in first
    assert "error" not in last
    assert set(bad) == {"id", "error"}
    assert says in str(bad["error"])
    assert "line 2" in str(bad["error"])


def test_a_fault_of_an_extractor_is_not_blamed_on_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(reading: Reading) -> tuple[Fact, ...]:
        if "عطل" in reading.article.text:
            raise ValueError("not in list")
        return ()

    monkeypatch.setattr(keyphrases, "extract", fails)
    bad, good = read({"id": "a", "text": "عطل"}, GOOD)
    assert bad == {"id": "a", "error": "line 1: an extractor failed on it: ValueError: not in list"}
    assert "error" not in good


def test_the_id_of_a_bad_line_is_kept_where_it_can_be_read() -> None:
    assert read({"id": 7})[0]["id"] == 7
    assert read("{")[0]["id"] is None


def test_ids_of_any_kind_come_back_as_they_were() -> None:
    assert [row["id"] for row in read({"id": 7, "text": ""}, {"id": "7", "text": ""}, {"text": ""})] == [7, "7", None]


def test_empty_lines_are_passed_over() -> None:
    assert read("", "  \n") == []


def test_broken_surrogates_survive() -> None:
    [row] = read('{"id": "\\ud800", "text": "قال \\udfff: «نعم هذا»"}')
    assert row["text"] == "قال \udfff: «نعم هذا»"


def test_days_and_times_without_offset_are_times() -> None:
    for when in ("2026-03-10", "2026-03-10T08:00:00", "2026-03-10T08:00:00Z"):
        assert "error" not in read({"text": "", "published_at": when})[0]
