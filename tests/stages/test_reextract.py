"""Articles that older extractors read are read anew, those alone, and none is lost where it is stopped."""

from __future__ import annotations

import dataclasses
import itertools
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from tests.pipeline import environment

from rasad import facts
from rasad.settings import ROOT
from rasad.stages import reextract as module
from rasad.stages.extract import VERSIONS
from rasad.stages.plan import PlanError
from rasad.stages.publish import RunFailed
from rasad.stages.reextract import counts, plan_months, reextract, reextract_month
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump

pytestmark = pytest.mark.postgres

ALL = {"since": None, "until": None, "sources": []}


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def run(settings, dsn, **params):
    """A whole run: what became of each month's versions."""
    return [reextract_month(settings, dsn, work) for work in plan_months(settings, dsn, ALL | params)]


def totals(done):
    return counts(done, done)


@pytest.fixture
def settings(loaded):
    return loaded.settings


@pytest.fixture
def dsn(loaded_copy):
    query(loaded_copy, "DELETE FROM news.dirty_day")
    return loaded_copy


@pytest.fixture
def outdated(dsn):
    """A function that makes versions what an older extractor would have left; returns how many."""

    def outdate(where="true", kind="entity"):
        ids = [number for (number,) in query(dsn, f"SELECT version_id FROM news.article_version v WHERE {where}")]
        query(
            dsn,
            "UPDATE news.article_version SET extractors = extractors || jsonb_build_object(%s, 0), reader = 1 "
            "WHERE version_id = ANY (%s)",
            kind,
            ids,
        )
        query(dsn, "DELETE FROM news.fact WHERE version_id = ANY (%s) AND fact_no %% 2 = 0", ids)
        query(dsn, "UPDATE news.fact SET surface = 'قديم', details = NULL WHERE version_id = ANY (%s)", ids)
        return len(ids)

    return outdate


def rows(dsn):
    tables = dump(dsn)
    tables.pop("dirty_day")
    return tables


def test_what_its_extractors_have_read_is_not_read_again(settings, dsn):
    assert plan_months(settings, dsn, ALL) == []


def test_what_older_ones_have_read_ends_as_if_it_had_been_read_by_these(settings, dsn, loaded, outdated):
    many = outdated()
    assert rows(dsn) != rows(loaded.dsn)
    done = run(settings, dsn)
    assert totals(done) == {"versions": many, "facts": query(dsn, "SELECT count(*) FROM news.fact")[0][0],
                            "no_text": 0, "failed": 0}  # fmt: skip
    assert rows(dsn) == rows(loaded.dsn)
    assert plan_months(settings, dsn, ALL) == []


@pytest.mark.parametrize("kind", ["entity", "event"])
def test_one_older_extractor_is_enough_and_only_its_articles_are_read(settings, dsn, loaded, outdated, kind):
    some = "version_id IN (SELECT current_version FROM news.article ORDER BY article_id LIMIT 5)"
    before = dict(query(dsn, "SELECT version_id, xmin::text FROM news.article_version"))
    assert outdated(some, kind) == 5
    assert totals(run(settings, dsn))["versions"] == 5
    after = dict(query(dsn, "SELECT version_id, xmin::text FROM news.article_version"))
    assert sum(before[number] != after[number] for number in before) == 5
    assert rows(dsn) == rows(loaded.dsn)
    days = f"SELECT DISTINCT day FROM news.article_version WHERE {some} ORDER BY 1"
    assert query(dsn, "SELECT DISTINCT day FROM news.dirty_day ORDER BY 1") == query(dsn, days)


def test_an_extractor_that_came_later_has_read_nothing_yet(settings, dsn, outdated):
    query(dsn, "UPDATE news.article_version SET extractors = extractors - 'event'")
    assert totals(run(settings, dsn))["versions"] == query(dsn, "SELECT count(*) FROM news.article_version")[0][0]


