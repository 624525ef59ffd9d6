"""The landing zone: what goes in comes out, whole or with one line that says why not, on disk and in a store."""

from __future__ import annotations

import gzip
import json
import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from rasad.model import Article, FactRow, ReadArticle, Settled, TextEdit
from rasad.stages import landing
from rasad.stages.landing import LandingError, Work

WORK = Work(source="nahar", run="scheduled__2026-03-10T18:00:00+00:00")


@pytest.fixture(params=["file", "memory"])
def zone(request, tmp_path):
    """A landing zone on disk, and one in a store that knows whole objects only, as S3 does."""
    return tmp_path.as_uri() if request.param == "file" else f"memory://landing-{uuid4().hex}"


ARTICLE = ReadArticle(
    Article(
        "https://a.example/1", "عنوان", "قال سامي نعم\u2028ثم سكت\u0085", "2026-03-10T08:00:00+02:00",
        source_id="nahar", authors=("ليلى", "ندى"), tags=("وسم",), country="LB", fetched_at="2026-03-10T10:00:00+00:00",
        text_edits=(TextEdit(4, "ســامي", "سامي", "tatweel"),),
    ),
    (
        FactRow("entity", "body", 4, 8, "سامي", 0.9, "1", entity=("PER", "سامي"), details={"source": "rule"}),
        FactRow("quantity", "title", 0, 1, "ع", 1.0, "2", value=0.0, value_max=2.5, comparator="<"),
    ),
    "https://a.example/short", 200, "hash", '"etag"', "Tue, 10 Mar 2026 08:00:00 GMT",
)  # fmt: skip
SETTLED = Settled("https://a.example/2", "rate_limited", "too many", 429, "2026-03-10T10:00:00+00:00", 30.0)


def test_articles_and_settled_pages_come_back_as_they_went(zone):
    lines = [landing.article_line(ARTICLE), landing.settled_line(SETTLED)]
    reference = landing.put_lines(zone, WORK, "facts", lines)
    first, second = landing.get_lines(zone, reference)
    assert landing.read_article(first) == ARTICLE
    assert landing.read_settled(second) == SETTLED


texts = st.text(st.characters(), max_size=20)  # surrogates and every sort of line end among them
maybe = st.none() | texts
facts = st.builds(
    FactRow, kind=texts, field=st.sampled_from(["title", "body"]), start=st.integers(0, 9), end=st.integers(0, 9),
    text=texts, confidence=st.floats(0, 1), extractor_version=texts, label=maybe,
    entity=st.none() | st.tuples(st.sampled_from(["PER", "ORG", "LOC"]), texts),
    value=st.none() | st.floats(allow_nan=False), first_day=maybe, speaker=maybe,
    details=st.none() | st.dictionaries(texts, maybe, min_size=1, max_size=2),
)  # fmt: skip
articles = st.builds(
    Article, url=texts, title=maybe, text=texts, published_at=maybe, authors=st.lists(texts, max_size=2).map(tuple),
    tags=st.lists(texts, max_size=2).map(tuple), section=maybe, description=maybe,
    subtitle=maybe, live=st.booleans(),
    text_edits=st.lists(st.builds(TextEdit, st.integers(0, 9), texts, texts, texts), max_size=2).map(tuple),
)  # fmt: skip
reads = st.builds(
    ReadArticle, article=articles, facts=st.lists(facts, max_size=2).map(tuple), page_url=texts,
    status=st.integers(0, 599), body_hash=maybe, etag=maybe, last_modified=maybe,
)  # fmt: skip
settleds = st.builds(
    Settled, url=texts, outcome=texts, reason=texts, status=st.none() | st.integers(0, 599), fetched_at=maybe,
    retry_after=st.none() | st.floats(0, 1e9), source_id=maybe,
)  # fmt: skip
_memory = f"memory://landing-{uuid4().hex}"


