"""Log lines: the ids that they carry, and what they never say."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime, timezone

import pytest

from rasad import logs
from rasad.__main__ import main
from rasad.model import Page, Source
from rasad.stages.clean import read_page
from rasad.warehouse.load import page_id


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("https://user:S3cret@example.org/a?b=1", "https://***@example.org/a?b=1"),
        ("proxy http://S3cret@10.0.0.1:3128 refused", "proxy http://***@10.0.0.1:3128 refused"),
        ("postgresql://u:S3cret%40x@db:5432/warehouse", "postgresql://***@db:5432/warehouse"),
        ("'https://a.example/f?id=7&access_token=S3cret&x=2'", "'https://a.example/f?id=7&access_token=***&x=2'"),
        (
            "s3://b/k?X-Amz-Signature=S3cret&X-Amz-Security-Token=S3cret",
            "s3://b/k?X-Amz-Signature=***&X-Amz-Security-Token=***",
        ),
        ("host=db password=S3cret user=u", "host=db password=*** user=u"),
        ("Authorization: Bearer S3cret.x.y", "Authorization: Bearer ***"),
        ("{'authorization': 'S3cret'}", "{'authorization': '***'}"),
    ],
)
def test_secrets_of_addresses_are_hidden(said, safe):
    assert logs.redacted(said) == safe


@pytest.mark.parametrize(
    "said",
    [
        "https://medium.com/@name/story?key=12&author=samir&page=3",
        "قال: الرمز السري token هو كلمة، والبريد a@example.org",
        "mail to desk@example.org: 3 tokens = 3",
    ],
)
def test_nothing_else_is(said):
    assert logs.redacted(said) == said


@pytest.mark.parametrize("unit", ["?token", "://a@", "?", "token_", "authorization:", "a.b-c_", "&secret=", "://"])
def test_hostile_text_takes_linear_time(unit):
    start = time.monotonic()
    logs.redacted(unit * (1_000_000 // len(unit)))
    assert time.monotonic() - start < 20


@pytest.fixture
def lines(monkeypatch, capsys):
    """What the command line's log says after it was configured: a function that gives its lines."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err.splitlines()
    root.handlers[:], root.level = handlers, level
    logging.setLogRecordFactory(factory)


def failing(monkeypatch):
    def read(page, source):
        raise RuntimeError("no way to https://user:S3cret@example.org/")

    monkeypatch.setattr("rasad.pages.read", read)
    page = Page("https://a.example/1?token=S3cret", "", 200, (), b"", datetime.now(timezone.utc))
    source = Source(
        id="one", name_ar="أ", name_en="A", country="LB", timezone="UTC", homepage="https://a.example/", hosts=()
    )
    with logs.about(run_id="r1", source="one"):
        read_page(page, source)
    return str(page_id(page.url))


def test_a_line_of_json_has_run_source_and_page_and_no_secret_even_in_its_traceback(lines, monkeypatch):
    logs.configure("json")
    number = failing(monkeypatch)
    logging.getLogger("rasad.x").info("done: %s", "https://u:S3cret@h/")
    first, second, third = (json.loads(line) for line in lines())
    assert (first["run_id"], first["source"], first["page"]) == ("r1", "one", number)
    assert (first["level"], first["logger"]) == ("error", "rasad.stages.clean")
    assert first["event"] == "reading https://a.example/1?token=*** failed"
    assert "RuntimeError: no way to https://***@example.org/" in first["exception"]
    assert (second["event"].split(":")[0], second["page"]) == ("unreadable", number)
    assert third["event"] == "done: https://***@h/"
    assert "page" not in third
    assert third["timestamp"].endswith("Z")


def test_a_line_of_text_has_them_as_well(lines, monkeypatch):
    logs.configure("text")
    number = failing(monkeypatch)
    first, *trace = lines()
    assert first == (
        f"ERROR rasad.stages.clean: reading https://a.example/1?token=*** failed (page {number}, run_id r1, source one)"
    )
    assert trace[-1] == "RuntimeError: no way to https://***@example.org/"


def test_whoever_writes_is_guarded_and_a_line_that_does_not_fit_together_is_left(lines, caplog):
    logs.guard()
    logs.guard()
    log = logging.getLogger("somebody")
    log.warning("asked %s", "https://u:S3cret@h/")
    log.warning("%s")
    assert [record.getMessage() for record in caplog.records] == ["asked https://***@h/", "%s"]
    with pytest.raises(TypeError):
        logging.makeLogRecord({"msg": "%d", "args": ("x",)}).getMessage()
    assert logging.getLogRecordFactory()("n", 30, "f", 1, "%d", ("x",), None).args == ("x",)


def test_the_form_is_a_setting(lines, monkeypatch, capsys):
    monkeypatch.setenv("RASAD_LOG", "xml")
    assert main(["sources", "list"]) == 2
    assert "RASAD_LOG is 'xml': give text or json" in capsys.readouterr().err
