"""Tolls: the first report against the latest, and the place that each one is tied to."""

from __future__ import annotations

import pytest
from tests.warehouse import nahar

from rasad.warehouse.connection import connect
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

FIRE = "قتل {} أشخاص في حريق اندلع فجرا في مستودع بمدينة طرابلس شمالي لبنان، بحسب الدفاع المدني.\n"


@pytest.fixture
def publish(warehouse):
    nahar.with_nahar(warehouse)
    return lambda *args, **fields: nahar.publish(warehouse, *args, **fields)


@pytest.fixture
def ask(warehouse):
    def ask(sql):
        measure(warehouse)
        with connect(warehouse) as link, link.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    return ask


def test_a_corrected_toll_keeps_its_first_report_beside_the_latest(ask, publish):
    publish(8, FIRE.format(5))
    publish(11, FIRE.format(9))
    rows = ask(
        "SELECT day::text, place, role, first_value, latest_value, min_value, max_value, articles, texts, stories, "
        "sources, extract(hour FROM first_reported_at AT TIME ZONE 'UTC')::int, "
        "extract(hour FROM latest_reported_at AT TIME ZONE 'UTC')::int FROM mart.casualties"
    )
    assert rows == [("2026-03-10", "طرابلس", "killed", 5, 9, 9, 9, 1, 1, 1, 1, 6, 11)]
    ((first, latest),) = ask("SELECT first_context, latest_context FROM mart.casualties")
    assert (first, latest) == (FIRE.format(5).strip(), FIRE.format(9).strip())
    assert ask("SELECT old_value, value FROM mart.fact_changes WHERE role = 'killed'") == [(5, 9)]


def test_two_reports_of_one_place_and_day_are_one_row(ask, publish):
    publish(8, FIRE.format(5), url="https://a.example/1", published="2026-03-10T07:00:00+02:00")
    publish(9, "ارتفعت الحصيلة إلى 7 قتلى في طرابلس، قالت مصادر طبية.\n", url="https://a.example/2",
            published="2026-03-10T09:00:00+02:00")  # fmt: skip
    rows = ask("SELECT first_value, first_url, latest_value, latest_url, min_value, max_value, tolls, articles, texts, "
               "stories, sources FROM mart.casualties WHERE place = 'طرابلس'")  # fmt: skip
    assert rows == [(5, "https://a.example/1", 7, "https://a.example/2", 5, 7, 2, 2, 2, 2, 1)]


def test_a_toll_that_is_withdrawn_is_none(ask, publish):
    publish(8, FIRE.format(5))
    publish(11, "اندلع حريق فجرا في مستودع بمدينة طرابلس، ولم يسقط ضحايا.\n")
    assert ask("SELECT * FROM mart.casualties") == []
    assert ask("SELECT value, current FROM mart.casualty_reports") == [(5, False)]


@pytest.mark.parametrize(
    ("title", "text", "place", "basis"),
    [
        ("حريق", FIRE.format(5), "طرابلس", "sentence"),
        ("حريق", "وفي مدينة صيدا اندلع حريق كبير. وقتل 5 أشخاص في مدينة طرابلس.\n", "طرابلس", "sentence"),
        ("حريق في بيروت", "اندلع حريق كبير فجرا. وقتل 5 أشخاص فيه، قال الدفاع المدني.\n", "بيروت", "headline"),
        ("حريق", "بيروت - اندلع حريق كبير فجرا. وقتل 5 أشخاص فيه.\n", "بيروت", "dateline"),
        ("حريق", "اندلع حريق كبير فجرا. وقتل 5 أشخاص فيه، قال الدفاع المدني.\n", None, None),
    ],
)  # fmt: skip
def test_a_toll_is_tied_to_the_place_that_its_article_gives(ask, publish, title, text, place, basis):
    publish(8, text, title=title)
    assert ask("SELECT place, place_basis, value FROM mart.casualty_reports") == [(place, basis, 5)]


def test_a_toll_whose_text_is_not_kept_has_its_place_by_distance(ask, publish, warehouse):
    publish(8, FIRE.format(5))
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.article_version SET text = ''")
    ((surface, context, articles),) = ask(
        "SELECT r.surface, r.context, c.articles FROM mart.casualty_reports r JOIN mart.casualties c USING (day, role)"
    )
    assert (surface, context, articles) == ("5 أشخاص", None, 1)