@hypothesis(max_examples=60, deadline=None)  # on a busy machine one example may take long
@given(st.lists(reads, max_size=3), st.lists(settleds, max_size=3))
def test_whatever_a_page_holds_comes_back(some, others):
    lines = [*map(landing.article_line, some), *map(landing.settled_line, others)]
    back = list(landing.get_lines(_memory, landing.put_lines(_memory, WORK, "facts", lines)))
    assert [landing.read_article(line) for line in back if "article" in line] == some
    assert [landing.read_settled(line) for line in back if "settled" in line] == others


def test_the_same_content_has_the_same_name_and_other_content_another(zone):
    one = landing.put_lines(zone, WORK, "pages", [{"a": 1, "b": 2}])
    assert landing.put_lines(zone, WORK, "pages", [{"b": 2, "a": 1}]) == one
    other = landing.put_lines(zone, WORK, "pages", [{"a": 2}])
    assert other != one
    assert landing.put_lines(zone, WORK, "articles", [{"a": 1, "b": 2}]) != one
    assert list(landing.get_lines(zone, one)) == [{"a": 1, "b": 2}]


def test_a_run_id_of_airflow_makes_a_name_that_every_store_takes(zone):
    reference = landing.put(zone, WORK, "pages", "warc.gz", b"x")
    source, run, file = reference.split("/")
    assert (source, run) == ("nahar", "scheduled__2026-03-10T18-00-00-00-00")
    assert file.startswith("pages-")
    assert file.endswith(".warc.gz")
    assert len(landing.safe("x" * 1000)) == 200


def test_a_file_that_was_cut_is_written_anew(zone):
    data = gzip.compress(b'{"a": 1}\n' * 100, mtime=0)
    reference = landing.put(zone, WORK, "pages", "jsonl.gz", data)
    landing._place(zone, reference).write_bytes(data[:20])
    assert landing.put(zone, WORK, "pages", "jsonl.gz", data) == reference
    assert landing.get(zone, reference) == data


def test_many_writers_of_one_file_leave_one_whole_file(tmp_path):
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda _: landing.put(tmp_path.as_uri(), WORK, "pages", "warc.gz", data), range(16)))
    (reference,) = references
    assert landing.get(tmp_path.as_uri(), reference) == data
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_writer_that_dies_leaves_nothing_under_the_name(tmp_path, monkeypatch):
    def die(descriptor):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            landing.put(tmp_path.as_uri(), WORK, "pages", "warc.gz", b"whole")
    assert not list(tmp_path.rglob("pages-*"))
    reference = landing.put(tmp_path.as_uri(), WORK, "pages", "warc.gz", b"whole")
    assert landing.get(tmp_path.as_uri(), reference) == b"whole"


def test_a_missing_file_is_named_with_the_way_out(zone):
    with pytest.raises(LandingError, match=r"nahar/run/pages-0\.jsonl\.gz is not in the landing zone .*from discover"):
        landing.get(zone, "nahar/run/pages-0.jsonl.gz")


WHOLE = gzip.compress(b'{"a": 1}\n{"b": 2}\n' * 50, mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip at all",
        WHOLE[:-9],
        WHOLE[:15],
        WHOLE[:30] + b"\xff\xff\xff" + WHOLE[33:],
        gzip.compress(b"no json\n"),
        gzip.compress(b'{"a": 1}\n{"b": \n'),
        gzip.compress(b'\xff\xfe{"a": 1}\n'),
        gzip.compress(b'{"a": 1}'),
    ],
)
def test_a_damaged_file_is_named_with_the_way_out(zone, data):
    reference = landing.put(zone, WORK, "facts", "jsonl.gz", b"placeholder")
    landing._place(zone, reference).write_bytes(data)
    with pytest.raises(LandingError, match=r"facts-\w+\.jsonl\.gz is damaged .*from discover") as failure:
        list(landing.get_lines(zone, reference))
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "reference",
    ["../secret", "nahar/../../secret", "/etc/passwd", "nahar//pages", "nahar/./pages", "", "nahar/run/", "..",
     "a/\0/b", "s3://bucket/key", "file:///etc/passwd"],
)  # fmt: skip
def test_no_reference_leads_out_of_the_zone(tmp_path, reference):
    (tmp_path / "secret").write_text("x")
    zone = tmp_path / "zone"
    zone.mkdir()
    with pytest.raises(LandingError, match="is no reference into the landing zone"):
        landing.get(zone.as_uri(), reference)


