"""Backfill: archives of any make, stopped anywhere and started again, with whatever they hold."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone

import psutil
import pytest
from tests.newsroom.gold import expected
from tests.web.site import Site, reply
from upath import UPath

from rasad.model import Page
from rasad.settings import ROOT, Settings
from rasad.stages import backfill as module
from rasad.stages.backfill import backfill
from rasad.stages.plan import PlanError
from rasad.stages.publish import RunFailed
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.web import archive
from rasad.web.client import FetchError

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


@pytest.fixture
def site():
    server = Site()
    yield server
    server.server.shutdown()
    server.server.server_close()


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


def chunks_of(records, monkeypatch):
    """Small chunks, each loaded by itself."""
    monkeypatch.setattr(module, "CHUNK", records)
    monkeypatch.setattr(module, "LOAD_RECORDS", records)


@pytest.mark.parametrize("chunks", [1, 2])
def test_killed_half_way_and_started_again_is_as_if_undisturbed(
    settings, warehouse, another_warehouse, few_pages, tmp_path, monkeypatch, chunks
):
    chunks_of(2, monkeypatch)
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
    chunks_of(3, monkeypatch)
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
    chunks_of(3, monkeypatch)
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


@pytest.mark.parametrize(("limit", "value"), [("LOAD_ARTICLES", 3), ("LOAD_SIGNS", 1_500), ("LOAD_RECORDS", 4)])
def test_a_load_holds_chunks_until_it_is_large_enough(
    settings, warehouse, another_warehouse, newsroom_pages, tmp_path, monkeypatch, limit, value
):
    path = write(tmp_path, newsroom_pages)
    monkeypatch.setattr(module, "CHUNK", 1)
    monkeypatch.setattr(module, limit, value)
    said = []
    backfill(settings, warehouse, path, said.append)
    receipts = [row for (row,) in query(warehouse, "SELECT batch_id FROM news.batch ORDER BY loaded_at")]
    numbers = [number for receipt in receipts for number in module._numbers(receipt)]
    assert numbers == list(range(len(newsroom_pages)))
    assert 1 < len(receipts) == len(said) < len(newsroom_pages)
    if limit == "LOAD_RECORDS":
        assert {len(module._numbers(receipt)) for receipt in receipts[:-1]} == {value}

    def killed(progress):
        raise Killed

    stormy = another_warehouse()  # killed after each load, and started again each time
    for _ in receipts:
        with pytest.raises(Killed):
            backfill(
                settings, stormy, path, lambda p: killed(p) if sum(p.outcomes.values()) > p.outcomes["again"] else 0
            )
    assert backfill(settings, stormy, path).outcomes == {"again": len(newsroom_pages)}
    assert dump(stormy) == dump(warehouse)


def test_a_receipt_of_a_single_chunk_still_stands():
    assert list(module._numbers("backfill/0a1b/1.2-rules-1/200/2026-03-01,,nahar/7")) == [7]
    assert list(module._numbers("backfill/0a1b/1.2-rules-1/200/7-9")) == [7, 8, 9]


# In several processes


def test_several_processes_load_what_one_does(
    settings, warehouse, another_warehouse, newsroom_pages, tmp_path, monkeypatch
):
    chunks_of(4, monkeypatch)
    path = write(tmp_path, newsroom_pages)
    said, together = [], []
    one = backfill(settings, warehouse, path, said.append)
    other = another_warehouse()
    assert backfill(settings, other, path, together.append, jobs=2) == one
    assert dump(other) == dump(warehouse)
    assert together == said


def test_no_more_chunks_are_read_ahead_than_are_promised(monkeypatch):
    monkeypatch.setattr(module, "_read", _nothing_read)
    taken = []

    def chunks():
        for number in range(20):
            taken.append(number)
            chunk = module._Chunk(number, 1, (), Counter())
            yield chunk, chunk if number % 3 else None

    ahead = []
    with module._readers(2, None) as read:
        for given, (chunk, done) in enumerate(read(chunks(), module.Wanted())):
            assert chunk.number == given
            assert (done is None) == (given % 3 == 0)
            ahead.append(len(taken) - given)
    assert len(ahead) == 20
    assert max(ahead) == 4


def _nothing_read(pages, wanted, model):
    return module._Read((), (), {}, Counter())


def test_large_pages_make_small_chunks(settings, few_pages, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_BYTES", 1 + max(len(page.body) for page in few_pages))
    chunks = list(module._chunks(write(tmp_path, few_pages), {}, module.Wanted()))
    assert len(chunks) > len(few_pages) // 3
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert sum(chunk.records for chunk in chunks) == len(few_pages)


_WORK = """
import sys, logging
from pathlib import Path
from rasad.settings import Settings
from rasad.stages import backfill
backfill.CHUNK = backfill.LOAD_RECORDS = 2
backfill.backfill(Settings.from_env(), sys.argv[1], Path(sys.argv[2]), lambda p: print(p.records, flush=True), jobs=2)
"""


def test_killed_with_its_processes_half_way_nobody_is_left_and_it_goes_on(
    settings, warehouse, another_warehouse, newsroom_pages, tmp_path, monkeypatch
):
    path = write(tmp_path, newsroom_pages)
    env = os.environ | {"PYTHONPATH": str(ROOT / "plugins"), "RASAD_VAR": str(tmp_path),
                        "RASAD_SOURCES": str(settings.source_dirs[0])}  # fmt: skip
    work = subprocess.Popen([sys.executable, "-c", _WORK, warehouse, path], env=env, stdout=subprocess.PIPE)
    work.stdout.readline()
    readers = psutil.Process(work.pid).children()
    work.kill()
    work.communicate()
    assert len(readers) == 2
    assert psutil.wait_procs(readers, timeout=10)[1] == []
    chunks_of(2, monkeypatch)
    done = backfill(settings, warehouse, path, jobs=2)
    assert 2 <= done.outcomes["again"] < len(newsroom_pages)
    undisturbed = another_warehouse()
    backfill(settings, undisturbed, path)
    assert dump(warehouse) == dump(undisturbed)


# What is wanted of a file


def test_pages_of_other_languages_are_counted_in_the_receipt_and_never_parsed(
    settings, warehouse, few_pages, tmp_path, monkeypatch
):
    def read(page, source):
        assert "foreign" not in page.url, "parsed"
        return real(page, source)

    real = module.read_page
    monkeypatch.setattr(module, "read_page", read)
    persian = "<p>" + "وزیر امور خارجه گفت که گفتگوهای پیش رو در تهران پیگیری می‌شود و گزارش آن چاپ خواهد شد. " * 30
    texts = ["<p>The minister opened the bridge on Monday. " * 50, "<p>Министр открыл новый мост. " * 50, persian]
    foreign = [
        dataclasses.replace(few_pages[0], url=f"https://foreign.example/{n}", body=text.encode())
        for n, text in enumerate(texts)
    ]
    done = backfill(settings, warehouse, write(tmp_path, [*few_pages, *foreign]))
    assert done.outcomes["not_arabic"] == len(foreign)
    assert query(warehouse, "SELECT counted FROM news.batch") == [({"not_arabic": len(foreign)},)]
    assert query(warehouse, "SELECT count(*) FROM news.page WHERE url LIKE '%%foreign%%'") == [(0,)]


def test_days_and_sources_choose_what_is_loaded(settings, warehouse, newsroom_pages, tmp_path):
    path = write(tmp_path, newsroom_pages)
    known = module.load_sources(settings)
    wanted = module.Wanted.of("2026-03-07", "2026-03-08", ["minbar", "atlas"], known)
    done = backfill(settings, warehouse, path, wanted=wanted)
    some = query(warehouse, "SELECT DISTINCT source_id, day FROM news.article ORDER BY 1, 2")
    assert {source for source, _ in some} <= {"minbar", "atlas"}
    assert {day.isoformat() for _, day in some} <= {"2026-03-07", "2026-03-08"}
    assert some
    assert done.outcomes["other_source"]
    assert done.outcomes["other_day"]
    assert sum(done.outcomes.values()) == len(newsroom_pages)
    # All of the file is another work; what stands already is not loaded twice.
    chosen = dict(query(warehouse, "SELECT url, version_id FROM news.article JOIN news.article_version "
                                   "USING (article_id)"))  # fmt: skip
    backfill(settings, warehouse, path)
    all_of_it = dict(query(warehouse, "SELECT url, version_id FROM news.article JOIN news.article_version "
                                      "USING (article_id)"))  # fmt: skip
    assert chosen.items() < all_of_it.items()


def test_what_was_fetched_before_the_days_asked_for_is_not_read(settings, warehouse, few_pages, tmp_path):
    late = module.Wanted(since=max(page.fetched_at for page in few_pages).date() + timedelta(days=3))
    done = backfill(settings, warehouse, write(tmp_path, few_pages), wanted=late)
    assert dict(done.outcomes) == {"other_day": len(few_pages)}


@pytest.mark.parametrize(
    ("since", "until", "ids", "says"),
    [("10.3.2026", None, [], "since: '10.3.2026' is no day"), (None, "2026-02-30", [], "until: '2026-02-30' is no day"),
     ("2026-03-02", "2026-03-01", [], "since: 2026-03-02 is after until"), (None, None, ["nobody"], "sources: no ")],
)  # fmt: skip
def test_a_choice_that_cannot_be_met_names_its_field(settings, since, until, ids, says):
    with pytest.raises(PlanError, match=f"^{says}"):
        module.Wanted.of(since, until, ids, module.load_sources(settings))


# Files by address, and a run's


def test_a_file_is_read_from_its_address(settings, warehouse, few_pages, tmp_path, site, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    path = write(tmp_path, few_pages)
    address = site.on("/crawl/a.warc.gz", reply(200, path.read_bytes()))
    allowed = dataclasses.replace(settings, allow_hosts=frozenset({site.host}))
    (work,) = module.plan_files(allowed, params(files=[address]))
    done = module.read_file(allowed, warehouse, work)
    assert done["records"] == len(few_pages)
    assert done["facts"] == query(warehouse, "SELECT count(*) FROM news.fact")[0][0] > 0
    assert module.counts([done, done])["facts"] == 2 * done["facts"]
    assert list((tmp_path / "tmp").iterdir()) == []
    # The same file by path is the same work.
    assert module.read_file(settings, warehouse, work | {"file": str(path)})["outcomes"] == {"again": len(few_pages)}


def test_private_addresses_missing_and_large_files_are_refused(settings, warehouse, site, monkeypatch):
    address = site.on("/a.warc.gz", reply(200, bytes(100)))
    work = {"file": address, "since": None, "until": None, "sources": []}
    with pytest.raises(FetchError, match="is refused") as error:
        module.read_file(settings, warehouse, work)
    assert error.value.reason == "private_address"
    assert site.asked == []
    allowed = dataclasses.replace(settings, allow_hosts=frozenset({site.host}))
    with pytest.raises(FetchError, match="answered 404"):
        module.read_file(allowed, warehouse, work | {"file": f"{site.url}/none.warc.gz"})
    monkeypatch.setattr(module, "MAX_FILE", 99)
    with pytest.raises(FetchError, match="100 bytes are announced and 99 allowed"):
        module.read_file(allowed, warehouse, work)


def params(**given):
    return {"files": [], "since": None, "until": None, "sources": [], "languages": ["ar"]} | given


@pytest.mark.parametrize(
    ("given", "says"),
    [({}, "files: none is named"), ({"files": [" "]}, "files: none is named"),
     ({"files": ["a.warc.gz"]}, "files: a.warc.gz is not whole"),
     ({"files": ["/no/a.warc.gz"]}, "files: /no/a.warc.gz is no"),
     ({"files": ["https:///a.warc.gz"]}, "files: "),
     ({"files": ["https://a.example/a"], "since": "today"}, "since: 'today' is no day"),
     ({"files": ["https://a.example/a"], "languages": ["ar", "fr"]}, "languages: 'fr' is not read"),
     ({"files": ["https://a.example/a"], "sources": ["x"]}, "sources: no source is called 'x'")],
)  # fmt: skip
def test_what_is_wrong_with_a_run_is_said_before_any_work_and_names_its_field(settings, given, says):
    with pytest.raises(PlanError, match=f"^{says}"):
        module.plan_files(settings, params(**given))


def test_a_file_without_pages_fails_its_row_and_a_run_without_files_fails(settings, warehouse, tmp_path):
    path = tmp_path / "no.warc.gz"
    path.write_bytes(b"no archive")
    (work,) = module.plan_files(settings, params(files=[str(path), f" {path} "]))
    with pytest.raises(PlanError, match="holds no page"):
        module.read_file(settings, warehouse, work)
    with pytest.raises(RunFailed, match="no file"):
        module.counts([])


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
