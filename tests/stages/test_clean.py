"""Clean: which address is an article's own, and pages that must not stop the others."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone

import pytest

from rasad import pages
from rasad.model import Article, Page, Settled, Source
from rasad.settings import Settings
from rasad.sources import load
from rasad.stages import clean as module
from rasad.stages import landing
from rasad.stages.clean import clean, own_address, read_page
from rasad.stages.landing import LandingError, Work
from rasad.web import archive

SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",))
NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
BODY = (
    "أعلنت بلدية المدينة اليوم أنها ستعيد فتح الحديقة العامة أمام الزوار في مطلع الشهر المقبل بعد أعمال ترميم استمرت "
    "سنة كاملة، وقال رئيس البلدية إن الدخول سيكون مجانيا لجميع السكان طوال الأسبوع الأول من الافتتاح."
)


def page(url, head="", text=BODY, status=200):
    html = (
        f"<html lang=ar><head><title>حديقة المدينة</title>{head}</head><body><article>"
        f"<h1>حديقة المدينة تفتح أبوابها</h1><p>{text}</p><p>{text}</p></article></body></html>"
    )
    return Page(url, "nahar", status, (("content-type", "text/html; charset=utf-8"),), html.encode(), NOW)


@pytest.mark.parametrize(
    ("url", "declared", "own"),
    [
        # The same place, written in another way.
        ("https://a.example/sport/12345", None, "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example/sport/12345", "https://a.example/sport/12345"),
        ("http://m.a.example/short", "https://www.a.example/short", "https://www.a.example/short"),
        ("https://a.example/sport/12345?page=2", "https://a.example/sport/12345", "https://a.example/sport/12345"),
        ("https://a.example/12345", "https://a.example/sport/12345.html", "https://a.example/sport/12345.html"),
        ("https://a.example/news.php?id=12345", "https://a.example/news/12345", "https://a.example/news/12345"),
        ("https://a.example/print/a-long-day-in-town", "https://a.example/a-long-day-in-town",
         "https://a.example/a-long-day-in-town"),
        # What a template declares for every article.
        ("https://a.example/sport/12345", "https://a.example/", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example/sport", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example/sport/", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example/page/1", "https://a.example/sport/12345"),
        ("https://a.example/arts-and-culture/x", "https://a.example/arts-and-culture",
         "https://a.example/arts-and-culture/x"),
        ("https://a.example/news.php?id=12345", "https://a.example/news.php", "https://a.example/news.php?id=12345"),
        ("https://a.example/?p=12345", "https://a.example/", "https://a.example/?p=12345"),
        # Another's, or none.
        ("https://a.example/sport/12345", "https://b.example/sport/12345", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "mailto:desk@a.example", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://a.example/" + "x" * 5000 + "12345", "https://a.example/sport/12345"),
        ("https://a.example/sport/12345", "https://[::1/12345", "https://a.example/sport/12345"),
    ],
)  # fmt: skip
def test_a_declared_address_is_believed_where_it_names_the_same_article(url, declared, own):
    assert own_address(url, declared, SOURCE) == own


def test_a_page_has_its_declared_address_and_the_time_it_was_fetched():
    read = read_page(
        page("https://a.example/12345?page=2", "<link rel=canonical href=https://a.example/12345>"), SOURCE
    )
    assert isinstance(read, Article)
    assert (read.url, read.source_id, read.fetched_at) == ("https://a.example/12345", "nahar", NOW.isoformat())


@pytest.mark.parametrize("url", ["https://a.example/" + "x" * 3000, "https://a..example/1", "https://[::1/1"])
def test_an_address_that_no_ledger_holds_settles_its_page_alone(url):
    read = read_page(page(url), SOURCE)
    assert isinstance(read, Settled)
    assert read.outcome == "unreadable"
    assert read.reason.startswith("ValueError: ")


def warc(tmp_path, name, *some):
    """A work at the gate of clean: its pages, asked for under their own addresses."""
    work = Work(source="nahar", run="run", stages={})
    zone = tmp_path.as_uri()
    path = tmp_path / "x.warc.gz"
    archive.write(path, some)
    file = landing.put(zone, work, "pages", "warc.gz", path.read_bytes())
    rows = [{"asked": p.url, "url": p.url, "body_hash": "h"} for p in some]
    (tmp_path / "nahar.yaml").write_text(
        "name_ar: النهار\nname_en: An-Nahar\ncountry: LB\ntimezone: Asia/Beirut\nhomepage: https://a.example/\n"
        "hosts: [a.example]\n",
        encoding="utf-8",
    )
    settings = Settings(tmp_path, zone, source_dirs=(tmp_path,))
    settled = landing.settled_line(Settled("https://a.example/gone", "gone", "404"))
    work["file"] = landing.put_lines(zone, work, name, [{"warc": file}, *rows, settled])
    return settings, work, landing._place(zone, file)


def lines(settings, work):
    found = {}
    for line in landing.get_lines(settings.landing, work["file"]):
        if "article" in line:
            found[line["page_url"]] = line["article"]["url"]
        else:
            found[line["settled"]["url"]] = line["settled"]["outcome"]
    return found


def test_a_page_that_makes_reading_raise_is_settled_and_the_others_go_on(tmp_path, monkeypatch):
    def read(page, source):
        if page.url.endswith("/2"):
            raise RecursionError("too deep")
        return real(page, source)

    real = pages.read
    monkeypatch.setattr(module.pages, "read", read)
    settings, work, _ = warc(tmp_path, "pages", *(page(f"https://a.example/{n}") for n in (1, 2, 3)))
    done = clean(settings, work)
    assert lines(settings, done) == {
        "https://a.example/gone": "gone",
        "https://a.example/1": "https://a.example/1",
        "https://a.example/2": "unreadable",
        "https://a.example/3": "https://a.example/3",
    }
    assert done["stages"]["clean"]["items"] == 2


def test_a_page_of_a_cut_warc_is_settled_with_its_reason(tmp_path):
    settings, work, place = warc(tmp_path, "pages", *(page(f"https://a.example/{n}") for n in (1, 2, 3)))
    data = place.read_bytes()
    place.write_bytes(data[: len(data) - 300])
    found = lines(settings, clean(settings, work))
    assert found["https://a.example/1"] == "https://a.example/1"
    assert found["https://a.example/3"] == "unreadable"
    assert len(found) == 4


def test_cleaning_again_writes_the_same_file(tmp_path):
    settings, work, _ = warc(tmp_path, "pages", page("https://a.example/1"))
    assert clean(settings, work)["file"] == clean(settings, work)["file"]


def test_nothing_fetched_is_nothing_to_clean(tmp_path):
    settings, work, _ = warc(tmp_path, "pages")
    del work["file"]
    done = clean(settings, work)
    assert "file" not in done
    assert done["stages"]["clean"]["items"] == 0


def test_the_file_of_another_stage_is_refused(tmp_path):
    settings, work, _ = warc(tmp_path, "facts", page("https://a.example/1"))
    with pytest.raises(LandingError, match="give the one that fetch printed"):
        clean(settings, work)


def test_two_addresses_that_lead_to_one_page_are_both_answered(tmp_path):
    settings, work, _ = warc(tmp_path, "pages", page("https://a.example/12345"))
    rows = list(landing.get_lines(settings.landing, work["file"]))
    rows.insert(1, rows[1] | {"asked": "https://a.example/s/1"})
    work["file"] = landing.put_lines(settings.landing, work, "pages", rows)
    found = lines(settings, clean(settings, work))
    assert found["https://a.example/s/1"] == found["https://a.example/12345"] == "https://a.example/12345"


def test_other_statuses_and_languages_are_settled():
    gone = read_page(page("https://a.example/1", status=410), SOURCE)
    english = "The city council said on Monday that it would reopen the public garden to visitors next month. " * 3
    foreign = read_page(dataclasses.replace(page("https://a.example/2", text=english)), SOURCE)
    assert [r.outcome for r in (gone, foreign) if isinstance(r, Settled)] == ["gone", "not_arabic"]
    assert gone.fetched_at == NOW.isoformat()


def test_a_feed_that_dates_wrongly_is_not_believed_where_its_source_says_so():
    hinted = dataclasses.replace(page("https://a.example/1"), published_hint="2026-03-09T07:00:00+02:00")
    assert read_page(hinted, SOURCE).published_at == "2026-03-09T07:00:00+02:00"
    doubted = dataclasses.replace(SOURCE, dates="page")
    assert read_page(hinted, doubted).published_at is None
    dated = page("https://a.example/1", head='<meta property="article:published_time" content="2026-03-08T06:00:00Z">')
    dated = dataclasses.replace(dated, published_hint="2026-03-09T07:00:00+02:00")
    assert read_page(dated, doubted).published_at == "2026-03-08T08:00:00+02:00"


def test_an_english_page_of_a_host_with_many_languages_is_refused_for_its_language():
    bbc = load()["bbc_arabic"]
    text = "Ministers will meet in the capital on Tuesday to discuss the harvest, officials said in a statement. " * 4
    read = read_page(page("https://www.bbc.com/news/articles/c0000000000o", text=text), bbc)
    assert isinstance(read, Settled)
    assert read.outcome == "not_arabic"