def test_what_was_read_beside_another_backend_is_read_anew(settings, dsn, loaded):
    query(dsn, "UPDATE news.article_version SET backend = 'another 7' WHERE source_id = 'nahar'")
    query(dsn, "UPDATE news.article_version SET backend = NULL WHERE source_id <> 'nahar'")  # before it was recorded
    run(settings, dsn)
    assert rows(dsn) == rows(loaded.dsn)
    assert query(dsn, "SELECT DISTINCT backend, kind = 'entity' FROM news.fact ORDER BY 1") == [
        ("tagger 2", True),
        (None, False),
    ]


def test_what_newer_extractors_have_read_is_left_alone_and_said(settings, dsn, outdated, caplog):
    outdated()
    query(dsn, "UPDATE news.article_version SET extractors = extractors || jsonb_build_object('quote', 999)")
    before = rows(dsn)
    assert plan_months(settings, dsn, ALL) == []
    assert "were read by newer extractors" in caplog.text
    assert rows(dsn) == before


def test_a_version_read_by_newer_extractors_meanwhile_is_left_alone(settings, dsn, outdated):
    outdated()
    (work, *_) = plan_months(settings, dsn, ALL)
    ids = [row[0] for row in query(dsn, "SELECT version_id FROM news.article_version")]

    def stale(*args):
        found = versions(*args)
        query(dsn, "UPDATE news.article_version SET extractors = extractors || '{\"quote\": 999}' "
                   "WHERE version_id = %s", found[0].version_id) if found else None  # fmt: skip
        return found

    versions = module.versions.stale
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.versions, "stale", stale)
        patch.setattr(module, "BATCH", len(ids))
        done = reextract(settings, dsn, work)
    assert done.versions == work["versions"] - 1
    assert query(dsn, "SELECT count(*) FROM news.article_version WHERE (extractors ->> 'quote')::int = 999") == [(1,)]


def test_a_former_version_is_read_anew_too_and_marks_no_day(settings, dsn, outdated):
    query(
        dsn,
        "UPDATE news.article SET current_version = NULL WHERE article_id IN "
        "(SELECT article_id FROM news.article ORDER BY article_id LIMIT 3)",
    )
    former = "article_id IN (SELECT article_id FROM news.article WHERE current_version IS NULL)"
    assert outdated(former) == 3
    assert totals(run(settings, dsn))["versions"] == 3
    assert query(dsn, "SELECT * FROM news.dirty_day") == []


def test_a_text_that_is_not_kept_is_read_from_its_page_while_that_lives(settings, dsn, loaded, outdated, tmp_path):
    some = "source_id = (SELECT min(source_id) FROM news.article_version)"
    many = outdated(some)
    query(dsn, f"UPDATE news.article_version SET text = '', title = NULL WHERE {some}")
    gone = dataclasses.replace(settings, landing=(tmp_path / "landing").as_uri())
    before = rows(dsn)
    assert totals(run(gone, dsn)) == {"versions": 0, "facts": 0, "no_text": many, "failed": 0}
    assert rows(dsn) == before
    assert totals(run(settings, dsn))["versions"] == many
    assert rows(dsn)["fact"] == rows(loaded.dsn)["fact"]
    assert query(dsn, f"SELECT count(*) FROM news.article_version WHERE {some} AND text <> ''") == [(0,)]


def test_a_page_that_says_other_words_by_now_is_not_taken_for_the_text(settings, dsn, outdated):
    outdated("title IS NOT NULL")
    query(dsn, "UPDATE news.article_version SET text = ''")
    query(
        dsn, "UPDATE news.page SET file_offset = (SELECT max(o.file_offset) FROM news.page o WHERE o.file = page.file)"
    )
    done = totals(run(settings, dsn))
    assert done["no_text"] > done["versions"] > 0  # the last of each file stands where the ledger says


