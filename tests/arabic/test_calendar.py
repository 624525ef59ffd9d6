from datetime import date, datetime, timedelta, timezone

import pytest
from babel.dates import get_day_names, get_month_names
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.arabic import calendar
from rasad.arabic.text import key
from rasad.arabic.tokens import tokenize


@pytest.mark.parametrize(
    "country", ["SA", "EG", "AE", "LB", "SY", "JO", "IQ", "PS", "MA", "DZ", "TN", "MR", "LY", "SD", "YE"]
)
def test_reads_every_month_that_cldr_names(country):
    for number, name in get_month_names("wide", locale=f"ar_{country}").items():
        assert calendar.month(key(name)) == number, name


def test_reads_every_weekday_that_cldr_names():
    for number, name in get_day_names("wide", locale="ar").items():
        assert calendar.weekday(key(name)) == number, name


@pytest.mark.parametrize(
    ("name", "number"),
    [("محرم", 1), ("ربيع الأول", 3), ("ربيع الآخر", 4), ("جمادى الأولى", 5), ("جمادى الآخرة", 6), ("ذي الحجة", 12)],
)
def test_hijri_months(name, number):
    assert calendar.hijri_month(key(name)) == number


@pytest.mark.parametrize(
    ("system", "parts", "first", "last"),
    [
        ("hijri", (1434,), date(2012, 11, 15), date(2013, 11, 3)),
        ("hijri", (1441, 9), date(2020, 4, 24), date(2020, 5, 23)),
        ("hijri", (1436, 10, 26), date(2015, 8, 11), date(2015, 8, 11)),
        ("gregorian", (2020, 2), date(2020, 2, 1), date(2020, 2, 29)),
        ("gregorian", (2020,), date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_span(system, parts, first, last):
    assert calendar.span(system, *parts) == (first, last)


@pytest.mark.parametrize(
    ("system", "parts"),
    [
        ("gregorian", (2021, 2, 29)),
        ("gregorian", (0,)),
        ("gregorian", (10_000,)),
        ("hijri", (1441, 9, 31)),
        ("hijri", (0,)),
    ],
)
def test_no_such_day(system, parts):
    assert calendar.span(system, *parts) is None


def test_hijri_years_before_the_table_are_reckoned():
    # The caliphate of Baghdad fell on 4 Safar 656, 10 February 1258 (Julian), 17 February in our calendar.
    first, _ = calendar.span("hijri", 656, 2, 4)
    assert abs((first - date(1258, 2, 17)).days) <= 2


def parts(text):
    written = calendar.read(tokenize(text), 0)
    return None if written is None else (written.year, written.month, written.day, written.calendar)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/5/2021", (2021, 5, 12, "gregorian")),
        ("5/17/2021", (2021, 5, 17, "gregorian")),
        ("2021-05-12", (2021, 5, 12, "gregorian")),
        ("12.5.2021", (2021, 5, 12, "gregorian")),
        ("١٢/٥/٢٠٢١", (2021, 5, 12, "gregorian")),
        ("26/10/1436هـ", (1436, 10, 26, "hijri")),
        ("14 / 3 / 1440 هـ", (1440, 3, 14, "hijri")),
        ("7 مايو/أيار 2019", (2019, 5, 7, "gregorian")),
        ("7 أيار (مايو) 2019", (2019, 5, 7, "gregorian")),
        ("7 أغسطس آب 2019", (2019, 8, 7, "gregorian")),
        ("9 كانون الثاني 2018م", (2018, 1, 9, "gregorian")),
        ("3 غشت 2017", (2017, 8, 3, "gregorian")),
        ("الثالث من أبريل", (None, 4, 3, "gregorian")),
        ("الحادي والعشرين من مارس 2016", (2016, 3, 21, "gregorian")),
        ("أول حزيران", (None, 6, 1, "gregorian")),
        ("الفاتح من نوفمبر 1954", (1954, 11, 1, "gregorian")),
        ("15 رمضان 1442 هـ", (1442, 9, 15, "hijri")),
        ("ديسمبر 2010", (2010, 12, None, "gregorian")),
        ("أكتوبر 73م", (1973, 10, None, "gregorian")),
        ("سبتمبر 10, 2020", (2020, 9, 10, "gregorian")),
        ("29 فبراير", (None, 2, 29, "gregorian")),
        ("31 أبريل", None),
        ("45/7/2020", None),
        ("1-صفر", None),
        ("2019", None),
    ],
)
def test_read(text, expected):
    assert parts(text) == expected


def test_two_months_that_disagree_are_flagged():
    assert calendar.read(tokenize("7 مايو/حزيران 2019"), 0).flag
    assert not calendar.read(tokenize("7 مايو/أيار 2019"), 0).flag


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("نشر في: الأربعاء 3 شباط 2021", date(2021, 2, 3)),
        ("آخر تحديث 3 فبراير/شباط 2021، 22:05", datetime.fromisoformat("2021-02-03T22:05")),
        ("3 فبراير 2021 - 9:15 م", datetime.fromisoformat("2021-02-03T21:15")),
        ("3 فبراير 2021 - 2:15 ليلا", datetime.fromisoformat("2021-02-03T02:15")),
        ("3 فبراير 2021 - 11:15 ليلا", datetime.fromisoformat("2021-02-03T23:15")),
        ("3 فبراير 2021 - 11:45 ظهرا", datetime.fromisoformat("2021-02-03T11:45")),
        ("3 فبراير 2021 - 1:30 ظهرا", datetime.fromisoformat("2021-02-03T13:30")),
        ("3 فبراير 2021 - 12:30 فجرا", datetime.fromisoformat("2021-02-03T00:30")),
        ("3 فبراير 2021 - 9:15 مساءا", datetime.fromisoformat("2021-02-03T21:15")),
        ("12:10 ص 2021/02/03", datetime.fromisoformat("2021-02-03T00:10")),
        ("الرياض 21 جمادى الآخرة 1442 هـ الموافق 03 فبراير 2021 م واس", date(2021, 2, 3)),
        ("21 جمادى الآخرة 1442 هـ", date(2021, 2, 3)),
        ("3 فبراير 2021 الساعة 18:30 بتوقيت غرينتش", datetime(2021, 2, 3, 18, 30, tzinfo=timezone.utc)),
        ("3/2/2021 18:30 GMT+3", datetime(2021, 2, 3, 18, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("3/2/2021 18:30 بتوقيت مكة المكرمة", datetime(2021, 2, 3, 18, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("فبراير 2021", None),
        ("اقرأ أيضا", None),
        ("", None),
    ],
)
def test_read_date(line, moment):
    assert calendar.read_date(line) == moment


words = st.sampled_from(
    """
    3 12 31 2021 1442 مايو أيار / - ( ) من شهر رمضان كانون الثاني هـ م
    الثالث وعشرين الخميس : 99 gmt + ، الموافق عام
    """.split()  # noqa: SIM905
)


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=20).map(" ".join) | st.text())
def test_any_line_is_read_without_an_error(text):
    calendar.read_date(text)
    tokens = tokenize(text)
    for i in range(len(tokens)):
        written = calendar.read(tokens, i)
        assert written is None or i < written.stop <= len(tokens)
