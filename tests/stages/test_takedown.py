"""What is taken down is gone from every place that held it, and nothing brings it back."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from tests.pipeline import environment

from rasad.model import Page
from rasad.stages import landing, takedown
from rasad.stages.backfill import backfill
from rasad.stages.landing import Work, get_lines
from rasad.stages.load import load
from rasad.stages.measure import measure
from rasad.warehouse import checks
from rasad.warehouse.connection import connect
from rasad.warehouse.load import FINAL
from rasad.web import archive

pytestmark = pytest.mark.postgres


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def settings(loaded, tmp_path):
    """The newsroom's landing zone, a copy of it."""
    shutil.copytree(url2pathname(urlsplit(loaded.settings.landing).path), tmp_path / "landing")
    return replace(loaded.settings, landing=(tmp_path / "landing").as_uri())


@pytest.fixture
def dsn(loaded_copy):
    return loaded_copy


@pytest.fixture
def article(dsn):
    """An article of a full source that shares neither text nor story: address, id, a run of its words, source."""
    return query(
        dsn,
        "SELECT a.url, a.article_id, substr(v.text, 1, 60), a.source_id FROM news.article a "
        "JOIN news.article_version v ON v.version_id = a.current_version WHERE v.kept = 'full' "
        "AND (SELECT count(*) FROM news.article o WHERE o.story_id = a.story_id) = 1 ORDER BY a.url LIMIT 1",
    )[0]


def everything(dsn, settings):
    """Every row of schema news and every byte of the landing zone, unpacked."""
    tables = query(dsn, "SELECT relname FROM pg_class WHERE relnamespace = 'news'::regnamespace AND relkind = 'r'")
    rows = " ".join(str(query(dsn, f'SELECT t::text FROM news."{table}" t')) for (table,) in tables)
    root = Path(url2pathname(urlsplit(settings.landing).path))
    files = [gzip.decompress(path.read_bytes()).decode("utf-8", "replace") for path in root.rglob("*.gz")]
    return rows + " ".join(files)


def test_nothing_of_it_is_left_but_that_it_was(dsn, settings, article):
    url, number, words, _ = article
    assert words in everything(dsn, settings)
    pages = query(dsn, "SELECT url FROM news.page WHERE article_id = %s ORDER BY 1", number)
    done, files = takedown.take_down(settings, dsn, url, "حكم قضائي", "legal")
    assert (done.articles, done.versions, done.pages) == (1, 1, len(pages))
    assert done.facts > 0
    assert files == 3  # pages, articles, facts
    assert words not in everything(dsn, settings)
    told = query(dsn, "SELECT url, outcome, reason <> '', article_id, body_hash, file, next_look_at FROM news.page "
                      "WHERE outcome = 'taken_down' ORDER BY 1")  # fmt: skip
    assert told == [(page, "taken_down", True, None, None, None, None) for (page,) in pages]
    assert query(dsn, "SELECT why, decided_by FROM news.takedown") == [("حكم قضائي", "legal")]
    assert "taken_down" in FINAL
    assert query(dsn, "SELECT count(*) FROM news.fact WHERE article_id = %s", number) == [(0,)]


def test_roll_ups_fall_and_every_check_holds(dsn, settings, article):
    url, _, _, source = article
    before = query(dsn, "SELECT sum(articles), sum(facts) FROM news.source_day WHERE source_id = %s", source)[0]
    done, _ = takedown.take_down(settings, dsn, url, "why", "by")
    measure(settings, dsn)
    after = query(dsn, "SELECT sum(articles), sum(facts) FROM news.source_day WHERE source_id = %s", source)[0]
    assert (before[0] - after[0], before[1] - after[1]) == (1, done.facts)
    known, days = checks.read(), checks.window("2000-01-01", "2100-01-01", None)
    for name in ("no_orphans", "rollups_equal_facts", "ledger_accounted", "spans_match_text"):
        assert not checks.faults(dsn, known[name], days)


