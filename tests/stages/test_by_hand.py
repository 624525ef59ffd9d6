"""What a person names or pastes is read at once, and each address gets an answer."""

from __future__ import annotations

import dataclasses

import pytest
from tests.stages.test_fetch import HTML, WORDS, article, one, query, site, source_yaml  # noqa: F401 (fixtures)
from tests.web.site import Site, reply

from rasad.stages import by_hand
from rasad.stages.plan import PlanError
from rasad.stages.publish import RunFailed
from rasad.warehouse.load import UNSTORABLE

pytestmark = pytest.mark.postgres

NOTHING: by_hand.Asked = {
    "addresses": [], "text": None, "title": None, "published": None, "source": "-", "again": False, "dry_run": False,
}  # fmt: skip
SPEECH = "وقال وزير الصحة سامي الدروبي في بيروت يوم 9 مارس 2026 إن «الحملة تشمل 300 مركز» في أنحاء البلاد. "


def run(settings, dsn, name="by-hand", **fields):
    asked = NOTHING | fields
    works = by_hand.plan(settings, dsn, name, asked)
    return [row for work in works for row in by_hand.read(settings, dsn, name, work, asked)]


def test_addresses_are_read_and_each_gets_its_answer(one, warehouse, site):  # noqa: F811
    site.on("/1", reply(200, article("الدروبي يعلن بدء الحملة", SPEECH + WORDS), **HTML))
    site.on("/2", reply(404))
    site.on("/3", reply(200, article("قصير", "ثلاث كلمات فقط"), **HTML))
    rows = run(
        one, warehouse, addresses=[f"{site.url}/1?utm_source=x", f"  {site.url}/2  {site.url}/3", "", f"{site.url}/1"]
    )
    assert [(row["asked"].removeprefix(site.url), row["outcome"]) for row in rows] == [
        ("/1", "loaded"), ("/2", "gone"), ("/3", "too_short"),
    ]  # fmt: skip
    first = rows[0]
    assert first["title"] == "الدروبي يعلن بدء الحملة"
    assert "سامي الدروبي" in first["found"]["entity"]
    assert first["facts"]["quote"] == 1
    assert all(len(text) <= 80 for texts in first["found"].values() for text in texts)
    assert rows[1]["reason"]
    assert rows[2]["reason"]
    stored = query(warehouse, "SELECT article_id, title FROM mart.articles")
    assert stored == [(first["article_id"], first["title"])]
    assert query(warehouse, "SELECT asked, outcome, facts ->> 'quote' FROM mart.by_hand WHERE outcome = 'loaded'") == [
        (first["asked"], "loaded", "1")
    ]
    (page,) = query(
        warehouse, f"SELECT file, claimed_by, next_look_at IS NULL FROM news.page WHERE url = '{site.url}/1'"
    )
    assert page[0].startswith("one/by-hand/pages-")  # its WARC stands for a later re-reading
    assert page[1:] == (None, False)
    assert query(warehouse, "SELECT stage, items > 0, finished_at IS NULL FROM mart.runs") == [("read", True, False)]


def test_what_was_read_before_is_asked_again_only_on_demand(one, warehouse, site):  # noqa: F811
    site.on("/1", reply(200, article(), **HTML))
    run(one, warehouse, "first", addresses=[f"{site.url}/1"])
    (row,) = run(one, warehouse, "second", addresses=[f"{site.url}/1"])
    assert row["outcome"] == "standing"
    assert row["article_id"]
    assert "again" in row["reason"]
    assert site.paths().count("/1") == 1
    (row,) = run(one, warehouse, "first", addresses=[f"{site.url}/1"])  # the run that read it, cleared
    assert (row["outcome"], row["reason"]) == ("loaded", None)
    assert sum(row["facts"].values()) > 0
    site.on("/1", reply(200, article("عنوان مصحح"), **HTML))
    (row,) = run(one, warehouse, "third", addresses=[f"{site.url}/1"], again=True)
    assert row["outcome"] == "loaded"
    assert query(warehouse, "SELECT title, versions FROM mart.articles") == [("عنوان مصحح", 2)]


def test_a_dry_run_finds_and_keeps_nothing(one, warehouse, site, tmp_path):  # noqa: F811
    site.on("/1", reply(200, article(words=SPEECH + WORDS), **HTML))
    (row,) = run(one, warehouse, addresses=[f"{site.url}/1"], dry_run=True)
    assert row["outcome"] == "article"
    assert row["found"]["quote"]
    for table in ("page", "article", "source", "run", "batch"):
        assert query(warehouse, f"SELECT count(*) FROM news.{table}") == [(0,)], table
    assert not (tmp_path / "landing").exists()
    assert query(warehouse, "SELECT dry_run, article_id FROM mart.by_hand") == [(True, None)]


