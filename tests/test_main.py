"""The commands as a user types them: what they read and write, their exit status, and one line for what is wrong."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.newsroom import Newsroom
from tests.newsroom.gold import expected
from tests.pipeline import environment, settings_of
from upath import UPath

from rasad.__main__ import main
from rasad.model import Page
from rasad.settings import ROOT
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.web import archive

TEXT = "قال وزير المالية ياسين جابر في بيروت يوم 3 آذار 2026 إن الحكومة ستدفع 5 ملايين دولار.\nوأضاف: «هذا وعد منا».\n"
NOWHERE = "postgresql://user:hidden@127.0.0.1:9/none"
COMMANDS = ("facts", "clean", "backfill", "reextract", "stage", "sources", "migrate", "report", "sql", "checks")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    """Nothing of the developer's own settings, and a var folder whose emptiness shows that no work was begun."""
    for name in [name for name in os.environ if name.startswith("RASAD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RASAD_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command in this process: (exit status, lines of stdout, lines of stderr)."""

    def run(*argv, stdin: str | bytes = ""):
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        try:
            status = main([str(arg) for arg in argv])
        except SystemExit as end:
            status = end.code
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


def shell(*argv, stdin=b"", **env):
    """The same in a process of its own, as make and cron do."""
    return subprocess.run(
        [sys.executable, "-m", "rasad", *map(str, argv)], input=stdin, capture_output=True, cwd=ROOT, timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith("LC_")} | {"PYTHONPATH": "plugins"} | env,
    )  # fmt: skip


def json_lines(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def assert_one_line(result, *says, status=2):
    """Refused with one line on stderr that says all of this, before anything was begun."""
    code, out, err = result
    assert (code, out) == (status, [])
    assert len(err) == 1, err
    for part in says:
        assert part in err[0]
    assert "Traceback" not in err[0]
    assert "hidden" not in err[0]  # the password


# Usage


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_worth_reading(run, command):
    status, out, err = run(*filter(None, [command]), "--help")
    assert (status, err) == (0, [])
    assert len(" ".join(out)) > 200
    assert max(map(len, out)) <= 110
    if not command:
        assert all(any(line.strip().startswith(name) for line in out) for name in COMMANDS)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], ["COMMAND", "--help"]),
        (["fetch"], ["invalid choice: 'fetch'", "stage", "--help"]),
        (["stage"], ["name", "stage --help"]),
        (["stage", "loads"], ["'loads'", "discover", "load"]),
        (["stage", "fetch"], ["fetch takes a source", "--source"]),
        (["stage", "fetch", "--batch", "a/b/c"], ["fetch takes a source", "--source"]),
        (["stage", "load"], ["load takes a file", "--batch"]),
        (["stage", "clean", "--source", "sada"], ["clean takes a file", "--batch"]),
        (["stage", "clean", "--batch", "pages.jsonl.gz"], ["'pages.jsonl.gz' is no reference", "SOURCE/RUN/FILE"]),
        (["stage", "clean", "--batch", "nobody/run/pages-1.jsonl.gz"], ["no source is called 'nobody'", "known are"]),
        (["stage", "clean", "--batch", "bbc_arabic/../pages-1.jsonl.gz"], ["is no reference into the landing zone"]),
        (["stage", "clean", "--batch", "bbc_arabic/run/pages-1.jsonl.gz"], ["is not in the landing zone", "discover"]),
        (["stage", "clean", "--batch", "bbc_arabic/run/facts-1.jsonl.gz"], ["give the one that fetch printed"]),
        (["stage", "discover", "--source", "nobody"], ["no source is called 'nobody'", "RASAD_SOURCES"]),
        (["backfill"], ["FILE.warc.gz", "--help"]),
        (["backfill", "/no/such.warc.gz"], ["/no/such.warc.gz is no file", "WARC"]),
        (["backfill", "/"], ["/ is no file", "WARC"]),
        (["sql"], ["QUERY", "--help"]),
        (["checks", "no_such"], ["no check is called 'no_such'", "spans_match_text"]),
        (["checks", "--since", "yesterday"], ["'yesterday'", "write a day as 2026-03-10"]),
        (["facts", "--fast"], ["--fast", "--help"]),
    ],
)
def test_wrong_usage_is_one_line_with_the_way_out(run, tmp_path, argv, says):
    assert_one_line(run(*argv), *says)
    assert not (tmp_path / "var").exists()  # no server was started for it