def test_names_that_only_it_bore_out_go_with_it(dsn, settings, article):
    url, number, _, _ = article
    only = query(
        dsn,
        "SELECT DISTINCT entity_id FROM news.fact f WHERE article_id = %s AND entity_id IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM news.fact o WHERE o.entity_id = f.entity_id AND o.article_id <> f.article_id)",
        number,
    )
    assert only
    done, _ = takedown.take_down(settings, dsn, url, "why", "by")
    assert done.entities == len(only)
    assert query(dsn, "SELECT count(*) FROM news.entity WHERE entity_id = ANY (%s)", [row[0] for row in only]) == [(0,)]
    assert query(dsn, "SELECT count(*) FROM news.entity") != [(0,)]


def test_other_records_stay_where_the_ledger_says(dsn, settings, article):
    before = dict(query(dsn, "SELECT file || ' ' || file_offset, url FROM news.page WHERE file IS NOT NULL"))
    takedown.take_down(settings, dsn, article[0], "why", "by")
    after = dict(query(dsn, "SELECT file || ' ' || file_offset, url FROM news.page WHERE file IS NOT NULL"))
    assert after.items() <= before.items()
    for place in after:
        file, offset = place.rsplit(" ", 1)
        assert isinstance(archive.read_at(BytesIO(landing.get(settings.landing, file)), int(offset)), Page)


def test_a_backfill_of_the_old_pages_does_not_bring_it_back(dsn, settings, loaded, article, tmp_path):
    url = article[0]
    (file,) = {row[0] for row in query(dsn, "SELECT file FROM news.page WHERE url = %s", url)}
    kept = tmp_path / "kept.warc.gz"
    kept.write_bytes(landing.get(loaded.settings.landing, file))
    articles = query(dsn, "SELECT count(*) FROM news.article")[0][0]
    takedown.take_down(settings, dsn, url, "why", "by")
    backfill(settings, dsn, kept)
    assert query(dsn, "SELECT count(*) FROM news.article") == [(articles - 1,)]
    assert query(dsn, "SELECT outcome FROM news.page WHERE url = %s", url) == [("taken_down",)]


def facts_file(settings, source):
    (file,) = [f for f in landing.files(settings.landing, source) if "/facts-" in f]
    return file


def test_neither_a_load_anew_nor_another_address_brings_it_back(dsn, settings, loaded, article):
    url, _, words, source = article
    lines = list(get_lines(loaded.settings.landing, facts_file(loaded.settings, source)))
    takedown.take_down(settings, dsn, url, "why", "by")
    (line,) = [one for one in lines if one.get("article", {}).get("url") == url]
    elsewhere = {**line, "article": {**line["article"], "url": url + "&amp=1"}, "page_url": url + "&amp=1"}
    for run, row in (("again", line), ("moved", elsewhere)):
        work = Work(source=source, run=run)
        file = landing.put_lines(settings.landing, work, "facts", [row])
        counts = load(settings, dsn, Work(**work, file=file, stages={}))
        assert (counts["new_articles"], counts["facts"]) == (0, 0)
    assert words not in str(query(dsn, "SELECT text FROM news.article_version"))
    assert query(dsn, "SELECT outcome FROM news.page WHERE url = %s", url + "&amp=1") == [("taken_down",)]


def test_killed_before_the_files_it_is_ended_by_maintenance(dsn, settings, article, monkeypatch):
    url, _, words, _ = article

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(takedown, "_scrub", killed)
        with pytest.raises(KeyboardInterrupt):
            takedown.take_down(settings, dsn, url, "why", "by")
    assert words in everything(dsn, settings)
    assert takedown.scrub_recent(settings, dsn) == {"scrubbed": 3}
    assert words not in everything(dsn, settings)
    assert takedown.scrub_recent(settings, dsn) == {"scrubbed": 0}


def test_done_twice_it_finds_nothing_more(dsn, settings, article):
    takedown.take_down(settings, dsn, article[0], "why", "by")
    done, files = takedown.take_down(settings, dsn, article[0], "why", "by")
    assert (done.articles, done.facts, files) == (0, 0, 0)


def test_from_a_shell_it_wants_a_yes(dsn, settings, article):
    command = [sys.executable, "-m", "rasad", "takedown", article[0], "--why", "حكم", "--by", "legal"]
    env = environment(settings, dsn)
    asked = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    assert query(dsn, "SELECT count(*) FROM news.takedown") == [(0,)]
    done = subprocess.run([*command, "--yes"], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("takedown 1: 1 articles, 1 versions")) == (0, True)
