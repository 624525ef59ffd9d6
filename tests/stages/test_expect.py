"""Saved pages: what is expected of them is written, compared, and refused where it cannot be read."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from rasad import sources
from rasad.__main__ import main
from rasad.stages import expect
from rasad.stages.expect import ExpectError

YAML = """\
name_ar: المثال
name_en: Al Mithal
country: EG
timezone: Africa/Cairo
homepage: https://almithal.example
hosts: [almithal.example]
"""
TEXT = "وقف الصباغ أمام أحواضه القديمة يشرح لتلاميذ المدرسة كيف يخرج الأزرق من ورقة خضراء لا يظن أحد أن فيها لونا. " * 3
HTML = (
    "<html lang=ar><head><meta charset=utf-8><title>صباغ يعلم الألوان</title></head><body><article>"
    f"<h1>صباغ يعلم الألوان</h1><div>منذ ساعتين</div><p>{TEXT}</p></article></body></html>"
)
URL = "https://almithal.example/a/1"
SAVED = datetime(2026, 3, 10, 9, tzinfo=timezone.utc)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "al_mithal.yaml").write_text(YAML, encoding="utf-8")
    page = tmp_path / "pages" / "al_mithal" / "dyer.html"
    page.parent.mkdir(parents=True)
    page.write_text(HTML, encoding="utf-8")
    return page


@pytest.fixture
def source(tmp_path: Path, page: Path):
    return sources.load([tmp_path])["al_mithal"]


def test_what_is_read_is_written_and_then_held(source, page):
    path = expect.write(source, page, URL, SAVED)
    assert path == page.with_name("dyer.expected.json")
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["title"] == "صباغ يعلم الألوان"
    assert values["published_at"] == "2026-03-10T09:00:00+02:00"  # two hours before it was saved
    assert values["words"] == len(TEXT.split())
    assert TEXT.startswith(values["begins"])
    assert TEXT.strip().endswith(values["ends"])
    assert "authors" not in values
    assert list(expect.compare(source, page)) == []
    with pytest.raises(ExpectError, match="is there already"):
        expect.write(source, page, URL, SAVED)


def test_what_differs_is_told_field_by_field(source, page):
    path = expect.write(source, page, URL, SAVED)
    values = json.loads(path.read_text(encoding="utf-8")) | {"authors": ["سلمى"], "without": ["الأزرق", "الأحمر"]}
    del values["words"]  # what is not named is not compared
    path.write_text(json.dumps(values), encoding="utf-8")
    assert list(expect.compare(source, page)) == [
        'authors: expected ["سلمى"], read []',
        'without: the text has "الأزرق"',
    ]


def test_a_page_that_is_no_article_is_expected_to_be_none(source, page):
    page.write_text("<html lang=ar><body><h1>صباغ</h1><p>قريبا.</p></body></html>", encoding="utf-8")
    path = expect.write(source, page, URL, SAVED)
    assert json.loads(path.read_text(encoding="utf-8"))["outcome"] == "too_short"
    page.write_text(HTML, encoding="utf-8")
    assert list(expect.compare(source, page)) == ['outcome: expected "too_short", read "article"']


def test_an_address_of_another_is_refused(source, page):
    with pytest.raises(ExpectError, match="is no address of al_mithal"):
        expect.write(source, page, "https://other.example/a/1", SAVED)


GOOD = {"url": URL, "fetched_at": "2026-03-10T09:00:00Z"}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "one JSON object"),
        (json.dumps(GOOD | {"titel": "x"}), "unknown key 'titel'; known are url"),
        (json.dumps({"url": URL}), "it needs 'fetched_at'"),
        (json.dumps({"url": 5, "fetched_at": ""}), "it needs 'url'"),
        (json.dumps(GOOD | {"fetched_at": "2026-03-10T09:00:00"}), "fetched_at is"),
        (json.dumps(GOOD | {"fetched_at": "soon"}), "fetched_at is"),
        (json.dumps(GOOD | {"without": "x"}), "a list of phrases"),
        (None, "write it with `sources expect`"),
    ],
)
def test_an_expectation_that_cannot_be_read_is_refused_with_its_file(source, page, written, words):
    path = expect.expectation(page)
    if written is not None:
        path.write_text(written, encoding="utf-8")
    with pytest.raises(ExpectError) as error:
        list(expect.compare(source, page))
    assert str(path) in str(error.value)
    assert words in str(error.value)
    assert len(str(error.value)) < 600


def test_pages_and_expectations_without_their_other_half_are_refused(tmp_path, source, page):
    known = {source.id: source}
    assert expect.saved([tmp_path], known) == [(source, page)]
    assert expect.saved([tmp_path], known, ["other"]) == []
    lost = page.with_name("lost.expected.json")
    lost.write_text("{}", encoding="utf-8")
    with pytest.raises(ExpectError, match=r"its page lost\.html is not there"):
        expect.saved([tmp_path], known)
    lost.unlink()
    (tmp_path / "pages" / "nobody").mkdir()
    with pytest.raises(ExpectError, match="no source is called 'nobody'"):
        expect.saved([tmp_path], known)


def test_the_commands(tmp_path, page, monkeypatch, capsys):
    monkeypatch.setenv("RASAD_SOURCES", str(tmp_path))
    begin = ["sources", "expect", "al_mithal"]
    assert main([*begin, str(page), "--url", URL, "--saved", "2026-03-10T11:00:00+02:00"]) == 0
    assert "صباغ يعلم الألوان" in capsys.readouterr().out
    assert main(["sources", "compare"]) == 0
    assert capsys.readouterr().out.startswith("al_mithal            ok ")
    page.write_text(HTML.replace("صباغ يعلم الألوان", "أحواض الصباغ"), encoding="utf-8")
    assert main(["sources", "compare", "al_mithal"]) == 1
    assert "  title: expected" in capsys.readouterr().out
    assert main([*begin, str(page), "--url", URL]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main([*begin, str(tmp_path / "none.html"), "--url", URL]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main([*begin, str(page), "--url", URL, "--saved", "2026-03-10T09:00"]) == 2
    assert "without an offset" in capsys.readouterr().err
    assert main(["sources", "compare", "nobody"]) == 2
    assert "no source is called" in capsys.readouterr().err
