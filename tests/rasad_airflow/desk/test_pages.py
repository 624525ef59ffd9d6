"""The pages in Airflow's own API server, with its log-in and its roles, over the newsroom's warehouse."""

from __future__ import annotations

import contextlib
import re

import psycopg2
import pytest
import requests
from bs4 import BeautifulSoup
from tests.rasad_airflow.desk.conftest import Desk

from rasad.settings import ROOT
from rasad.warehouse.roles import READER
from rasad_airflow.desk import show
from rasad_airflow.desk.questions import once

pytestmark = [pytest.mark.postgres, pytest.mark.airflow]

HOSTILE = '<script>alert("x")</script>'


def entity(desk: Desk, name: str) -> int:
    return desk.query("SELECT entity_id FROM mart.entities WHERE name = %s", name)[0][0]


def page(session: requests.Session, desk: Desk, path: str, status: int = 200) -> BeautifulSoup:
    answer = session.get(f"{desk.url}/rasad{path}", timeout=60)
    assert answer.status_code == status, answer.text[-1500:]
    return BeautifulSoup(answer.text, "lxml")


def paths(desk: Desk) -> list[str]:
    number = desk.articles["taza-earthquake"]
    return [
        "/", "/?day=2026-03-09", f"/article/{number}", f"/entity/{entity(desk, 'هناء الزيادي')}", "/sources",
        "/source/minbar", "/search", "/search?q=كسلا", "/run/first", "/static/desk.js", "/static/uplot.js",
        "/health", "/health.json",
    ]  # fmt: skip


def test_nobody_sees_anything_without_logging_in(desk):
    merging = f"/entity/{entity(desk, 'هناء الزيادي')}"
    for path in [*paths(desk), "/static/nothing.js", "/nothing", "/docs", "/openapi.json", "/article/x"]:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            assert requests.request(method, f"{desk.url}/rasad{path}", timeout=30).status_code == 401, (method, path)
    for path in (f"{merging}/merge", f"{merging}/part"):
        assert requests.post(f"{desk.url}/rasad{path}", data={"into": "1"}, timeout=30).status_code == 401, path
    forged = requests.get(f"{desk.url}/rasad/", cookies={"_token": "eyJhbGciOiJub25lIn0.e30."}, timeout=30)
    assert forged.status_code in (401, 403)


def test_whoever_may_read_sees_every_page_with_its_protection(desk):
    reader = desk.log_in("reader")
    for path in paths(desk):
        answer = reader.get(f"{desk.url}/rasad{path}", timeout=60)
        assert answer.status_code == 200, (path, answer.text[-1500:])
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        if not path.startswith("/static") and not path.endswith(".json"):
            read = BeautifulSoup(answer.text, "lxml")
            assert read.html["dir"] == "rtl"
            assert not read.find_all(style=True)
            assert all(script.get("src", "").startswith("/rasad/static/") for script in read.find_all("script"))
            assert not [tag.name for tag in read.find_all() for name in tag.attrs if name.startswith("on")]
    assert "frame-ancestors 'self'" in policy


def test_pages_speak_english_where_that_is_asked_for(desk):
    reader = desk.log_in("reader")
    assert page(reader, desk, "/sources?lang=en").html["dir"] == "ltr"
    assert page(reader, desk, "/sources").h1.text.startswith("Sources")  # and so from then on
    assert page(reader, desk, "/sources?lang=ar").h1.text.startswith("المصادر")