@pytest.mark.parametrize(
    ("name", "value"),
    [("RASAD_SOURCES", "/no/such/folder"), ("RASAD_LANDING", "landing"), ("RASAD_LANDING_DAYS", "many"),
     ("RASAD_CONTACT", "مكتب"), ("RASAD_ALLOW_HOSTS", "http://127.0.0.1")],
)  # fmt: skip
@pytest.mark.parametrize("argv", [["migrate"], ["report"], ["sql", "SELECT 1"], ["stage", "measure"]])
def test_a_wrong_setting_is_one_line_that_names_it(run, tmp_path, monkeypatch, name, value, argv):
    monkeypatch.setenv(name, value)
    assert_one_line(run(*argv), name)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("argv", [["stage", "discover", "--source", "sada"], ["backfill", __file__]])
def test_a_wrong_key_in_a_source_is_named_with_file_and_line(run, tmp_path, monkeypatch, argv):
    (tmp_path / "sada.yaml").write_text("name_ar: صدى\nname_en: Sada\ncolour: red\n", encoding="utf-8")
    monkeypatch.setenv("RASAD_SOURCES", str(tmp_path))
    assert_one_line(run(*argv), f"{tmp_path / 'sada.yaml'}:3", "unknown key 'colour'", "known are")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("dsn", "says"),
    [(NOWHERE, ["127.0.0.1:9/none", "make up", "RASAD_WAREHOUSE"]), ("user:hidden@host/none", ["write postgresql://"])],
)
@pytest.mark.parametrize(
    "argv",
    [["migrate"], ["report"], ["sql", "SELECT 1"], ["stage", "measure"], ["stage", "fetch", "--source", "sada"],
     ["backfill", __file__]],
)  # fmt: skip
def test_a_warehouse_that_cannot_be_reached_is_one_line(run, tmp_path, monkeypatch, argv, dsn, says):
    (tmp_path / "sada.yaml").write_text(
        "name_ar: صدى\nname_en: Sada\ncountry: SA\ntimezone: Asia/Riyadh\nhomepage: http://127.0.0.1:9/\n"
        "hosts: ['127.0.0.1:9']\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("RASAD_SOURCES", str(tmp_path))
    monkeypatch.setenv("RASAD_ALLOW_HOSTS", "127.0.0.1:9")
    monkeypatch.setenv("RASAD_WAREHOUSE", dsn)
    assert_one_line(run(*argv), *says)


@pytest.mark.postgres
@pytest.mark.parametrize("argv", [["report"], ["stage", "measure"]])
def test_a_warehouse_without_its_schema_is_one_line(run, monkeypatch, empty_database, argv):
    monkeypatch.setenv("RASAD_WAREHOUSE", empty_database)
    assert_one_line(run(*argv), "schema is not up to date", "python -m rasad migrate")


def test_what_the_machine_refuses_is_one_line(run, monkeypatch):
    def fail(lines, backend):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/landing/x")

    monkeypatch.setattr("rasad.facts.layout.read_lines", fail)
    assert_one_line(run("facts"), "No space left on device", "/var/landing/x", "room on the disk")


def test_a_fault_of_ours_shows_where_it_is(run, monkeypatch):
    def fail(lines, backend):
        raise ZeroDivisionError

    monkeypatch.setattr("rasad.facts.layout.read_lines", fail)
    with pytest.raises(ZeroDivisionError):
        main(["facts"])


# facts


def test_facts_of_good_lines_count_into_the_text_that_was_given(run):
    odd = "\u200fقـــال " + TEXT  # what cleaning would drop stays and is counted
    rows = [
        {"id": "a", "title": "وعد في بيروت", "text": TEXT, "published_at": "2026-03-04T08:00:00+02:00"},
        {"id": 2, "title": None, "text": odd, "published_at": None},
    ]
    status, out, err = run("facts", stdin=json_lines(*rows) + "\n\n")
    assert (status, err, len(out)) == (0, [], 2)
    for given, line in zip(rows, map(json.loads, out), strict=True):
        assert {name: line[name] for name in given} == given
        found = [fact for kind in ("entities", "dates", "quantities", "quotes", "keyphrases") for fact in line[kind]]
        assert all(given["text"][fact["start"] : fact["end"]] == fact["text"] for fact in found)
        assert {"ياسين جابر", "بيروت"} <= {fact["text"] for fact in line["entities"]}
        assert "2026-03-03" in {fact["value"] for fact in line["dates"]}
        assert all(given["title"][f["start"] : f["end"]] == f["text"] for f in line["title_facts"]["entities"])


BAD = [
    (b"no json\n", None, "line 2: no JSON"),
    (b"[1]\n", None, "line 2: a JSON list"),
    (b'{"id": "x"}\n', "x", "line 2: text is missing"),
    (b'{"id": "x", "text": 5}\n', "x", "line 2: text is a int"),
    (b'{"id": "x", "text": "a", "title": []}\n', "x", "line 2: title is a list"),
    (b'{"id": "x", "text": "a", "published_at": "gestern"}\n', "x", "line 2: published_at 'gestern'"),
    (b'{"id": {"a": 1}, "text": "a"}\n', None, "line 2: id is a dict"),
    (b'{"id": "x", "text": "\xff\xfe"}\n', None, "line 2: no JSON"),
    (b'{"id": "x", "text": "cut\n', None, "line 2: no JSON"),
    (b"[" * 100_000 + b"\n", None, "line 2: no JSON"),
]


@pytest.mark.parametrize(("line", "name", "says"), BAD, ids=[says for _, _, says in BAD])
def test_a_bad_line_says_why_and_the_others_are_still_done(run, line, name, says):
    good = json_lines({"id": "good", "title": None, "text": TEXT, "published_at": None}).encode()
    status, out, err = run("facts", stdin=good + line + good)
    assert (status, err) == (1, [])
    first, second, third = map(json.loads, out)
    assert set(second) == {"id", "error"}
    assert second["id"] == name
    assert second["error"].startswith(says)
    assert first == third
    assert first["entities"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\0", "\ud800", "\U0010ffff" * 3, "؟" * 2000, "«" * 500])
def test_a_text_with_nothing_in_it_has_no_facts_and_no_error(run, text):
    status, out, err = run("facts", stdin=json.dumps({"id": 1, "title": text, "text": text}))
    (row,) = map(json.loads, out)
    assert (status, err, row["text"], row["entities"], row["event"]) == (0, [], text, [], None)


def test_a_huge_line_is_read_to_its_end(run):
    text = "\n".join([TEXT.strip()] * 300)
    status, out, _ = run("facts", stdin=json_lines({"id": 1, "title": "عنوان", "text": text}))
    (row,) = map(json.loads, out)
    assert status == 0
    assert sum(fact["text"] == "ياسين جابر" for fact in row["entities"]) == 300
    assert row["entities"][-1]["end"] > len(text) - len(TEXT)


def test_nothing_in_is_nothing_out(run):
    assert run("facts") == (0, [], [])
    assert run("clean") == (0, [], [])


def test_utf8_whatever_the_locale_and_with_a_byte_order_mark():
    row = {"id": "ا", "title": None, "text": TEXT, "published_at": None}
    done = shell("facts", stdin=b"\xef\xbb\xbf" + json_lines(row).encode(), PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["id"] == "ا"


def test_a_reader_that_has_enough_ends_it_quietly():
    row = json_lines(*({"id": n, "title": None, "text": TEXT * 5} for n in range(60))).encode()
    done = subprocess.run(
        f"{sys.executable} -m rasad facts | head -1", shell=True, input=row, capture_output=True, cwd=ROOT, timeout=120,
        env=os.environ | {"PYTHONPATH": "plugins"},
    )  # fmt: skip
    assert json.loads(done.stdout)["id"] == 0
    assert done.stderr == b""


# clean

BODY = (
    "أعلنت بلدية المدينة اليوم أنها ستعيد فتح الحديقة العامة أمام الزوار في مطلع الشهر المقبل بعد أعمال ترميم استمرت "
    "سنة كاملة، وقال رئيس البلدية إن الدخول سيكون مجانيا لجميع السكان طوال الأسبوع الأول من الافتتاح."
)


def test_saved_pages_of_any_charset_become_articles(run, tmp_path):
    html = (
        "<html lang=ar><head><title>حديقة</title>"
        '<meta property="article:published_time" content="2026-03-10T09:00:00+03:00">'
        f"</head><body><article><h1>حديقة المدينة تفتح أبوابها</h1><p>{BODY}</p></article></body></html>"
    )
    rows = []
    for n, charset in enumerate(["utf-8", "windows-1256", "utf-16"]):
        (tmp_path / f"{n}.html").write_bytes(html.encode(charset))
        rows.append({"id": n, "url": f"https://a.example/{n}", "file": str(tmp_path / f"{n}.html")})
    status, out, err = run("clean", stdin=json_lines(*rows))
    assert (status, err) == (0, [])
    assert set(json.loads(out[0])) == {
        "id", "url", "title", "text", "published_at", "updated_at", "authors", "language", "description", "image",
        "canonical_url", "section", "tags",
    }  # fmt: skip
    for row, line in zip(rows, map(json.loads, out), strict=True):
        assert (line["id"], line["url"]) == (row["id"], row["url"])
        assert (line["text"].strip(), line["published_at"]) == (BODY, "2026-03-10T09:00:00+03:00")


def test_a_page_that_is_not_there_says_so_and_the_others_are_still_done(run, tmp_path):
    (tmp_path / "1.html").write_text(f"<html><body><article><h1>عنوان</h1><p>{BODY}</p></article></body></html>")
    (tmp_path / "empty.html").write_bytes(b"")
    rows = [
        {"id": "gone", "url": "https://a.example/1", "file": str(tmp_path / "none.html")},
        {"id": "folder", "url": "https://a.example/1", "file": str(tmp_path)},
        {"id": "nul", "url": "https://a.example/1", "file": "a\0b"},
        {"id": "empty", "url": "https://a.example/1", "file": str(tmp_path / "empty.html")},
        {"id": "no file", "url": "https://a.example/1"},
        {"id": "good", "url": "https://a.example/1", "file": str(tmp_path / "1.html")},
    ]
    status, out, err = run("clean", stdin="no json\n" + json_lines(*rows))
    found = [json.loads(line) for line in out]
    assert (status, err) == (1, [])
    assert [row["id"] for row in found] == [None, *(row["id"] for row in rows)]
    assert ["error" in row for row in found] == [True] * 6 + [False]
    assert "none.html" in found[1]["error"]
    assert found[6]["text"].strip() == BODY


# The warehouse


@pytest.fixture
def at_newsroom(tmp_path, warehouse, monkeypatch):
    """The newsroom is open, and the environment names it and an empty warehouse."""
    with Newsroom() as room:
        settings = settings_of(room, tmp_path / "var")
        for name, value in environment(settings, warehouse).items():
            monkeypatch.setenv(name, value)
        yield room


@pytest.mark.postgres
def test_the_stages_one_by_one_bring_a_source_into_the_warehouse(run, at_newsroom, warehouse):
    def stage(name, *options):
        status, out, err = run("stage", name, *options)
        assert (status, err) == (0, [])
        return json.loads(out[0])

    for source in ("minbar", "sada"):
        named = ("--source", source, "--run", "by hand")
        assert stage("discover", *named)["stages"]["discover"]["items"] > 5
        work = stage("fetch", *named)
        for name in ("clean", "extract", "load"):
            assert work["file"].startswith(f"{source}/by-hand/")
            file, work = work["file"], stage(name, "--batch", work["file"], "--run", "by hand")
        assert work["again"] is False
        assert stage("load", "--batch", file)["again"] is True  # the name of the run stands in the reference
        wanted = sum(e.outcome == "loaded" and e.ref.startswith(source) for e in expected(1).values())
        assert work["new_articles"] == wanted
    assert stage("measure")["days"] > 0
    status, out, _ = run("sql", "SELECT source_id, count(*) AS n FROM articles GROUP BY 1 ORDER BY 1")
    counts = {row["source_id"]: row["n"] for row in map(json.loads, out)}
    assert (status, list(counts)) == (0, ["minbar", "sada"])
    # Nothing is due any more: the next stages have nothing to do, and say so by naming no file.
    assert "file" not in stage("fetch", "--source", "sada", "--run", "later")


@pytest.mark.postgres
def test_migrating_twice_does_everything_once(run, monkeypatch, empty_database):
    monkeypatch.setenv("RASAD_WAREHOUSE", empty_database)
    status, out, err = run("migrate")
    assert (status, err) == (0, [])
    assert "migrate: 0001_news.sql" in out
    before = dump(empty_database)
    assert run("migrate") == (0, ["migrate: nothing to do"], [])
    assert dump(empty_database) == before


@pytest.mark.postgres
def test_questions_are_answered_a_json_line_a_row(run, monkeypatch, loaded):
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded.dsn)
    status, out, err = run("sql", "SELECT source_id, name_ar FROM sources ORDER BY 1 LIMIT 2")
    assert (status, err) == (0, [])
    assert out == [
        '{"source_id": "atlas", "name_ar": "أصداء الأطلس"}',
        '{"source_id": "difaf", "name_ar": "جريدة الضفاف"}',
    ]
    assert run("sql", "SELECT 1 AS error") == (0, ['{"error": 1}'], [])  # a column's name is no failure


@pytest.mark.postgres
@pytest.mark.parametrize(
    "question",
    ["SELEC 1", "SELECT * FROM nothing", "SELECT 1; SELECT 2", "DELETE FROM news.page", "DROP SCHEMA mart CASCADE",
     "SELECT 1) q; COMMIT; DELETE FROM news.page; SELECT (1"],
)  # fmt: skip
def test_questions_that_are_none_are_one_line_and_change_nothing(run, monkeypatch, loaded_copy, question):
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded_copy)
    before = dump(loaded_copy)["page"]
    assert_one_line(run("sql", question), "rasad sql: the query failed")
    assert dump(loaded_copy)["page"] == before != []


@pytest.mark.postgres
def test_a_full_report_ends_well_and_an_empty_one_names_what_is_missing(run, monkeypatch, loaded, warehouse):
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded.dsn)
    status, out, err = run("report")
    assert (status, err) == (0, [])
    assert any("⟦" in line for line in out)
    monkeypatch.setenv("RASAD_WAREHOUSE", warehouse)
    status, out, err = run("report")
    assert status == 1
    assert out
    missing = "What the last run brought, Articles by source, What became of every address"
    assert err[-1].startswith(f"report: nothing came out of the warehouse for: {missing}")