def test_a_strange_host_becomes_a_source_named_by_it_and_a_redirect_is_followed(one, warehouse, site):  # noqa: F811
    other = Site()
    other.on("/a", reply(302, Location="/b"))
    other.on("/b", reply(200, article(), **HTML))
    settings = dataclasses.replace(one, allow_hosts=one.allow_hosts | {other.host})
    (row,) = run(settings, warehouse, addresses=[f"{other.url}/a"])
    other.close()
    assert row["outcome"] == "duplicate"
    assert row["url"] == f"{other.url}/b"
    assert row["article_id"]
    assert query(warehouse, "SELECT enabled, rights, source_id ~ '__' FROM news.source WHERE NOT enabled") == [
        (False, "facts", True)
    ]


def test_a_person_may_say_whose_article_it_is(one, warehouse, site):  # noqa: F811
    other = Site()
    other.on("/b", reply(200, article(), **HTML))
    settings = dataclasses.replace(one, allow_hosts=one.allow_hosts | {other.host})
    (row,) = run(settings, warehouse, addresses=[f"{other.url}/b"], source="one")
    other.close()
    assert row["outcome"] == "loaded"
    assert query(warehouse, "SELECT source_id FROM mart.articles") == [("one",)]


def test_a_private_host_is_refused_with_its_reason(one, warehouse):  # noqa: F811
    settings = dataclasses.replace(one, contact="mail@example.org", allow_hosts=frozenset())
    (row,) = run(settings, warehouse, addresses=["http://127.0.0.1:9/a"])
    assert row["outcome"] == "private_address"


@pytest.mark.parametrize("address", [None, "https://example.org/story-2026"])
def test_a_pasted_text_is_an_article_that_nobody_looks_at_again(one, warehouse, address):  # noqa: F811
    fields = {"text": SPEECH + WORDS, "title": "حملة تلقيح", "published": "10 مارس 2026"}
    (row,) = run(one, warehouse, addresses=[address] if address else [], **fields)
    assert row["outcome"] == "loaded"
    assert row["facts"]["quote"] == 1
    assert row["url"] == address or row["url"].startswith("urn:sha256:")
    assert query(warehouse, "SELECT title, day::text, source_id FROM mart.articles") == [
        ("حملة تلقيح", "2026-03-10", "example__org" if address else "pasted__text")
    ]
    assert query(warehouse, "SELECT outcome, next_look_at FROM news.page") == [("loaded", None)]
    run(one, warehouse, "again", addresses=[address] if address else [], **fields)
    assert query(warehouse, "SELECT versions FROM mart.articles") == [(1,)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "addresses: none is given"),
        ({"addresses": ["https://a.example/x", "ftp://a.example/"]}, "addresses: line 2: "),
        ({"addresses": ["كلمات"]}, "addresses: line 1: "),
        (
            {"addresses": [f"https://a.example/{n}" for n in range(101)]},
            "addresses: 101 are given, and 100 are the most",
        ),
        ({"addresses": ["https://a.example/1"]}, "RASAD_CONTACT"),
        ({"addresses": ["https://a.example/1"], "source": "nobody"}, "source: no source is called 'nobody'"),
        ({"addresses": ["https://a.example/1"], "title": "عنوان"}, "title: it belongs to a pasted text"),
        (
            {"text": WORDS, "addresses": ["https://a.example/1", "https://a.example/2"]},
            "addresses: 2 are given for one",
        ),
        ({"text": WORDS, "published": "غدا ربما"}, "published: 'غدا ربما' is read as no date"),
        ({"text": "كلمتان اثنتان"}, "text: 2 words"),
        ({"text": "این یک متن فارسی است که برای آزمودن نوشته شده و نباید خوانده شود. " * 6}, "text: it is fa"),
        ({"text": "ا" * 200_001}, "text: 200001 characters"),
    ],
)
def test_what_makes_no_sense_is_told_by_its_field_before_any_work(one, warehouse, fields, said):  # noqa: F811
    with pytest.raises(PlanError) as told:
        run(one, warehouse, **fields)
    assert said in str(told.value)
    assert query(warehouse, "SELECT count(*) FROM news.run") == [(0,)]


def test_two_hosts_are_two_rows_and_the_counts_are_over_both(one, warehouse, site):  # noqa: F811
    site.on("/1", reply(200, article(), **HTML))
    other = Site()
    source_yaml(one.source_dirs[0], "two", other)
    settings = dataclasses.replace(one, allow_hosts=one.allow_hosts | {other.host})
    rows = run(settings, warehouse, addresses=[f"{site.url}/1", f"{other.url}/none"])
    other.close()
    assert by_hand.outcomes(rows)["outcomes"] == {"gone": 1, "loaded": 1}
    said = "\n".join(by_hand.lines(rows))
    assert f"loaded: {site.url}/1" in said
    assert "title: بدء حملة التلقيح" in said
    assert not UNSTORABLE.search(said)
    with pytest.raises(RunFailed):
        by_hand.report([])
    assert by_hand.report([rows[:1], rows[1:]]) == rows
