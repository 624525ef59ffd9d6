"""Alerts: raised once, over two days and no more, ended late, and handed out at least once and to one at a time."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from tests.warehouse.nahar import with_nahar

from rasad.model import Article, Batch, FactRow, ReadArticle, Source, Watch
from rasad.warehouse import alerts
from rasad.warehouse.alerts import look, report, untold
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 3, 10, 18, tzinfo=timezone.utc)
SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",), rights="full")
TOLD = ("desk@example.org", "rasad_webhook")
_number = itertools.count(1)


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def article(name="سد النهضة", *, hours=1.0, read=None, words="", kind="entity", **more):
    """One that names it once, published so many hours before NOW, and read (hours before NOW) at once or then."""
    published = NOW - timedelta(hours=hours)
    url = f"https://a.example/{next(_number)}"
    text = f"{name} في الخبر {words} {url}"
    details = {"entity": ("LOC", name)} if kind in ("entity", "quote") else {}
    fact = FactRow(kind, "body", 0, len(name), name, 1.0, "1", label=more.pop("label", "LOC"), **details, **more)
    fetched = NOW - timedelta(hours=hours if read is None else read)
    page = Article(url, "عنوان", text, published.isoformat(), source_id="nahar", fetched_at=fetched.isoformat())
    return ReadArticle(page, (fact,), url)


def take(dsn, *reads):
    load(dsn, Batch(f"nahar/run/{next(_number)}", "run", "nahar", reads), {"nahar": SOURCE}, {"entity": "1"})


def watch(kind="entity", words="سد النهضة", hours=None, told=TOLD, rule="", **thresholds):
    more = {name: thresholds.pop(name) for name in ("type", "place", "rearm") if name in thresholds}
    return Watch("desk", rule or f"{kind}:{words}", kind, words, tuple(thresholds.items()), told, hours, **more)


def counts(dsn, *watches, now=NOW):
    done = look(dsn, watches, now)
    assert done["problems"] == []
    return done["raised"], done["ended"], done["standing"]


@pytest.fixture
def dsn(warehouse):
    return with_nahar(warehouse)


def test_it_is_raised_once_and_again_only_after_it_was_low(dsn):
    dam = watch(articles=5, hours=6)
    take(dsn, *(article() for _ in range(4)))
    assert counts(dsn, dam) == (0, 0, 0)
    take(dsn, article())
    assert counts(dsn, dam) == (1, 0, 1)
    assert counts(dsn, dam) == (0, 0, 1)  # as a task that is tried again
    take(dsn, *(article(hours=-2) for _ in range(4)))  # the five grow old, four remain: 0.8 of the threshold
    assert counts(dsn, dam, now=NOW + timedelta(hours=5.5)) == (0, 0, 1)
    take(dsn, *(article(hours=-5) for _ in range(2)))
    assert counts(dsn, dam, now=NOW + timedelta(hours=6)) == (0, 0, 1)  # up again, and never low meanwhile
    assert counts(dsn, dam, now=NOW + timedelta(hours=10)) == (0, 1, 0)  # two are under 0.7
    take(dsn, *(article(hours=-12) for _ in range(5)))
    assert counts(dsn, dam, now=NOW + timedelta(hours=13)) == (1, 0, 1)
    rows = query(
        dsn,
        "SELECT name_ar, measure, value, threshold, articles, texts, standing, cardinality(evidence), told "
        "FROM mart.alerts ORDER BY raised_at",
    )
    assert rows == [("سد النهضة", "articles", 5.0, 5.0, 5, 5, standing, 5, list(TOLD)) for standing in (False, True)]


def test_a_day_that_begins_anew_ends_nothing(dsn):
    dam = watch(articles=5)
    take(dsn, *(article() for _ in range(5)))
    assert counts(dsn, dam) == (1, 0, 1)
    take(dsn, *(article(hours=-9) for _ in range(5)))  # the next day's five are the same news
    for hours in (7, 12, 30):
        assert counts(dsn, dam, now=NOW + timedelta(hours=hours)) == (0, 0, 1)
    assert counts(dsn, dam, now=NOW + timedelta(hours=80)) == (0, 1, 0)


def test_archives_and_what_was_read_long_ago_raise_nothing(dsn):
    dam = watch(articles=3)
    take(dsn, *(article(hours=100, read=1) for _ in range(9)))  # a backfill: old, and read now
    assert counts(dsn, dam) == (0, 0, 0)
    take(dsn, *(article(hours=-1000, read=100) for _ in range(9)))  # dated into the future, or changed since
    assert counts(dsn, dam) == (0, 0, 0)
    take(dsn, *(article(hours=47) for _ in range(3)))
    assert counts(dsn, dam) == (1, 0, 1)


def test_all_thresholds_are_to_be_reached_and_the_last_one_is_named(dsn):
    take(dsn, *(article(hours=24 * day) for day in range(3, 13)))  # one a day
    take(dsn, *(article("بيروت", hours=24 * day + n / 9) for day in range(1, 13) for n in range(9)))
    take(dsn, *(article(hours=1) for _ in range(6)))
    measure(dsn)
    assert counts(dsn, watch(articles=6, ratio=50)) == (0, 0, 0)
    assert counts(dsn, watch(articles=6, ratio=4)) == (1, 0, 1)
    ((measured, value, articles, expected, basis),) = query(
        dsn, "SELECT measure, value, articles, expected, basis FROM mart.alerts"
    )
    assert (measured, value, articles, basis) == ("articles", 6.0, 6, "short baseline")
    assert 0 < expected < 1.5
    strong = watch(articles=2, score=0.5, rule="strong")
    assert counts(dsn, watch(articles=6, ratio=4), strong) == (1, 0, 2)
    (scored,) = query(dsn, "SELECT score >= 0.5 FROM mart.alerts WHERE rule = 'strong'")
    assert scored == (True,)


def test_a_name_is_found_by_its_id_its_aliases_and_what_is_merged_into_it(dsn):
    take(dsn, *(article("أبو ظبي") for _ in range(2)), *(article("أبوظبي") for _ in range(2)))
    by_alias = "SELECT entity_id FROM news.entity_alias WHERE alias = %s"
    one, other = (query(dsn, by_alias, alias)[0][0] for alias in ("أبو ظبي", "أبوظبي"))
    query(dsn, "INSERT INTO news.entity_merge (entity_id, into_id, why) VALUES (%s, %s, 'one city')", one, other)
    query(dsn, "INSERT INTO news.entity_alias VALUES (%s, 'العاصمة الإماراتية', false)", other)
    for words in ("أبو ظبي", "أبوظبي", str(other), str(one), "العاصمة الإماراتية"):
        assert counts(dsn, watch(words=words, articles=4)) == (1, 1 if words != "أبو ظبي" else 0, 1), words
        assert query(dsn, "SELECT entity_id FROM mart.alerts WHERE standing") == [(other,)]
    assert counts(dsn, watch(words="لا أحد", articles=1)) == (0, 1, 0)


def test_a_name_with_too_many_bearers_is_said_and_the_others_are_still_looked_at(dsn):
    take(dsn, *(article(f"مدينة {letter}") for letter in "ابتثجح"), article())
    query(dsn, "INSERT INTO news.entity_alias SELECT entity_id, 'العاصمة', false FROM news.entity WHERE name <> %s "
               "OR name IS NULL", "سد النهضة")  # fmt: skip
    done = look(dsn, [watch(words="العاصمة", articles=1), watch(articles=1)], NOW)
    assert done["raised"] == 1
    assert len(done["problems"]) == 1
    assert "entities are called 'العاصمة'" in done["problems"][0]
    assert "entity_id" in done["problems"][0]


def test_speakers_topics_phrases_and_tolls(dsn):
    take(
        dsn,
        article("أنطونيو غوتيريش", kind="quote", speaker="غوتيريش", verb="قال"),
        article("أنطونيو غوتيريش"),  # named only
        article("حريق", kind="topic", label="medtop:03000000", value=0.9, details={"label": "كوارث"}),
        article("قتيلا", kind="quantity", label="count", value=25.0, comparator="=", role="killed"),
        article("قتيلا", kind="quantity", label="count", value=90.0, comparator="<", role="killed"),
        article("قتيلا", kind="quantity", label="count", value=60.0, comparator="=", role="injured"),
        article(words="بعد انقطاع التيار الكهربائي عن الحي"),
        article(words="قبل انقطاع للتيار"),
        article(words="وبانقطاع التيّار الكهربائى ليلا"),
    )
    measure(dsn)  # what words stand where, too
    found = (
        watch("speaker", "أنطونيو غوتيريش", articles=1),
        watch("topic", "medtop:03000000", articles=1),
        watch("topic", "كوارث", articles=1),
        watch("toll", "killed", value=20),
        watch("phrase", "انقطاع التيار الكهربائي", articles=2),
    )
    missed = (
        watch("speaker", "سد النهضة", articles=1),
        watch("toll", "killed", value=30, rule="more"),
        watch("toll", "killed", value=20, articles=2, rule="two"),
        watch("toll", "killed", value=20, place="سد النهضة", rule="there"),
        watch("phrase", "الكهربائي انقطاع", articles=1),
    )
    assert counts(dsn, *found, *missed) == (len(found), 0, len(found))
    assert {rule for (rule,) in query(dsn, "SELECT rule FROM mart.alerts")} == {w.rule for w in found}
    (row,) = query(dsn, "SELECT measure, value, cardinality(evidence) FROM mart.alerts WHERE kind = 'toll'")
    assert row == ("value", 25.0, 1)


@pytest.mark.parametrize(
    ("kind", "words", "fact"),
    [
        ("phrase", "سعر الخبز", {"kind": "keyphrase", "label": "سعر خبز"}),
        ("phrase", "أسعار الخبز", {"kind": "keyphrase", "label": "another key of the same words"}),
        ("topic", "كوارث", {"kind": "topic", "label": "medtop:03000000", "details": {"label": "كوارث"}}),
    ],
)
def test_phrases_and_topics_are_held_against_their_baselines(dsn, kind, words, fact):
    take(dsn, *(article(words, hours=24 * day, **fact) for day in range(3, 13)))  # one a day
    take(dsn, *(article("بيروت", hours=24 * day + n / 9) for day in range(1, 13) for n in range(9)))
    take(dsn, *(article(words, hours=1, **fact) for _ in range(6)))
    measure(dsn)
    assert counts(dsn, watch(kind, words, articles=6, ratio=50)) == (0, 0, 0)
    assert counts(dsn, watch(kind, words, articles=6, ratio=4), watch(kind, words, score=0.5, rule="score")) == (
        2,
        0,
        2,
    )
    said = query(dsn, "SELECT kind, articles, expected < 1.5, score >= 0.5, basis FROM mart.alerts")
    assert said == [(kind, 6, True, True, "short baseline")] * 2
    assert counts(dsn, watch(kind, "لا شيء", score=0.5)) == (0, 2, 0)  # what stood is watched no more


def test_a_source_is_silent_only_while_somebody_listens(dsn):
    quiet = watch("source", "nahar", silent=6)
    take(dsn, article(hours=7))
    assert counts(dsn, quiet) == (0, 0, 0)  # nobody was asked
    query(dsn, "INSERT INTO news.feed (url, source_id, polled_at) VALUES ('https://a.example/rss', 'nahar', %s)", NOW)
    assert counts(dsn, quiet) == (1, 0, 1)
    assert query(dsn, "SELECT name_ar, source_id, round(value) FROM mart.alerts") == [("", "nahar", 7.0)]
    take(dsn, article(hours=1))
    assert counts(dsn, quiet) == (0, 1, 0)


def test_what_is_watched_is_kept_and_ends_with_its_watch(dsn):
    take(dsn, article())
    assert counts(dsn, watch(articles=1, hours=6)) == (1, 0, 1)
    rows = query(dsn, "SELECT list, rule, per, thresholds, standing FROM mart.watches")
    assert rows == [("desk", "entity:سد النهضة", "6 hours", {"articles": 1}, True)]
    assert counts(dsn) == (0, 1, 0)
    assert query(dsn, "SELECT count(*) FROM mart.watches") == [(0,)]


def test_two_that_look_at_once_raise_it_once(dsn):
    take(dsn, article())
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: look(dsn, [watch(articles=1)], NOW)["raised"], range(4)))
    assert sum(done) == 1


# Telling


@pytest.fixture
def raised(dsn):
    take(dsn, article(), article("بيروت"))
    recent = datetime.now(timezone.utc)
    query(dsn, "UPDATE news.article SET first_seen_at = %s", recent)
    query(dsn, "UPDATE news.article_version SET published_at = %s", recent)
    query(dsn, "SELECT news.make_partition(t, current_date) FROM unnest(ARRAY['article_version', 'fact']) t")
    for table in ("article", "article_version", "fact"):
        query(dsn, f"UPDATE news.{table} SET day = current_date")
    assert counts(dsn, watch(articles=1), watch(words="بيروت", articles=1, told=TOLD[:1]), now=recent) == (2, 0, 2)
    return dsn


def test_whom_it_is_for_is_told_once(raised):
    assert alerts.addresses(raised) == list(TOLD)
    with untold(raised, TOLD[0]) as found:
        assert {alert.name_ar for alert in found} == {"سد النهضة", "بيروت"}
        (shown,) = found[0].evidence
        assert (shown.title, shown.url[:18]) == ("عنوان", "https://a.example/")
    with untold(raised, TOLD[0]) as found:
        assert found == []
    assert alerts.addresses(raised) == [TOLD[1]]
    assert query(raised, "SELECT sent_at IS NULL FROM mart.alerts ORDER BY name_ar") == [(False,), (True,)]


def test_what_could_not_be_told_says_why_and_is_handed_out_again(raised):
    with pytest.raises(OSError, match="down"), untold(raised, TOLD[0]):
        raise OSError("the mail server is down\n")
    problems = {problem for (problem,) in query(raised, "SELECT problem FROM mart.alerts")}
    assert problems == {"desk@example.org: OSError: the mail server is down"}
    with untold(raised, TOLD[0]) as found:
        assert len(found) == 2
    assert (
        query(raised, "SELECT attempts, problem FROM news.alert_delivery WHERE address = %s", TOLD[0])
        == [(2, None)] * 2
    )


def test_a_teller_that_dies_has_told_nothing_and_keeps_nobody_waiting(raised):
    teller = untold(raised, TOLD[0])
    ids = {alert.alert_id for alert in teller.__enter__()}
    with untold(raised, TOLD[0]) as found:
        assert found == []  # another one is at it
    teller.gen.close()  # killed
    query(raised, "SELECT FROM news.alert_delivery FOR UPDATE")  # until the server has noticed
    with untold(raised, TOLD[0]) as found:
        assert {alert.alert_id for alert in found} == ids  # the same ids: whoever got them twice can tell


def test_what_is_two_days_old_is_told_to_nobody(raised):
    query(raised, "UPDATE news.alert SET raised_at = raised_at - interval '49 hours'")
    assert alerts.addresses(raised) == []
    with untold(raised, TOLD[0]) as found:
        assert found == []


def test_an_article_that_is_taken_down_is_shown_no_more(raised):
    query(raised, "DELETE FROM news.fact; DELETE FROM news.article_version; DELETE FROM news.article")
    with untold(raised, TOLD[0]) as found:
        assert [alert.evidence for alert in found] == [(), ()]
    assert query(raised, "SELECT evidence FROM mart.alerts") == [([],), ([],)]


# For operators


def test_a_check_is_reported_once_for_each_source_and_ends_where_it_is_well(dsn):
    def found(**sources):
        return report(dsn, "check", "freshness", sources, ["ops@example.org"], words="sources are fresh")

    assert found(sada="silent", minbar="failing") == ["minbar", "sada"]
    assert found(sada="silent still", minbar="failing") == []
    assert found(sada="silent") == []
    assert query(dsn, "SELECT subject, standing, details FROM mart.alerts ORDER BY 1") == [
        ("minbar", False, "failing"), ("sada", True, "silent")
    ]  # fmt: skip
    assert found(minbar="failing") == ["minbar"]
    assert counts(dsn) == (0, 0, 0)  # a look at the watchlists ends none of it
    assert query(dsn, "SELECT count(*) FROM mart.alerts WHERE standing") == [(1,)]


def test_a_run_that_fails_again_and_again_is_reported_once_a_wave(dsn):
    def failed():
        return report(
            dsn, "run", "ingest_news", {"": "no host answered"}, ["ops@example.org"], words="ingest_news failed"
        )

    assert failed() == [""]
    assert failed() == []
    query(dsn, "UPDATE news.alert SET seen_at = seen_at - interval '7 hours'")
    assert failed() == [""]
    assert query(dsn, "SELECT standing FROM mart.alerts ORDER BY raised_at") == [(False,), (True,)]
