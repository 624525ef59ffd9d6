"""What rows become on a page: every byte of theirs is escaped."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone

from rasad_airflow.desk import show


def test_numbers_and_shares():
    assert [show.number(n) for n in (None, 0, 1234, 1234.5, 3.0, 2 / 3)] == ["—", "0", "1,234", "1,234.5", "3", "0.67"]
    assert [show.percent(n) for n in (None, 0.5, 1)] == ["—", "50%", "100%"]


def test_times_read_from_left_to_right_within_arabic():
    assert show.when(None) == "—"
    assert 'dir="ltr">2026-03-10 18:00</time>' in show.when(datetime(2026, 3, 10, 18, tzinfo=timezone.utc))
    assert show.when(date(2026, 3, 10)) == '<time datetime="2026-03-10" dir="ltr">2026-03-10</time>'
    assert "<b>" not in show.when("<b>")


def test_only_addresses_of_the_web_become_links():
    assert 'href="https://a.example/x?a=1&amp;b=2"' in show.link("https://a.example/x?a=1&b=2")
    for hostile in ("javascript:alert(1)", "data:text/html,<script>", "urn:sha256:00", ' https://a.example/"onclick=x'):
        assert "href" not in show.link(hostile)
        assert "<script" not in show.link(hostile)
    assert "<script" not in show.link('https://a.example/"><script>')
    assert show.link(None) == ""


def test_a_snippet_marks_words_and_escapes_the_rest():
    assert show.snippet("قال <b> ⟦القاهرة⟧ & غيرها") == "قال &lt;b&gt; <mark>القاهرة</mark> &amp; غيرها"
    assert show.snippet("⟦<script>⟧ ⟦بلا نهاية") == "<mark>&lt;script&gt;</mark> <mark>بلا نهاية</mark>"
    assert show.snippet(None) == ""


def test_a_day_without_a_row_is_a_gap_not_a_zero():
    rows = [
        {"day": date(2026, 3, 3), "articles": 4, "expected": None},
        {"day": date(2026, 3, 1), "articles": 2, "expected": 1.5},
    ]
    drawn = json.loads(show.chart(rows, "articles", "expected"))
    assert drawn["series"] == [[2, None, 4], [1.5, None, None]]
    assert [datetime.fromtimestamp(x, timezone.utc).day for x in drawn["x"]] == [1, 2, 3]
    assert show.chart([], "articles") == "{}"


def test_a_strip_shows_an_outage_as_unknown_and_not_as_a_small_day():
    rows = [
        {"source_id": "sada", "day": date(2026, 3, 9), "articles": 10, "coverage": 1.0},
        {"source_id": "sada", "day": date(2026, 3, 10), "articles": 1, "coverage": 0.1},
        {"source_id": "minbar", "day": date(2026, 3, 10), "articles": 500, "coverage": None},
    ]
    drawn = show.strip(rows, "sada", date(2026, 3, 10), "<b> {} / {}")
    assert 'aria-label="&lt;b&gt; 11 / 1"' in drawn
    assert drawn.count("<rect") == 3
    assert '<rect class="unknown" x="112" y="0" width="3" height="18.0"/>' in drawn  # the last of 29
    assert '<rect x="108" y="0.0" width="3" height="18.0"/>' in drawn  # the tallest of its own


def test_facts_of_title_and_body_keep_their_numbers():
    facts = [
        {"kind": "entity", "field": "body", "start_offset": 0, "end_offset": 4},
        {"kind": "entity", "field": "title", "start_offset": 0, "end_offset": 3},
        {"kind": "date", "field": "body", "start_offset": 5, "end_offset": 9},
        {"kind": "quote", "field": "body", "start_offset": None, "end_offset": None},  # its text is not kept
    ]
    made = show.marked({"article": {"title": "عنوان", "text": "كلمة تليها"}, "facts": facts})
    assert [(piece.text, piece.facts) for piece in made["headline"]] == [("عنو", (1,)), ("ان", ())]
    assert [(piece.text, piece.facts) for piece in made["body"][0]] == [
        ("كلمة", (0,)),
        (" ", ()),
        ("تليه", (2,)),
        ("ا", ()),
    ]
    assert {kind: count for kind, (_, _, count) in made["kinds"].items()} == {"entity": 2, "date": 1, "quote": 1}
    assert show.marked({"article": {"title": None, "text": None}, "facts": []})["body"] == []
