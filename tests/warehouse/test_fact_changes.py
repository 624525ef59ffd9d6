"""What changed in an article's facts: a correction shows, an upgrade of the extractors does not."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone

import pytest

from rasad.model import Article, Batch, ReadArticle, Source
from rasad.settings import Settings
from rasad.stages.extract import VERSIONS, read_facts
from rasad.stages.reextract import plan_months, reextract
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",), rights="full")
URL = "https://a.example/1"
FIRE = "قتل {} أشخاص في حريق اندلع فجرا في مستودع قرب المرفأ، وأصيب 3 عمال آخرون، بحسب الدفاع المدني.\n"


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def dsn(warehouse):
    s = SOURCE
    query(warehouse, "INSERT INTO news.source VALUES (%s, %s, %s, %s, %s, %s, %s, true, NULL)",
          s.id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage, s.rights)  # fmt: skip
    return warehouse


@pytest.fixture
def publish(dsn):
    """A function that loads the article as it reads at an hour of 10 March."""

    def publish(hour, text, title="حريق في المرفأ", versions=VERSIONS, rights="full"):
        article = Article(URL, title, text, "2026-03-09T08:00:00+02:00", source_id="nahar", country="LB",
                          months="egypt", fetched_at=f"2026-03-10T{hour:02}:00:00+00:00")  # fmt: skip
        read = read_facts(ReadArticle(article, (), URL))
        assert isinstance(read, ReadArticle)
        facts = tuple(dataclasses.replace(f, extractor_version=versions[f.kind]) for f in read.facts)
        kept = dataclasses.replace(read, facts=facts, extractors=versions)
        load(dsn, Batch(f"nahar/run/{hour}", "run", "nahar", (kept,)),
             {"nahar": dataclasses.replace(SOURCE, rights=rights)}, versions)  # fmt: skip

    return publish


def at(hour):
    return datetime(2026, 3, 10, hour, tzinfo=timezone.utc)


def changes(dsn, columns="kind, change, old_surface, surface", where="true"):
    return query(dsn, f"SELECT {columns} FROM mart.fact_changes WHERE {where} ORDER BY changed_at, kind, "
                      "coalesce(start_offset, old_start_offset), change")  # fmt: skip


def test_a_toll_that_was_corrected_shows_what_it_was_what_it_is_and_when(dsn, publish):
    publish(8, FIRE.format(5))
    publish(9, FIRE.format(5))
    publish(11, FIRE.format(9))
    columns = "url, kind, change, role, unit_key, old_value, value, changed_after, changed_at, old_surface, surface"
    assert changes(dsn, columns) == [
        (URL, "quantity", "changed", "killed", "شخص", 5.0, 9.0, at(9), at(11), "5 أشخاص", "9 أشخاص")
    ]
    offsets = "old_version_id, old_start_offset, old_end_offset, version_id, start_offset, end_offset"
    ((old, a, b, new, c, d),) = changes(dsn, offsets)
    texts = dict(query(dsn, "SELECT version_id, text FROM news.article_version"))
    assert (texts[old][a:b], texts[new][c:d]) == ("5 أشخاص", "9 أشخاص")


def test_a_toll_is_followed_by_its_role_whatever_noun_is_counted(dsn, publish):
    publish(8, FIRE.format(5))
    publish(11, "ارتفع عدد ضحايا حريق اندلع فجرا في مستودع قرب المرفأ إلى 9 قتلى، وأصيب 3 عمال آخرون.\n")
    assert ("changed", "killed", 5.0, 9.0) in changes(dsn, "change, role, old_value, value")


def test_each_of_two_tolls_meets_its_own(dsn, publish):
    text = FIRE + "وفي حادث سير على طريق الجبل الدولي قتل {} ركاب كانوا في حافلة صغيرة متجهة نحو الساحل.\n"
    publish(8, text.format(5, 4))
    publish(11, "وصل وزير الداخلية.\n" + text.format(9, 6))
    assert changes(dsn, "old_value, value", "kind = 'quantity'") == [(5.0, 9.0), (4.0, 6.0)]


@pytest.mark.parametrize("rights", ["facts", "snippet"])
def test_a_corrected_toll_shows_where_the_text_is_not_kept(dsn, publish, rights):
    publish(8, FIRE.format(5), rights=rights)
    publish(11, FIRE.format(9), rights=rights)
    assert changes(dsn, "change, role, old_value, value") == [("changed", "killed", 5.0, 9.0)]


@pytest.mark.parametrize("rights", ["full", "snippet", "facts"])
def test_a_count_of_something_else_is_no_change_of_the_first(dsn, publish, rights):
    other = "وأعلنت المحكمة أن السفينة التي غرقت قبالة صور كان عليها طاقم صغير قتل منه 2 من البحارة ليلا.\n"
    publish(8, FIRE.format(5), rights=rights)
    publish(11, other, rights=rights)
    found = changes(dsn, "change, role, old_value, value", "role = 'killed'")
    assert sorted(found) == [("appeared", "killed", None, 2.0), ("disappeared", "killed", 5.0, None)]


def test_what_only_moved_has_not_changed(dsn, publish):
    other = "وقال الناطق إن التحقيق بدأ يوم 3 آذار 2026 وإن 12 سيارة احترقت.\n"
    publish(8, FIRE.format(5) + other)
    publish(11, other + FIRE.format(5))
    publish(12, other + FIRE.format(5).replace("،", " ،"))
    assert changes(dsn) == []
    assert query(dsn, "SELECT versions FROM mart.articles") == [(3,)]


def test_the_same_toll_said_twice_and_then_once_is_one_less(dsn, publish):
    publish(8, FIRE.format(5) + "والحصيلة حتى الآن: 5 أشخاص قتلوا.\n")
    publish(11, FIRE.format(5))
    assert changes(dsn) == [("quantity", "disappeared", "5 أشخاص", None)]


def test_names_dates_and_quotes_come_and_go(dsn, publish):
    publish(8, FIRE.format(5) + "وزار حسان دياب المكان يوم 3 آذار 2026.\n")
    publish(11, FIRE.format(5) + "وزارت ليلى الصلح المكان يوم 4 آذار 2026 وقالت: «لن ننسى أحدا من الضحايا».\n")
    measure(dsn)
    found = changes(dsn, "kind, change, coalesce(entity, edtf, surface)", "kind <> 'quote'")
    assert sorted(found) == [
        ("date", "appeared", "2026-03-04"),
        ("date", "disappeared", "2026-03-03"),
        ("entity", "appeared", "ليلى الصلح"),
        ("entity", "disappeared", "حسان دياب"),
    ]
    assert changes(dsn, "change, surface, speaker", "kind = 'quote'") == [
        ("appeared", "لن ننسى أحدا من الضحايا", "ليلى الصلح")
    ]


def test_words_that_are_given_to_another_speaker_have_changed(dsn, publish):
    text = "وقال {}: «لن ننسى أحدا من الضحايا».\n"
    publish(8, text.format("حسان دياب"))
    publish(11, text.format("سمير الجسر"))
    assert changes(dsn, "change, old_speaker, speaker", "kind = 'quote'") == [("changed", "حسان دياب", "سمير الجسر")]


def test_an_upgrade_of_an_extractor_is_no_change_in_the_world(dsn, publish):
    older = VERSIONS | {"quantity": str(int(VERSIONS["quantity"]) - 1)}
    publish(8, FIRE.format(5), versions=older)
    query(dsn, "UPDATE news.fact SET value = 50 WHERE role = 'killed'")  # as the older one read it
    publish(9, FIRE.format(5) + "ونقل المصابون إلى المستشفى.\n")
    assert changes(dsn) == []


def test_once_all_is_read_by_the_same_extractors_what_changed_shows(dsn, publish, tmp_path):
    publish(8, FIRE.format(5), versions=VERSIONS | {"quantity": "0"})
    query(dsn, "UPDATE news.fact SET value = 50 WHERE role = 'killed'")
    publish(9, FIRE.format(5) + "ونقل المصابون إلى المستشفى.\n")
    publish(11, FIRE.format(9) + "ونقل المصابون إلى المستشفى.\n")
    settings = Settings(tmp_path, (tmp_path / "landing").as_uri(), source_dirs=(tmp_path,))
    for work in plan_months(settings, dsn, {"since": None, "until": None, "sources": []}):
        reextract(settings, dsn, work)
    assert changes(dsn, "old_value, value, changed_at") == [(5.0, 9.0, at(11))]


def test_versions_read_beside_different_backends_are_not_compared(dsn, publish):
    publish(8, FIRE.format(5))
    query(dsn, "UPDATE news.article_version SET backend = 'another 1'")
    publish(11, FIRE.format(9))
    assert changes(dsn) == []


def test_an_article_that_goes_back_to_its_old_words_has_changed_twice(dsn, publish):
    publish(8, FIRE.format(5))
    publish(10, FIRE.format(9))
    publish(12, FIRE.format(5))
    assert changes(dsn, "old_value, value, changed_after, changed_at") == [
        (5.0, 9.0, at(8), at(10)),
        (9.0, 5.0, at(10), at(12)),
    ]


def test_facts_whose_text_is_not_kept_are_compared_all_the_same(dsn, publish):
    publish(8, FIRE.format(5), title=None)
    publish(11, FIRE.format(9), title=None)
    query(dsn, "UPDATE news.article_version SET text = ''")
    assert changes(dsn, "old_value, value") == [(5.0, 9.0)]


def test_a_title_is_compared_with_a_title(dsn, publish):
    publish(8, FIRE.format(5), title="5 قتلى في حريق المرفأ")
    publish(11, FIRE.format(5), title="9 قتلى في حريق المرفأ")
    assert changes(dsn, "field, old_value, value") == [("title", 5.0, 9.0)]
