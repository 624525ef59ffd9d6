"""Extract: facts are added to articles, and an article on which an extractor fails stops no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from rasad import facts
from rasad.model import Article, ReadArticle, Settled
from rasad.settings import Settings
from rasad.stages import extract as module
from rasad.stages import landing
from rasad.stages.extract import VERSIONS, extract
from rasad.stages.landing import LandingError, Work

TEXT = "قال وزير المالية اللبناني ياسين جابر في بيروت إن الحكومة ستدفع 5 ملايين دولار يوم 3 آذار 2026."


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, (tmp_path / "landing").as_uri())


def work_of(settings, *texts, name="articles"):
    work = Work(source="nahar", run="run", stages={"clean": {"seconds": 0.1, "items": 1}})
    lines = [
        landing.article_line(
            ReadArticle(Article(f"https://a.example/{n}", "عنوان", text, "2026-03-02"), (), f"page {n}")
        )
        for n, text in enumerate(texts)
    ]
    lines.append(landing.settled_line(Settled("https://a.example/gone", "gone", "404")))
    work["file"] = landing.put_lines(settings.landing, work, name, lines)
    return work


def test_articles_get_facts_that_stand_in_their_text_and_settled_pages_pass(settings):
    done = extract(settings, work_of(settings, TEXT))
    first, second = landing.get_lines(settings.landing, done["file"])
    read = landing.read_article(first)
    assert {"entity", "date"} <= {fact.kind for fact in read.facts}
    assert all(TEXT[f.start : f.end] == f.text for f in read.facts if f.field == "body")
    assert all(f.extractor_version == module.VERSIONS[f.kind] for f in read.facts)
    assert landing.read_settled(second) == Settled("https://a.example/gone", "gone", "404")
    assert done["stages"]["extract"]["items"] == len(read.facts)
    assert list(done["stages"]) == ["clean", "extract"]


def test_what_read_an_article_is_written_with_it_whoever_loads_it(settings, monkeypatch):
    monkeypatch.setattr(module, "VERSIONS", module.VERSIONS | {"entity": "1"})
    (line, _) = landing.get_lines(settings.landing, extract(settings, work_of(settings, TEXT))["file"])
    read = landing.read_article(line)
    assert (read.extractors, read.backend) == (module.VERSIONS, "tagger 2")
    assert read.extractors != VERSIONS


def test_an_extractor_that_raises_settles_that_page_alone(settings, monkeypatch, caplog):
    def fail(reading):
        if "ليلى" in reading.article.text:
            raise ZeroDivisionError("division by\nzero")
        return ()

    broken = SimpleNamespace(KIND="entity", VERSION="1", extract=fail)
    monkeypatch.setattr(facts, "EXTRACTORS", (broken, *facts.EXTRACTORS[1:]))
    done = extract(settings, work_of(settings, TEXT, "قالت ليلى", TEXT))
    lines = list(landing.get_lines(settings.landing, done["file"]))
    assert ["article" in line for line in lines] == [True, False, True, False]
    settled = landing.read_settled(lines[1])
    assert (settled.url, settled.outcome) == ("page 1", "extract_failed")
    assert settled.reason == "an extractor failed on it: ZeroDivisionError: division by zero"
    assert "Traceback" in caplog.text


def test_extracting_again_writes_the_same_file(settings):
    work = work_of(settings, TEXT)
    assert extract(settings, work)["file"] == extract(settings, work)["file"]


def test_nothing_cleaned_is_nothing_to_extract(settings):
    done = extract(settings, Work(source="nahar", run="run"))
    assert "file" not in done
    assert done["stages"]["extract"]["items"] == 0


def test_the_file_of_another_stage_is_refused(settings):
    with pytest.raises(LandingError, match="give the one that clean printed"):
        extract(settings, work_of(settings, TEXT, name="pages"))


def test_every_kind_has_one_whole_number_as_its_version():
    assert len(module.VERSIONS) == len(facts.EXTRACTORS)
    assert all(version.isdecimal() for version in module.VERSIONS.values())  # the load compares them as numbers