def test_an_extractor_that_fails_on_one_leaves_its_facts_and_stops_no_other(settings, dsn, outdated, monkeypatch):
    many = outdated()
    (words,) = query(dsn, "SELECT left(text, 200) FROM news.article_version WHERE kept = 'full' "
                          "AND text_key IN (SELECT text_key FROM news.article_version GROUP BY 1 HAVING count(*) = 1) "
                          "ORDER BY version_id LIMIT 1")[0]  # fmt: skip
    quote = next(extractor for extractor in facts.EXTRACTORS if extractor.KIND == "quote")

    def extract(reading):
        if reading.article.text.startswith(words):
            raise ZeroDivisionError
        return quote.extract(reading)

    broken = SimpleNamespace(KIND="quote", VERSION=quote.VERSION, extract=extract)
    monkeypatch.setattr(facts, "EXTRACTORS", tuple(broken if e is quote else e for e in facts.EXTRACTORS))
    monkeypatch.setattr(module, "BATCH", 4)  # the failed one is met once, not again with each batch
    done = run(settings, dsn)
    assert (totals(done)["failed"], totals(done)["versions"]) == (1, many - 1)
    assert query(dsn, "SELECT count(DISTINCT version_id) FROM news.fact WHERE surface = 'قديم'") == [(1,)]


def test_days_and_sources_are_chosen(settings, dsn, outdated):
    outdated()
    ((source, day, many),) = query(
        dsn, "SELECT source_id, day, count(*) FROM news.article_version GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1"
    )
    done = run(settings, dsn, since=str(day), until=str(day), sources=[source])
    assert totals(done)["versions"] == many
    assert query(
        dsn,
        "SELECT DISTINCT source_id, day FROM news.article_version WHERE extractors @> %s",
        json.dumps({"entity": int(VERSIONS["entity"])}),
    ) == [(source, day)]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"since": "morgen"}, "since: 'morgen' is no day"),
        ({"since": "2026-03-10", "until": "2026-03-09"}, "since: 2026-03-10 is after until"),
        ({"sources": ["nosuch"]}, "sources: no source is called 'nosuch'"),
    ],
)
def test_a_wrong_choice_is_refused_and_says_which_field(settings, dsn, params, says):
    with pytest.raises(PlanError, match=says):
        plan_months(settings, dsn, ALL | params)


def test_a_run_without_any_month_through_is_red():
    through = {"month": "2026-03", "versions": 2, "facts": 9, "no_text": 1, "failed": 0}
    assert counts([{}, {}], [through, through]) == {"versions": 4, "facts": 18, "no_text": 2, "failed": 0}
    assert counts([], [])["versions"] == 0
    for months in (None, [{}]):
        with pytest.raises(RunFailed):
            counts(months, [])


_STUCK = """
import sys, time
from rasad.__main__ import main
from rasad.stages import reextract
def stuck(progress):
    print("loaded", progress.versions, flush=True)
    if progress.versions >= 4:
        time.sleep(300)
read = reextract.reextract
reextract.BATCH, reextract.reextract = 2, lambda settings, dsn, work, say: read(settings, dsn, work, stuck)
sys.exit(main(["reextract", "--no-measure"]))
"""


def test_killed_between_its_batches_it_loses_nothing_and_goes_on_behind_them(settings, dsn, loaded, outdated):
    many = outdated()
    process = subprocess.Popen(
        [sys.executable, "-c", _STUCK], env=environment(settings, dsn), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        told = [process.stdout.readline(), process.stdout.readline()]
        process.kill()
    assert told == ["loaded 2\n", "loaded 4\n"]
    assert query(dsn, "SELECT count(*) FROM news.article_version WHERE reader > 1") == [(4,)]
    assert totals(run(settings, dsn))["versions"] == many - 4
    assert rows(dsn) == rows(loaded.dsn)


def test_progress_is_told_after_each_batch(settings, dsn, outdated, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 7)
    many = outdated()
    said = []
    for work in plan_months(settings, dsn, ALL):
        reextract(settings, dsn, work, said.append)
    steps = [b.versions - a.versions for a, b in itertools.pairwise(said) if a.month == b.month]
    assert set(steps) <= set(range(1, 8))
    assert sum({p.month: p.versions for p in said}.values()) == many


def test_large_texts_come_in_smaller_batches(settings, dsn, outdated, monkeypatch):
    monkeypatch.setattr(module.versions, "BATCH_BYTES", 1)
    many = outdated("source_id = (SELECT min(source_id) FROM news.article_version)")
    said = []
    for work in plan_months(settings, dsn, ALL):
        reextract(settings, dsn, work, said.append)
    assert len(said) == many