@pytest.mark.parametrize("run", ["..", "."])
def test_no_run_id_leads_out_of_the_zone(tmp_path, run):
    with pytest.raises(LandingError, match="is no reference into the landing zone"):
        landing.put(tmp_path.as_uri(), Work(source="nahar", run=run), "pages", "warc.gz", b"x")


def test_a_file_of_another_stage_is_refused():
    landing.check("nahar/run/facts-12.jsonl.gz", "facts", "extract")
    with pytest.raises(LandingError, match=r"articles-12.* is not a file of facts: give the one that extract printed"):
        landing.check("nahar/run/articles-12.jsonl.gz", "facts", "extract")


def test_a_zone_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LandingError, match=r"cannot be written into the landing zone .*is RASAD_LANDING right"):
        landing.put((tmp_path / "file").as_uri(), WORK, "pages", "warc.gz", b"x")


def make_old(zone, reference, days):
    """As if the file had been written so long ago."""
    place = landing._place(zone, reference)
    if zone.startswith("file:"):
        at = time.time() - days * 86_400
        os.utime(place.path, (at, at))
    else:
        place.fs.store["/" + place.path.lstrip("/")].created = datetime.now(timezone.utc) - timedelta(days=days)


def test_old_files_go_and_young_ones_stay(zone):
    old = landing.put(zone, Work(source="nahar", run="old"), "pages", "warc.gz", b"old")
    young = landing.put(zone, Work(source="nahar", run="young"), "pages", "warc.gz", b"young")
    make_old(zone, old, 8)
    make_old(zone, young, 6)
    assert landing.expire(zone, 7) == 1
    with pytest.raises(LandingError):
        landing.get(zone, old)
    assert landing.get(zone, young) == b"young"
    assert landing.expire(zone, 7) == 0


def test_what_others_left_in_the_zone_stays(tmp_path):
    reference = landing.put(tmp_path.as_uri(), WORK, "pages", "warc.gz", b"x")
    other = Path(landing._place(tmp_path.as_uri(), reference).path).with_name("notes.txt")
    other.write_text("mine")
    for path in (other, other.with_name(reference.rsplit("/", 1)[-1])):
        os.utime(path, (0, 0))
    assert landing.expire(tmp_path.as_uri(), 7) == 1
    assert other.read_text() == "mine"


def test_an_empty_or_missing_zone_has_nothing_to_expire(tmp_path):
    assert landing.expire(tmp_path.as_uri(), 7) == 0
    assert landing.expire((tmp_path / "not there").as_uri(), 7) == 0


def test_folders_and_drafts_of_dead_writers_do_not_gather(tmp_path):
    zone = tmp_path.as_uri()
    reference = landing.put(zone, WORK, "pages", "warc.gz", b"x")
    draft = Path(landing._place(zone, reference).path).with_name(".pages-1.warc.gz.7.7")
    draft.write_bytes(b"half")
    make_old(zone, reference, 8)
    os.utime(draft, (0, 0))
    assert landing.expire(zone, 7) == 2
    assert list(tmp_path.rglob("*")) == []
    assert landing.get(zone, landing.put(zone, WORK, "pages", "warc.gz", b"x")) == b"x"  # the folders come back


def test_a_disk_that_is_full_keeps_no_half_of_a_file(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            landing.put(tmp_path.as_uri(), WORK, "pages", "warc.gz", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_time_and_items_of_stages_add_up():
    work = Work(**WORK, stages={"discover": {"seconds": 1.0, "items": 3}})
    stages = landing.took(work, "fetch", time.monotonic() - 2, 5)
    assert list(stages) == ["discover", "fetch"]
    assert stages["fetch"]["items"] == 5
    assert 2 <= stages["fetch"]["seconds"] < 60
    assert json.dumps(stages)