@pytest.mark.postgres
def test_watchlists_are_looked_at_and_a_wrong_one_is_named_with_file_and_line(run, monkeypatch, warehouse, tmp_path):
    monkeypatch.setenv("RASAD_WAREHOUSE", warehouse)
    monkeypatch.setenv("RASAD_WATCHLISTS", str(tmp_path))
    (tmp_path / "desk.yaml").write_text("tell: [a@b.org]\nwatches:\n  - phrase: سعر الخبز\n    articles: 2\n")
    status, out, err = run("stage", "alert")
    assert (status, err) == (0, [])
    assert json.loads(out[0]) == {"raised": 0, "ended": 0, "standing": 0, "problems": []}
    (tmp_path / "desk.yaml").write_text("tell: [a@b.org]\nwatches:\n  - speaker: سامي\n    score: 2\n")
    assert_one_line(run("stage", "alert"), "desk.yaml:3: a speaker is not watched by score")


@pytest.mark.postgres
def test_checks_name_what_is_wrong_and_what_to_do(run, monkeypatch, loaded_copy):
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded_copy)
    days = ("--since", "2026-03-06", "--until", "2026-03-10")
    status, out, err = run("checks", "spans_match_text", "rollups_equal_facts", *days)
    assert (status, err) == (0, [])
    assert [line.split() for line in out] == [["spans_match_text", "ok"], ["rollups_equal_facts", "ok"]]
    with connect(loaded_copy) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.source_day SET articles = 99 WHERE (day, source_id) = ('2026-03-09', 'sada')")
    status, out, err = run("checks", "rollups_equal_facts", *days)
    assert (status, err) == (1, [])
    assert out[0].split() == ["rollups_equal_facts", "BAD", "1", "fault"]
    assert "day: 2026-03-09, source_id: sada" in out[1]
    assert out[-1].startswith("  do: Mark the days")


