"""Backfill: archives of any make, stopped anywhere and started again, with whatever they hold."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone

import pytest
from tests.newsroom.gold import expected
from upath import UPath

from rasad.model import Page
from rasad.settings import Settings
from rasad.stages import backfill as module
from rasad.stages.backfill import backfill
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.web import archive

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


@pytest.fixture(scope="session")
def newsroom_pages(loaded):
    """What the newsroom's servers answered, as the run left it in the landing zone."""
    files = sorted(UPath(loaded.settings.landing).rglob("*.warc.gz"), key=str)
    pages = [page for file in files for page in archive.read(file) if isinstance(page, Page)]
    assert len(pages) > 40
    return pages


@pytest.fixture(scope="session")
def few_pages(newsroom_pages):
    """Seven of them of several publishers, which is enough where the number does not count."""
    return newsroom_pages[::7]


@pytest.fixture
def settings(loaded, tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    for id, origin in loaded.room.origins.items():  # the room took its own along when it closed
        host = origin.removeprefix("http://")
        (folder / f"{id}.yaml").write_text(
            f"name_ar: {id}\nname_en: {id}\ncountry: LB\ntimezone: Asia/Beirut\n"
            f"homepage: {origin}/\nhosts: ['{host}']\n",
            encoding="utf-8",
        )
    return Settings(tmp_path, (tmp_path / "landing").as_uri(), source_dirs=(folder,))


def write(tmp_path, pages, name="pages.warc.gz"):
    path = tmp_path / name
    archive.write(path, pages)
    return path


def test_an_archive_of_the_newsroom_loads_what_its_run_loaded(settings, warehouse, loaded, newsroom_pages, tmp_path):
    path = write(tmp_path, newsroom_pages)
    done = backfill(settings, warehouse, path)
    wanted = {loaded.room.url(ref) for ref, want in expected(1).items() if want.outcome == "loaded"}
    assert {url for (url,) in query(warehouse, "SELECT url FROM mart.articles")} == wanted
    assert (done.file, done.records) == ("pages.warc.gz", len(newsroom_pages))
    assert done.outcomes["article"] >= len(wanted)
    assert query(warehouse, "SELECT count(*) > 0, count(*) = %s FROM mart.facts", done.facts) == [(True, True)]
    # Not Arabic: counted here, and no row in the ledger, where an archive's millions would bury the rest.
    assert done.outcomes["not_arabic"] == 1
    pages = query(warehouse, "SELECT outcome, count(*) FROM mart.outcomes WHERE kind = 'page' GROUP BY 1 ORDER BY 1")
    assert pages == [("loaded", len(wanted)), ("too_short", 1)]


def test_the_same_archive_again_does_nothing_under_whatever_name(settings, warehouse, few_pages, tmp_path):
    backfill(settings, warehouse, write(tmp_path, few_pages))
    before = dump(warehouse)
    done = backfill(settings, warehouse, write(tmp_path, few_pages, "copy.warc.gz"))
    assert dump(warehouse) == before
    assert (done.facts, dict(done.outcomes)) == (0, {"again": len(few_pages)})


class Killed(Exception):
    pass


@pytest.mark.parametrize("chunks", [1, 2])
def test_killed_half_way_and_started_again_is_as_if_undisturbed(
    settings, warehouse, another_warehouse, few_pages, tmp_path, monkeypatch, chunks
):
    monkeypatch.setattr(module, "CHUNK", 2)
    path = write(tmp_path, few_pages)
    backfill(settings, warehouse, path)
    stormy = another_warehouse()
    said = []

    def say(progress):
        said.append(progress)
        if len(said) == chunks:
            raise Killed

    with pytest.raises(Killed):
        backfill(settings, stormy, path, say)
    assert query(stormy, "SELECT count(*) FROM news.batch") == [(chunks,)]
    done = backfill(settings, stormy, path)
    assert done.outcomes["again"] == 2 * chunks
    assert done.records == len(few_pages)
    assert dump(stormy) == dump(warehouse)


def test_progress_is_told_after_each_chunk_and_stays_as_told(settings, warehouse, few_pages, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 3)
    said = []
    done = backfill(settings, warehouse, write(tmp_path, few_pages), said.append)
    records = [progress.records for progress in said]
    assert records == [*range(3, len(few_pages), 3), len(few_pages)]
    assert [sum(progress.outcomes.values()) for progress in said] == records
    assert said[-1] == done


def test_a_file_cut_into_other_chunks_is_read_anew_and_loads_nothing_twice(
    settings, warehouse, few_pages, tmp_path, monkeypatch
):
    path = write(tmp_path, few_pages)
    backfill(settings, warehouse, path)
    before = query(warehouse, "SELECT count(*) FROM mart.facts")
    monkeypatch.setattr(module, "CHUNK", 3)
    done = backfill(settings, warehouse, path)
    assert (done.facts, done.outcomes["again"]) == (0, 0)
    assert query(warehouse, "SELECT count(*) FROM mart.facts") == before


def test_newer_extractors_read_the_file_anew(settings, warehouse, few_pages, tmp_path, monkeypatch):
    path = write(tmp_path, few_pages)
    first = backfill(settings, warehouse, path)
    newer = module.VERSIONS | {"entity": str(int(module.VERSIONS["entity"]) + 1)}
    monkeypatch.setattr(module, "VERSIONS", newer)
    monkeypatch.setattr("rasad.stages.extract.VERSIONS", newer)
    second = backfill(settings, warehouse, path)
    assert second.facts == first.facts > 0
    assert query(warehouse, "SELECT DISTINCT extractor_version FROM mart.facts WHERE kind = 'entity'") == [
        (newer["entity"],)
    ]


def test_hosts_that_no_source_claims_become_sources_that_are_not_polled(settings, warehouse, few_pages, tmp_path):
    moved = [dataclasses.replace(page, url=f"https://www.al-ayam{n}.example/news/{n}12345", source_id="")
             for n, page in enumerate(few_pages)]  # fmt: skip
    backfill(settings, warehouse, write(tmp_path, moved))
    rows = query(warehouse, "SELECT source_id, name_ar, enabled, rights, country, reason FROM mart.sources "
                            "WHERE source_id LIKE 'al\\_ayam%' ORDER BY 1")  # fmt: skip
    assert rows[0] == ("al_ayam0__example", "al-ayam0.example", False, "facts", "ZZ",
                       "seen in an archive; no file describes it")  # fmt: skip
    assert len(rows) == len(query(warehouse, "SELECT DISTINCT source_id FROM mart.outcomes WHERE kind = 'page'"))
    assert not any(enabled for _, _, enabled, *_ in rows)
    assert query(warehouse, "SELECT count(*) FROM news.page WHERE next_look_at IS NOT NULL AND source_id <> ALL (%s)",
                 [row[0] for row in rows]) == [(0,)]  # fmt: skip


def test_a_page_with_an_address_that_none_is_stops_no_other(settings, warehouse, few_pages, tmp_path):
    addresses = ("https://a.example/" + "x" * 3000, "http://a..example/1", "http://[::1/1", "https://")
    bad = [dataclasses.replace(few_pages[0], url=url) for url in addresses]
    done = backfill(settings, warehouse, write(tmp_path, [*bad, *few_pages]))
    assert done.outcomes["bad_url"] == len(bad)
    assert done.outcomes["article"] > 0


def test_a_truncated_archive_gives_what_is_before_the_cut(settings, warehouse, few_pages, tmp_path, caplog):
    path = tmp_path / "cut.warc.gz"
    entries = archive.write(path, few_pages)
    data = path.read_bytes()
    path.write_bytes(data[: (entries[-1].offset + len(data)) // 2])
    done = backfill(settings, warehouse, path)
    assert done.records == len(few_pages)
    assert done.outcomes["unreadable"] == 1
    assert done.outcomes["article"] == query(warehouse, "SELECT count(*) FROM mart.articles")[0][0] > 0
    assert f"cut.warc.gz, byte {entries[-1].offset}" in caplog.text


def test_a_file_that_is_no_archive_is_unreadable_and_nothing_else(settings, warehouse, tmp_path):
    path = tmp_path / "no.warc.gz"
    for data in (b"no archive at all " * 100, b"", bytes(range(256)) * 10, b"\x1f\x8b" + bytes(100)):
        path.write_bytes(data)
        done = backfill(settings, warehouse, path)
        assert done.records == done.outcomes["unreadable"]
        assert query(warehouse, "SELECT count(*) FROM news.page") == [(0,)]


def test_a_page_on_which_reading_fails_is_noted_and_the_others_load(
    settings, warehouse, few_pages, tmp_path, monkeypatch
):
    def read(page, source):
        if page.url == few_pages[1].url:
            raise RecursionError("too deep")
        return real(page, source)

    real = module.read_page.__globals__["pages"].read
    monkeypatch.setattr("rasad.pages.read", read)
    done = backfill(settings, warehouse, write(tmp_path, few_pages))
    assert query(warehouse, "SELECT url, reason FROM news.page WHERE outcome = 'unreadable'") == [
        (few_pages[1].url, "RecursionError: too deep")
    ]
    assert done.outcomes["article"] > 0


def test_a_large_file_is_known_by_its_size_and_its_ends(tmp_path):
    def named(data):
        path = tmp_path / "x"
        path.write_bytes(data)
        return module.identity(path)

    middle = bytes(300_000)
    names = {
        named(b"a" + middle + b"z"),
        named(b"b" + middle + b"z"),
        named(b"a" + middle + b"y"),
        named(b"a" + middle),
    }
    assert len(names) == 4
    assert named(b"a" + middle + b"z") in names
