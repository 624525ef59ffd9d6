"""What an alert says: Arabic first and right to left, nothing of a page's own doing, and JSON that says the same."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, datetime, timezone

import pytest
from lxml import html

from rasad.stages import messages
from rasad.warehouse.alerts import Alert, Evidence

RISE = Alert(
    alert_id="0b5c1a52-0000-4000-8000-000000000001", list="desk", rule="entity:سد النهضة", kind="entity",
    name_ar="سد النهضة", name_en="Grand Ethiopian Renaissance Dam", day=date(2026, 3, 10), measure="articles",
    value=12.0, threshold=10.0, articles=12, texts=11, stories=7, expected=1.5, coverage=0.93, basis="full baseline",
    details=None,
    raised_at=datetime(2026, 3, 10, 18, 4, tzinfo=timezone.utc),
    evidence=(Evidence("https://a.example/1", "جولة مفاوضات جديدة حول السد", "النهار"),),
)  # fmt: skip
HOSTILE = "\u202eمقلوب\u2066 <script>alert(1)</script> {{ 7*7 }} \x00\r\nBcc: all@example.org\u200f"


def text_of(page):
    """What a reader reads, line by line."""
    page = re.sub(r"<br>|</?(?:p|h3|li|div|pre|hr|title|ul|small)\b[^>]*>", "\n", page)
    return [" ".join(line.split()) for line in html.fromstring(f"<div>{page}</div>").text_content().splitlines()]


def test_a_mail_reads_from_right_to_left_and_says_it_in_both_languages():
    page = messages.page([RISE])
    root = html.fromstring(page)
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    said = text_of(page)
    assert "اسم: سد النهضة" in said
    assert "المقالات: 12 · حد التنبيه: 10" in said
    counts = "النصوص غير المكررة: 11 · القصص: 7 · المعتاد في اليوم: 1.5"
    assert f"{counts} · نسبة الصحافة المقروءة: 93% · أساس المقارنة: كامل" in said
    assert '<bdi dir="ltr">2026-03-10</bdi>' in page  # it would be turned within its line
    assert "Name: Grand Ethiopian Renaissance Dam" in said
    assert "unique texts: 11 · stories: 7 · usual a day: 1.5 · share of the press read: 93% · baseline: full" in said
    (link,) = root.xpath("//a")
    assert (link.get("href"), link.text_content()) == ("https://a.example/1", "جولة مفاوضات جديدة حول السد")
    assert [div.get("dir") for div in root.xpath("//div")] == ["ltr"]
    assert messages.subject([RISE]) == "رصد: اسم: سد النهضة"
    assert messages.subject([RISE, RISE, RISE]).endswith("(+2)")


def test_nothing_of_a_page_runs_or_turns_what_follows():
    names = {field.name: HOSTILE for field in dataclasses.fields(RISE) if field.name in ("name_ar", "name_en", "rule")}
    evidence = (
        Evidence("javascript:alert(1)", HOSTILE, HOSTILE),
        Evidence('https://a.example/"><img src=x>', HOSTILE, "ا"),
    )
    hostile = dataclasses.replace(RISE, **names, evidence=evidence, details=f"{HOSTILE}\n{HOSTILE}")
    page = messages.page([hostile])
    root = html.fromstring(page)
    assert root.xpath("//script | //img | //style | //iframe") == []
    assert [a.get("href") for a in root.xpath("//a")] == ['https://a.example/"><img src=x>']
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00]", page)
    assert "&lt;script&gt;" in page
    line = messages.subject([hostile])
    assert "\n" not in line
    assert "\r" not in line
    assert len(line) < 200
    assert len(root.xpath("//pre")[0].text_content().splitlines()) == 4  # line ends in details are theirs


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "toll", "name_ar": "killed", "measure": "value", "value": 25.0}, "حصيلة: قتلى"),
        ({"kind": "source", "measure": "silent", "value": 7.26, "threshold": 6.0}, "ساعات الصمت: 7.3 · حد التنبيه: 6"),
        ({"kind": "entity", "measure": "ratio", "value": 4.0}, "أضعاف المعتاد: 4 · حد التنبيه: 10"),
        ({"kind": "run", "measure": "faults", "name_ar": "ingest_news failed", "evidence": ()},
         "تشغيل متعثر: ingest_news failed"),
        ({"kind": "check", "measure": "faults", "details": "source_id: sada"}, "source_id: sada"),
    ],
)  # fmt: skip
def test_each_kind_has_its_words(changes, says):
    assert says in text_of(messages.page([dataclasses.replace(RISE, **changes)]))


def test_every_kind_and_measure_of_a_watchlist_can_be_said():
    from rasad.sources.watchlists import MEASURES

    for kind, measures in MEASURES.items():
        for measure in measures:
            page = messages.page([dataclasses.replace(RISE, kind=kind, measure=measure)])
            assert len(text_of(page)) > 5


def test_a_webhook_gets_all_of_it():
    body = messages.payload([RISE])
    assert json.loads(json.dumps(body)) == body
    (alert,) = body["alerts"]
    assert body["text"] == "رصد: اسم: سد النهضة"
    assert alert["id"] == RISE.alert_id
    assert alert["evidence"] == [
        {"url": "https://a.example/1", "title": "جولة مفاوضات جديدة حول السد", "source_ar": "النهار"}
    ]
    assert {"name_ar", "value", "threshold", "expected", "coverage", "basis", "raised_at"} <= set(alert)
