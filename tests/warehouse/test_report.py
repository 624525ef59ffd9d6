"""The report: every part over a loaded warehouse, and the names of the parts that came out empty."""

from __future__ import annotations

import re

import pytest
from tests.newsroom.gold import expected

from rasad.warehouse import report as module
from rasad.warehouse.connection import connect
from rasad.warehouse.report import report

pytestmark = pytest.mark.postgres

TITLES = [title for title, *_ in module._PARTS]
NONE = {  # parts that a warehouse may well have nothing of
    "Killed, by place and day": "no place has a toll on more than one day",
    "Numbers corrected by their publishers": "no number was corrected",
}


def parts(dsn):
    """Title → its lines, and what was named empty."""
    lines: list[str] = []
    empty = report(dsn, lines.append)
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("\n"):
            title = line.strip().partition(" · ")[0]
            found[title] = []
        else:
            found[title].append(line.strip())
    return found, empty


def change(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def test_every_part_has_something_to_say_of_the_newsroom(loaded):
    found, empty = parts(loaded.dsn)
    assert empty == []
    assert list(found)[: len(TITLES)] == TITLES
    assert all(found[title] for title in TITLES)
    password = loaded.dsn.split("@")[0].rsplit(":", 1)[1]
    assert password not in str(found)


def test_counts_are_those_of_the_newsroom(loaded):
    found, _ = parts(loaded.dsn)
    outcomes = {line.split()[1]: int(line.split()[0]) for line in found["What became of every address"][1:]}
    for outcome in ("loaded", "gone", "not_arabic", "too_short", "blocked_by_robots"):
        assert outcomes[outcome] == sum(want.outcome == outcome for want in expected(1).values())
    by_source = {line.split()[4]: int(line.split()[0]) for line in found["Articles by source"][1:]}
    assert sum(by_source.values()) == outcomes["loaded"]
    kinds = {line.split()[-1]: int(line.split()[0]) for line in found["Facts by kind"][1:]}
    assert kinds == dict(change(loaded.dsn, "SELECT kind, count(*)::int FROM mart.facts GROUP BY kind"))
    stages = [line.split()[-1] for line in found["How long the last run took, all sources together"][1:]]
    assert stages == ["discover", "fetch", "clean", "extract", "load"]


def test_columns_stand_under_their_heads(loaded):
    found, _ = parts(loaded.dsn)
    for title in ("Articles by source", "Facts by kind", "Rising on the last day"):
        head, *lines = found[title]
        assert lines
        assert len({len(re.split(r"\s{2,}", line)) for line in (head, *lines)}) == 1


def test_the_evidence_shows_exactly_the_fact_in_one_sentence_of_its_article(loaded):
    found, _ = parts(loaded.dsn)
    what, shown = found["One fact in its sentence"]
    start, end, url = re.fullmatch(r"quantity .+, code points (\d+) to (\d+) of (\S+)", what).groups()
    ((text,),) = change(loaded.dsn, "SELECT text FROM mart.articles WHERE url = %s", url)
    assert re.search("⟦(.*)⟧", shown)[1] == text[int(start) : int(end)]
    assert shown.replace("⟦", "").replace("⟧", "") in " ".join(text.split())
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("text", "fact", "sentence"),
    [
        ("جملة أولى. قتل 3 أشخاص في حادث. جملة ثالثة.", "3 أشخاص", " قتل 3 أشخاص في حادث."),
        ("ارتفع 3.5 بالمئة إلى 7.25 دولار اليوم. ثم انخفض.", "3.5 بالمئة", "ارتفع 3.5 بالمئة إلى 7.25 دولار اليوم."),
        ("فقرة بلا نقطة\nدفع 5 دنانير\nفقرة أخرى.", "5 دنانير", "دفع 5 دنانير\n"),
        ("هل قتل 3؟ لا أحد يعرف!", "3", "هل قتل 3؟"),
        ("قتل 3", "3", "قتل 3"),
        ("3 قتلى", "3 قتلى", "3 قتلى"),
        ("السعر 5. ثم", "5.", "السعر 5. ثم"),
    ],
)
def test_a_sentence_ends_at_its_point_and_never_within_a_number(text, fact, sentence):
    start = text.index(fact)
    left, right = module._sentence(text, start, start + len(fact))
    assert text[left:right] == sentence


@pytest.mark.parametrize(
    ("value", "shown"),
    [(5_000_000.0, "5,000,000"), (3.5, "3.5"), (0.0, "0"), (1234.25, "1,234.25"), (1e12, "1" + ",000" * 4)],
)
def test_numbers_are_written_out(value, shown):
    assert module._number(value) == shown


def test_an_empty_warehouse_names_every_part(warehouse):
    found, empty = parts(warehouse)
    assert empty == [title for title in TITLES if title not in NONE]
    assert all(found[title] == [NONE.get(title, "(nothing)")] for title in TITLES)


def test_a_part_that_is_missing_is_named_alone(loaded_copy):
    change(loaded_copy, "DELETE FROM news.fact WHERE kind = 'quantity'")
    _, empty = parts(loaded_copy)
    assert empty == ["One fact in its sentence"]


def test_a_fact_that_is_not_in_the_article_is_not_shown(loaded_copy):
    change(loaded_copy, "UPDATE news.fact SET surface = surface || 'x' WHERE kind = 'quantity'")
    _, empty = parts(loaded_copy)
    assert empty == ["One fact in its sentence"]


def test_quotes_are_cut_between_words(loaded_past):
    found, _ = parts(loaded_past.dsn)
    lines = found["Most quoted in the last seven days"][1:]
    assert lines
    for line in lines:
        quote = re.search("«(.*)»$", line)[1]
        ((times,),) = change(
            loaded_past.dsn, "SELECT count(*) FROM mart.quotes WHERE regexp_replace(quote, '\\s+', ' ', 'g') LIKE %s",
            quote.removesuffix(" …").replace("%", r"\%") + "%",
        )  # fmt: skip
        assert times
        assert len(quote) <= 73


def test_five_weeks_are_told_in_one_screen(loaded_past):
    found, empty = parts(loaded_past.dsn)
    assert empty == []
    assert sum(len(lines) + 2 for lines in found.values()) < 110
    tolls = {line.split("  ")[-1]: line for line in found["Killed, by place and day"][1:]}
    assert "4 13 19 27 31 33 34 35" in tolls["حضرموت"]
    assert "4 9 15 23 26 29 31" in tolls["كسلا"]  # the 23 of 7 March is of a live article
    assert "5→9 7→9" in tolls["طرابلس"]
    corrected = found["Numbers corrected by their publishers"]
    assert [line.rpartition(": ")[2] for line in corrected] == ["خمسة أشخاص ← تسعة أشخاص", "37 شخصا ← 27 شخصا"]
    assert "عثمان بابكر" in found["Most quoted in the last seven days"][1]
    assert re.match("2026-03-28 .*قمة", found["Days ahead"][1])
