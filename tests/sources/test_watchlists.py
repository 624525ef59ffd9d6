"""Watchlists: what they may say, and one line with file, line and way out for what is wrong."""

from __future__ import annotations

import re

import pytest

from rasad.model import Watch
from rasad.settings import ROOT
from rasad.sources import watchlists
from rasad.sources.watchlists import WatchlistError, load

GOOD = """
tell: [desk@example.org, rasad_webhook]
watches:
  - entity: سد النهضة
    articles: 10
    score: 3
  - entity: القاهرة
    type: LOC
    ratio: 2.5
    rearm: 0.5
    tell: [cairo@example.org]
  - speaker: أنطونيو غوتيريش
    articles: 1
  - phrase: انقطاع الكهرباء
    texts: 5
    per: 6 hours
  - topic: medtop:11000000
    stories: 40
    per: day
  - toll: killed
    place: السودان
    value: 20
    name: حصيلة السودان
  - source: sada
    silent: 2 days
"""


def write(folder, text, name="desk.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_list_is_read_as_it_is_meant(tmp_path):
    dam, cairo, speaker, phrase, topic, toll, source = load([write(tmp_path, GOOD)])
    told = ("desk@example.org", "rasad_webhook")
    assert dam == Watch("desk", "entity:سد النهضة", "entity", "سد النهضة", (("articles", 10), ("score", 3)), told)
    assert (cairo.rule, cairo.type, cairo.rearm, cairo.told) == (
        "entity:القاهرة:LOC",
        "LOC",
        0.5,
        ("cairo@example.org",),
    )
    assert (speaker.kind, speaker.thresholds) == ("speaker", (("articles", 1),))
    assert (phrase.hours, phrase.thresholds) == (6, (("texts", 5),))
    assert (topic.hours, topic.words) == (None, "medtop:11000000")
    assert (toll.rule, toll.words, toll.place) == ("حصيلة السودان", "killed", "السودان")
    assert source.thresholds == (("silent", 48),)


def test_lists_of_later_folders_replace_those_of_earlier_ones_by_name(tmp_path):
    for folder, words in (("one", "سعر الخبز"), ("two", "سعر الوقود")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, f"tell: [a@b.org]\nwatches:\n  - phrase: {words}\n    articles: 2\n")
    write(tmp_path / "one", "tell: [a@b.org]\nwatches: []\n", "empty.yaml")
    assert [watch.words for watch in load([tmp_path / "one", tmp_path / "two"])] == ["سعر الوقود"]
    assert load([]) == []


def watch(*lines):
    return "tell: [a@b.org]\nwatches:\n  - " + "\n    ".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty; a watchlist needs tell, watches"),
        ("watches: []", 1, "needs 'tell'"),
        ("tell: [a@b.org]\nwatch: []", 2, "unknown key 'watch' in a watchlist; known are tell, watches"),
        ("tell: []\nwatches: []", 1, "name at least one"),
        ("tell: [a@b.org, a@b.org]\nwatches: []", 1, "stands twice"),
        ("tell: ['http://hook.example/secret']\nwatches: []", 1, "nobody to tell"),
        ("tell: ['a@b.org\\nBcc: x@y.org']\nwatches: []", 1, "no YAML|nobody to tell"),
        (watch("entity: سد", "article: 3"), 4, "unknown key 'article' in a watch"),
        (watch("entity: سد"), 3, "from how much on: give articles or texts or stories or score or ratio"),
        (watch("articles: 3"), 3, "one of entity, speaker, phrase, topic, toll, source; this one has 0"),
        (watch("entity: سد", "phrase: سد", "articles: 3"), 3, "this one has 2"),
        (watch("speaker: سامي", "score: 3"), 3, "a speaker is not watched by score"),
        (watch("entity: سد", "score: 3", "per: 6 hours"), 3, "score is that of a day"),
        (watch("entity: سد", "articles: many"), 4, "'articles' must be a number, 1 to"),
        (watch("entity: سد", "articles: .nan"), 4, "must be a number"),
        (watch("entity: سد", "articles: 0"), 4, "must be a number"),
        (watch("entity: سد", "articles: 3", "per: 3 weeks"), 5, "written as `6 hours`"),
        (watch("entity: سد", "articles: 3", "per: 49 hours"), 5, "at most 48 hours"),
        (watch("entity: سد", "articles: 3", "rearm: 1"), 5, "a share of the thresholds"),
        (watch("entity: سد", "articles: 3", "type: CITY"), 5, "is not one of PER, ORG, LOC"),
        (watch("toll: dead", "value: 3"), 3, "is not one of killed"),
        (watch("entity: سد", "articles: 3", "place: مصر"), 3, "'place' is for toll alone"),
        (watch("phrase: '!'", "articles: 3"), 3, "must hold a word"),
        (watch("entity: سد", "articles: 1\n  - entity: سد", "texts: 1"), 5, "is watched twice"),
        ("tell: [a@b.org\nwatches: []", 2, "no YAML"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it(tmp_path, text, line, says):
    with pytest.raises(WatchlistError) as error:
        load([write(tmp_path, text)])
    said = str(error.value)
    assert "\n" not in said
    assert f"desk.yaml:{line}: " in said
    assert re.search(says, said), said


def test_files_that_cannot_be_lists_are_refused(tmp_path):
    with pytest.raises(WatchlistError, match="no such folder of watchlists"):
        load([tmp_path / "none"])
    write(tmp_path, GOOD, "Desk-1.yaml")
    with pytest.raises(WatchlistError, match="rename it"):
        load([tmp_path])
    (tmp_path / "Desk-1.yaml").rename(tmp_path / "operators.yaml")
    with pytest.raises(WatchlistError, match="not operators"):
        load([tmp_path])
    (tmp_path / "operators.yaml").rename(tmp_path / "desk.yml")
    with pytest.raises(WatchlistError, match=r"rename the file to desk\.yaml"):
        load([tmp_path])


def documented(heading):
    """The section of docs/operations.md under this heading."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_example_in_the_documentation_is_read_and_every_watch_is_explained(tmp_path):
    text = documented("Watchlists")
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert {watch.kind for watch in load([write(tmp_path, example)])} == set(watchlists.MEASURES)
    table = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE))
    assert {kind: tuple(re.findall(r"`(\w+)`", cell)) for kind, cell in table.items()} == watchlists.MEASURES


def test_there_is_an_end_to_what_is_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(watchlists, "MOST", 6)
    with pytest.raises(WatchlistError, match="7 watches in all lists"):
        load([write(tmp_path, GOOD)])
