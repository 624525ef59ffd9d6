"""A person who was erased is in nothing that the warehouse shows, and nothing brings the name back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pytest
from tests.pipeline import environment

from rasad.model import Article, Batch, ReadArticle, Source
from rasad.stages import landing, takedown
from rasad.stages.backfill import backfill
from rasad.stages.extract import VERSIONS, read_facts
from rasad.stages.landing import Work
from rasad.stages.load import load
from rasad.stages.measure import measure
from rasad.warehouse import checks, erasure, persons
from rasad.warehouse import load as warehouse_load
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.load import entity_key
from rasad.web import urls

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


def shown(dsn):
    """Every row of every view of schema mart, folded, addresses decoded."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v'")
        views = [view for (view,) in cursor]
        said = {}
        for view in views:
            cursor.execute(f'SELECT t::text FROM mart."{view}" t')
            said[view] = entity_key(unquote(" ".join(row for (row,) in cursor)))
    return said


def holding(dsn, name):
    bare = re.escape(entity_key(name)).replace(r"\ ", r"[\s_-]+")
    return {view for view, text in shown(dsn).items() if re.search(rf"(?<!\w){bare}(?!\w)", text)}


@pytest.fixture
def person(dsn):
    """Somebody of two names or more who is quoted in a source whose texts are kept: whoever is in most articles."""
    (entity,) = query(
        dsn,
        "SELECT f.entity_id FROM news.fact f JOIN news.entity e USING (entity_id) JOIN news.article_version v "
        "USING (version_id) WHERE e.type = 'PER' AND e.key LIKE '% %' AND v.kept = 'full' GROUP BY 1 "
        "HAVING bool_or(f.kind = 'quote') ORDER BY count(DISTINCT f.article_id) DESC, f.entity_id LIMIT 1",
    )[0]
    with connect(dsn) as link:
        (found,) = erasure.find(link, str(entity))
    return found


def a_new_article(name):
    text = (
        f"زار {name} اليوم ميناء المدينة القديم والتقى عددا من العمال في أرصفته. وقال {name} إن العمل في الميناء "
        f"سيبدأ قريبا وإن 40 عاملا سيعودون إليه.\nولم يحدد {name} موعدا، ورحب العمال بما قيل لهم في اللقاء.\n"
    )
    article = Article(
        "https://late.example/1", f"{name} في الميناء", text, "2026-03-10T10:00:00+03:00", source_id="late",
        authors=(name,), tags=(name, "موانئ"), description=f"لقاء مع {name}", fetched_at="2026-03-10T12:00:00+00:00",
    )  # fmt: skip
    read = read_facts(ReadArticle(article, (), article.url))
    assert isinstance(read, ReadArticle)
    return read


def put(dsn, read, number=1):
    late = Source(
        "late", "متأخر", "Late", "EG", "Africa/Cairo", "https://late.example/", ("late.example",), rights="full"
    )
    query(dsn, "INSERT INTO news.source VALUES ('late', '', '', 'EG', 'Africa/Cairo', '', 'full', true, NULL) "
               "ON CONFLICT DO NOTHING")  # fmt: skip
    warehouse_load.load(dsn, Batch(f"late/{number}", "late", "late", (read,)), {"late": late}, VERSIONS)


def test_nothing_of_the_mart_says_the_name_and_nothing_brings_it_back(dsn, settings, loaded, person, tmp_path):
    (name,) = {n for n in person.names if " " in n and not n.isascii()}
    assert {"articles", "facts", "mentions", "quotes", "entities", "entity_days"} <= holding(dsn, name)
    pages = query(
        dsn,
        "SELECT DISTINCT file FROM news.page WHERE article_id IN "
        "(SELECT article_id FROM news.fact WHERE entity_id = ANY (%s))",
        list(person.ids),
    )
    articles = query(dsn, "SELECT count(*) FROM news.article")
    done, files = takedown.erase_person(settings, dsn, person, "طلب 7", "legal")
    assert min(done.counts["mentions"], done.counts["quotes"], done.counts["texts"], files) > 0
    assert holding(dsn, name) == set()  # at once, before anything is measured anew
    assert query(dsn, "SELECT count(*) FROM news.article") == articles
    assert query(dsn, "SELECT what, why, decided_by, counts ->> 'quotes' FROM news.takedown") == [
        ("person", "طلب 7", "legal", str(done.counts["quotes"]))
    ]
    # The same pages out of an archive, the same batches under another run, and an article that is new.
    for (file,) in pages:
        kept = tmp_path / "kept.warc.gz"
        kept.write_bytes(landing.get(loaded.settings.landing, file))
        backfill(settings, dsn, kept)
        source = file.split("/", 1)[0]
        for old in landing.files(loaded.settings.landing, source):
            if "/facts-" in old:
                work = Work(source=source, run="again")
                again = landing.put_lines(
                    settings.landing, work, "facts", landing.get_lines(loaded.settings.landing, old)
                )
                load(settings, dsn, Work(**work, file=again, stages={}))
    put(dsn, a_new_article(name))
    measure(settings, dsn)
    assert holding(dsn, name) == set()
    (new,) = query(
        dsn, "SELECT title, text, authors, tags, description FROM news.article_version WHERE source_id = 'late'"
    )
    assert (new[0].endswith(" في الميناء"), persons.MASK in new[0]) == (True, True)
    assert new[2:4] == ([], ["موانئ"])
    assert "40" in new[1]
    assert query(dsn, "SELECT count(*) FROM news.fact WHERE source_id = 'late' AND kind = 'quantity'") == [(1,)]
    known, days = checks.read(), checks.window("2000-01-01", "2100-01-01", None)
    for check in ("no_orphans", "rollups_equal_facts", "spans_match_text"):
        assert not checks.faults(dsn, known[check], days)
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mart.search(%s)", (f'"{name}"',))
        assert cursor.fetchone() == (0,)