@pytest.mark.postgres
def test_archives_are_loaded_with_a_line_for_each_chunk(run, monkeypatch, loaded, empty_database, tmp_path):
    monkeypatch.setenv("RASAD_WAREHOUSE", empty_database)
    (file,) = [f for f in UPath(loaded.settings.landing).rglob("*.warc.gz") if "minbar" in str(f)]
    pages = [page for page in archive.read(file) if isinstance(page, Page)]
    (tmp_path / "no.warc.gz").write_bytes(b"no archive")
    archive.write(tmp_path / "good.warc.gz", pages)
    status, out, err = run("backfill", tmp_path / "no.warc.gz", tmp_path / "good.warc.gz")
    assert status == 1
    assert err[-1] == f"rasad backfill: {tmp_path / 'no.warc.gz'} holds no page that can be read: is it a WARC file?"
    assert any(line.startswith(f"good.warc.gz: {len(pages)} records (") for line in out)
    assert out[-1].startswith("measured ")
    status, out, err = run("backfill", tmp_path / "good.warc.gz")
    assert (status, err, out[-1]) == (0, [], "measured 0 days")
    with connect(empty_database) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) > 5 FROM mart.articles")
        assert cursor.fetchone() == (True,)


def test_the_command_stands_on_its_own(tmp_path: Path):
    """From a shell: no database, no landing zone, nothing written."""
    done = shell(
        "facts", stdin=json_lines({"id": 1, "title": None, "text": TEXT}).encode(), RASAD_VAR=str(tmp_path / "v")
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not (tmp_path / "v").exists()
    done = shell("sql", "SELECT 1", RASAD_WAREHOUSE=NOWHERE)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