@pytest.mark.parametrize(
    "path",
    [
        "/article/1", "/article/x", f"/article/{10**40}", "/entity/1", f"/entity/-{10**40}", "/source/nobody",
        "/source/%00", "/nothing", "/static/x.css", "/static/..%2fapp.py", "/static/%00",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_so(desk, path):
    assert page(desk.log_in("reader"), desk, path, 404)


def test_a_day_that_is_none_and_a_search_for_nothing_harm_nobody(desk):
    reader = desk.log_in("reader")
    assert page(reader, desk, "/search?q=x&since=2026-99-01", 400)
    for words in ("%00", "''';--", '"', "\\", "-", "()", "%25_", "ـــ", "🙂" * 300):
        assert page(reader, desk, f"/search?q={words}"), words
    for day in ("0001-01-01", "1900-01-01", "9999-12-31"):
        assert page(reader, desk, f"/?day={day}")
        assert page(reader, desk, f"/search?q=x&since={day}&until={day}")
    assert page(reader, desk, "/run/%00%F0%28")


def test_monitors_may_ask_for_the_head_alone(desk):
    answer = desk.log_in("reader").head(f"{desk.url}/rasad/health.json", timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_article_shows_each_fact_at_its_place(desk):
    number = desk.articles["taza-earthquake"]
    shown = page(desk.log_in("reader"), desk, f"/article/{number}")
    facts = desk.query(
        "SELECT fact_no, kind, surface, field FROM mart.facts WHERE article_id = %s ORDER BY fact_no", number
    )
    assert len(shown.select("table.facts tbody tr")) == len(facts) > 20
    for place, (_, kind, surface, field) in enumerate(facts):
        where = shown.select_one(".text" if field == "body" else ".story h1")
        marks = [mark for mark in where.select("mark") if str(place) in mark["data-facts"].split()]
        assert "".join(mark.text for mark in marks) == surface.replace("\n", "")
        assert all(kind in mark["class"] for mark in marks)
    text = desk.query("SELECT text FROM mart.articles WHERE article_id = %s", number)[0][0]
    assert "\n".join(line.text for line in shown.select(".text p")) == "\n".join(
        line for line in text.split("\n") if line
    )
    assert shown.select_one(".story .text")["dir"] == "rtl"
    assert "حُمِّل" in shown.select_one("#why").parent.text
    assert "أصداء الأطلس" in shown.select_one("#versions").parent.text  # whose text it is, too


def test_what_was_said_is_quoted_once_however_many_carry_it():
    def said(article_id, quote, speaker_id=None):
        return {"article_id": article_id, "quote": quote, "speaker_id": speaker_id, "speaker": "قائل"}

    rows = [
        said(1, "لن نتراجع", 7),
        said(2, "غدا نعود"),
        said(2, "لن نتراجع", 7),
        said(3, "لن نتراجعَ", 7),
        said(3, "لن نتراجع"),
    ]
    assert [(row["article_id"], row["articles"]) for row in once(rows, 9)] == [(1, 3), (2, 1), (3, 1)]
    assert len(once(rows, 2)) == 2


def test_the_search_finds_and_marks_words_also_behind_a_clitic(desk):
    shown = page(desk.log_in("reader"), desk, "/search?q=كسلا")
    hits = shown.select(".hits > li")
    assert len(hits) >= 3
    assert any("كسلا" in mark.text for hit in hits for mark in hit.select("mark"))


def test_markup_out_of_an_article_shows_as_text(desk):
    ((number,),) = desk.query("SELECT min(article_id) FROM mart.articles WHERE source_id = 'atlas'")
    desk.query("UPDATE news.article_version SET title = %s WHERE article_id = %s RETURNING 1", HOSTILE, number)
    desk.query("UPDATE news.page SET reason = %s WHERE article_id = %s RETURNING 1", HOSTILE, number)
    desk.query("UPDATE news.source SET name_ar = %s WHERE source_id = 'atlas' RETURNING 1", HOSTILE)
    reader = desk.log_in("reader")
    for path in (f"/article/{number}", "/source/atlas", "/sources", f"/search?q={HOSTILE}", f"/run/{HOSTILE}"):
        answer = reader.get(f"{desk.url}/rasad{path}", timeout=60)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
    assert page(reader, desk, f"/article/{number}").h1.text == HOSTILE


def form(session: requests.Session, desk: Desk, number: int) -> dict[str, str]:
    found = page(session, desk, f"/entity/{number}").select_one("form.merge")
    return {field["name"]: field.get("value", "") for field in found.select("input")}


def test_only_who_has_an_operators_rights_may_merge(desk):
    one, other = entity(desk, "هناء الزيادي"), entity(desk, "إيلينا ماركوفا")
    stolen = form(desk.log_in("operator"), desk, one)["token"]
    for user in ("reader", "editor"):
        session = desk.log_in(user)
        assert page(session, desk, f"/entity/{one}").select_one("form.merge") is None
        for token in ("", stolen):
            answer = session.post(
                f"{desk.url}/rasad/entity/{one}/merge", {"into": str(other), "why": "x", "token": token}, timeout=30
            )
            assert answer.status_code == 403
    assert desk.query("SELECT * FROM news.entity_merge") == []


def test_a_merge_that_another_site_forges_is_refused(desk):
    one, other = entity(desk, "هناء الزيادي"), entity(desk, "إيلينا ماركوفا")
    session = desk.log_in("operator")
    good = form(session, desk, one) | {"into": str(other), "why": "x"}
    url = f"{desk.url}/rasad/entity/{one}/merge"
    assert session.post(url, {"into": str(other), "why": "x"}, timeout=30).status_code == 403
    assert session.post(url, good | {"token": good["token"][:-2]}, timeout=30).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert session.post(url, good, headers=headers, timeout=30).status_code == 403, headers
    assert session.get(url, timeout=30).status_code in (404, 405)
    assert desk.query("SELECT * FROM news.entity_merge") == []


def test_an_operator_merges_with_a_reason_and_parts_again(desk):
    one, other = entity(desk, "هناء الزيادي"), entity(desk, "إيلينا ماركوفا")
    session = desk.log_in("operator")
    fields = form(session, desk, one)
    url = f"{desk.url}/rasad/entity/{one}/merge"
    for wrong in (
        {"into": "someone", "why": "x"},
        {"into": "كسلا", "why": "the name of a place"},
        {"into": "12", "why": "x"},
        {"into": "9" * 20, "why": "x"},
        {"into": "كسلا\0", "why": "x"},
        {"into": str(other), "why": "\0"},
        {"into": str(one), "why": "x"},
        {"into": str(other), "why": " "},
        {"into": str(entity(desk, "كسلا")), "why": "a place"},
    ):
        assert session.post(url, fields | wrong, timeout=30).status_code == 400, wrong
    assert session.post(url, fields | {"into": "إيلينا ماركوفا", "why": "بالاسم"}, timeout=30).status_code == 200
    assert desk.query("SELECT into_id, why FROM news.entity_merge") == [(other, "بالاسم")]
    answer = session.post(url, fields | {"into": f"{desk.url}/rasad/entity/{other}", "why": "الشخص\0نفسه"}, timeout=30)
    assert answer.status_code == 200
    assert desk.query("SELECT entity_id, into_id, why, decided_by FROM news.entity_merge") == [
        (one, other, "الشخص نفسه", "operator")
    ]
    (marked,) = desk.query("SELECT day FROM news.dirty_day WHERE batch_id LIKE 'merge/%%'")
    assert marked == desk.query("SELECT max(day) FROM news.fact WHERE entity_id = %s", one)[0]
    assert session.post(f"{desk.url}/rasad/entity/{one}/part", fields, timeout=30).status_code == 200
    assert desk.query("SELECT * FROM news.entity_merge") == []


def test_the_health_page_says_what_needs_somebody_and_what_to_do(desk):
    reader = desk.log_in("reader")
    desk.query("UPDATE news.run SET planned_at = now()")
    desk.query("UPDATE news.page SET next_look_at = NULL")
    new = page(reader, desk, "/health")
    assert "يحتاج إلى أحد" in new.h1.text  # what nobody has looked at is not well
    assert new.find(id="checks").parent.text.count("لم يُجر بعد") == len(show.CHECKS)
    assert reader.get(f"{desk.url}/rasad/health.json", timeout=60).json()["troubles"] == ["unchecked"]
    for name in show.CHECKS:
        desk.query("INSERT INTO news.check_run VALUES (%s, now() - interval '50 minutes', 0)", name)
    calm = page(reader, desk, "/health")
    assert "كل شيء بخير" in calm.h1.text
    rows = {row.td.text: row for row in calm.find(id="checks").parent.find_all("tr") if row.td}
    assert set(rows) == {path.stem for path in (ROOT / "sql/checks").glob("*.sql")}
    assert all("سليم" in row.text for row in rows.values())
    said = reader.get(f"{desk.url}/rasad/health.json", timeout=60).json()
    assert (said["status"], said["troubles"], said["due_pages"]) == ("ok", [], 0)
    assert set(said["checks"]) == set(rows)

    fault = (
        "INSERT INTO news.alert (list, rule, kind, subject, words, measure, value, threshold, details, raised_at, "
        "seen_at) VALUES ('operators', %s, %s, '', %s, 'faults', 1, 1, %s, now(), now()) RETURNING alert_id"
    )
    ((check,),) = desk.query(fault, "spans_match_text", "check", "spans", f"article_id: 7, {HOSTILE}")
    desk.query(fault, "ingest_news deadline", "run", "ingest_news is late", "run x has not ended")
    desk.query("INSERT INTO news.alert_delivery (alert_id, address, problem) VALUES (%s, 'a@b.c', 'refused')", check)
    desk.query("UPDATE news.run SET planned_at = now() - interval '3 hours'")
    desk.query(
        "UPDATE news.page SET next_look_at = now() - interval '9 hours' WHERE url = (SELECT min(url) FROM news.page)"
    )
    desk.query("UPDATE news.feed SET problem = 'answered 404' WHERE source_id = 'sada'")
    desk.query("UPDATE news.check_run SET ran_at = now() - interval '4 hours' WHERE name = 'freshness'")
    try:
        ill = page(reader, desk, "/health")
        answer = requests.get(  # as a monitor asks
            f"{desk.url}/rasad/health.json",
            headers={"Authorization": f"Bearer {reader.cookies['_token']}"},
            timeout=60,
        )
    finally:
        desk.query("DELETE FROM news.alert_delivery; DELETE FROM news.alert")
        desk.query("UPDATE news.feed SET problem = NULL")
        desk.query("UPDATE news.page SET next_look_at = NULL")
    assert "يحتاج إلى أحد" in ill.h1.text
    (found,) = [row for row in ill.find_all("tr") if row.td and row.td.text == "spans_match_text"]
    assert "خلل" in found.text
    assert "reextract_facts" in found.text  # what to do
    assert HOSTILE in found.pre.text
    assert ill.script.get("src")
    assert "لا تشغيل منذ 3.0 ساعة" in " ".join(ill.find(class_="told").text.split())
    assert "sada" in ill.find(id="sources").parent.decode()
    assert "refused" in ill.find(id="untold").parent.text
    said = answer.json()
    assert said["status"] == "attention"
    assert set(said["troubles"]) == {"no-runs", "queue", "runs", "checks", "unchecked", "sources", "untold"}
    assert (said["checks"]["spans_match_text"], said["runs"]) == (1, ["ingest_news deadline"])
    assert said["sources"]["failing"] == ["sada"]


def test_the_checks_are_told_in_arabic():
    assert {path.stem for path in (ROOT / "sql/checks").glob("*.sql")} == set(show.CHECKS)
    assert all(re.search("[ء-ي]{3}", words) for both in show.CHECKS.values() for words in both)


def test_a_warehouse_that_does_not_answer_is_named_without_its_password(desk, postgres):
    with contextlib.closing(psycopg2.connect(postgres.dsn("postgres"))) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("ALTER DATABASE desk RENAME TO away")
            try:
                answer = desk.log_in("reader").get(f"{desk.url}/rasad/", timeout=30)
                told = desk.log_in("reader").get(f"{desk.url}/rasad/health.json", timeout=30)
            finally:
                cursor.execute("ALTER DATABASE away RENAME TO desk")
    assert answer.status_code == 503
    assert "desk" in answer.text
    assert (told.status_code, told.json()["status"]) == (503, "error")
    assert postgres.password_file(READER).read_text().strip() not in answer.text


def test_airflow_names_the_pages_in_its_navigation(desk):
    told = desk.log_in("operator").get(f"{desk.url}/api/v2/plugins", timeout=30).json()
    (plugin,) = [plugin for plugin in told["plugins"] if plugin["name"] == "rasad"]
    (view,) = plugin["external_views"]
    assert (view["href"], view["destination"], view["url_route"]) == ("/rasad/", "nav", "rasad")
    assert requests.get(f"{desk.url}/api/v2/plugins/importErrors", timeout=30).status_code == 401
    errors = desk.log_in("operator").get(f"{desk.url}/api/v2/plugins/importErrors", timeout=30).json()
    assert errors["import_errors"] == []