def test_no_file_of_the_landing_zone_keeps_the_pages(dsn, settings, person):
    (name,) = {n for n in person.names if " " in n and not n.isascii()}
    takedown.erase_person(settings, dsn, person, "why", "by")
    for source in {s for (s,) in query(dsn, "SELECT source_id FROM news.source")}:
        for file in landing.files(settings.landing, source):
            if not file.endswith(".warc.gz"):
                assert name not in str(list(landing.get_lines(settings.landing, file)))
    assert query(dsn, "SELECT count(*) FROM news.page WHERE file IS NOT NULL AND article_id IN "
                      "(SELECT article_id FROM news.article_version WHERE masked)") == [(0,)]  # fmt: skip


def test_before_or_after_the_load_is_the_same(another_warehouse):
    name = "سليم المرزوقي الدوري"
    dumps = []
    for erased_first in (False, True):
        dsn = another_warehouse()
        if erased_first:
            erasure.erase(dsn, erasure.Person((), (name,)), "w", "b")
        put(dsn, a_new_article(name))
        if not erased_first:
            erasure.erase(dsn, erasure.Person((), (name,)), "w", "b")
        rows = dump(dsn)
        dumps.append({t: rows[t] for t in ("article", "article_version", "fact", "entity", "entity_alias", "page")})
    assert dumps[0] == dumps[1]
    assert any(persons.MASK in row for row in dumps[0]["article_version"])


def test_killed_on_the_way_it_is_ended_by_maintenance(dsn, settings, person, monkeypatch):
    (name,) = {n for n in person.names if " " in n and not n.isascii()}

    def killed(*_):
        raise KeyboardInterrupt

    for step in ("_candidates", "_forget"):
        with monkeypatch.context() as patch:
            patch.setattr(erasure, step, killed)
            with pytest.raises(KeyboardInterrupt):
                takedown.erase_person(settings, dsn, person, "why", "by")
    assert holding(dsn, name)
    assert takedown.scrub_recent(settings, dsn)["erased"]["entities"] >= 1
    assert holding(dsn, name) == set()
    assert takedown.scrub_recent(settings, dsn) == {"scrubbed": 0}


def test_an_article_whose_address_names_the_person_goes(dsn, settings, another_warehouse):
    name = "سليم المرزوقي الدوري"
    url = "https://late.example/news/سليم-المرزوقي-الدوري-في-الميناء"
    for first in (True, False):
        other = another_warehouse()
        read = a_new_article(name)
        read = replace(read, article=replace(read.article, url=urls.canonical(url)), page_url=urls.canonical(url))
        if first:
            put(other, read)
        erasure.erase(other, erasure.Person((), (name,)), "why", "by")
        put(other, read, number=2)
        assert query(other, "SELECT count(*) FROM news.article") == [(0,)]
        ((address, outcome),) = query(other, "SELECT url, outcome FROM news.page")
        assert (address.startswith("urn:rasad:erased:"), outcome) == (True, "taken_down")


def test_the_reason_may_not_say_the_name(dsn, settings, person):
    with pytest.raises(ValueError, match="holds the person's name"):
        takedown.erase_person(settings, dsn, person, f"طلب من {person.names[0]}", "legal")
    assert query(dsn, "SELECT count(*) FROM news.takedown") == [(0,)]


def test_from_a_shell_it_shows_who_is_meant_and_wants_a_yes(dsn, settings, person):
    command = [sys.executable, "-m", "rasad", "erase-person", str(person.ids[0]), "--why", "طلب", "--by", "legal"]
    env = environment(settings, dsn)
    asked = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    assert person.names[0] in asked.stdout
    assert query(dsn, "SELECT count(*) FROM news.takedown") == [(0,)]
    done = subprocess.run([*command, "--yes"], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "\nerasure 1: " in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("وقال سالم بن عبد الله في المساء", "وقال ████ ██ ███ ████ في المساء"),
        ("ولسالم بن عبدالله رأي", "ول████ ██ ███████ رأي"),
        ("سَالِم بنُ عبد اللّه", "██████ ███ ███ █████"),
        ("سالم وحده، وعبد الله وحده", "سالم وحده، وعبد الله وحده"),
        ("سالم، بن عبد الله", "سالم، بن عبد الله"),
        ("ليس فيه أحد", "ليس فيه أحد"),
    ],
)
def test_a_name_is_hidden_in_every_spelling_and_nothing_else_is(text, left):
    secret = b"secret"
    name = persons.words("سالم بن عبدالله")
    erased = persons.Erased(secret, frozenset({persons.hashed(secret, name)}), len(name))
    assert erased.hide(text) == left
    assert len(left) == len(text)
    assert erased.hide(left) == left


def test_within_the_longer_name_of_another_nothing_is_hidden():
    secret = b"secret"
    name = persons.words("محمد سالم")
    erased = persons.Erased(secret, frozenset({persons.hashed(secret, name)}), len(name))
    text = "حضر أحمد محمد سالم وغاب محمد سالم"
    fact = {"fact_no": 0, "kind": "entity", "field": "body", "start_offset": 4, "end_offset": 18, "label": "PER",
            "surface": text[4:18], "entity_id": 7, "details": None,
            **dict.fromkeys(("speaker", "verb", "role", "unit", "unit_key"))}  # fmt: skip
    version = {"title": None, "text": text, "authors": [], "tags": [],
               **dict.fromkeys(("description", "subtitle", "section"))}  # fmt: skip
    found = persons.without(version, [fact], erased, frozenset())
    assert found is not None
    assert found[0]["text"] == "حضر أحمد محمد سالم وغاب ████ ████"
    assert found[1] == [fact]
