from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.web import when

CAIRO = timezone(timedelta(hours=2))
HALF_PAST_TWO = datetime(2026, 3, 10, 14, 30, tzinfo=CAIRO)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 10 Mar 2026 12:30:00 GMT",
        "Tue, 10 Mar 2026 14:30:00 +0200",
        "10 Mar 26 12:30 UT",
        "Tue, 10 March 2026 15:30:00 AST",  # Arabia's
        "Tuesday, March 10, 2026 - 14:30",
        "Tue Mar 10 15:30:00 GMT+3 2026",
        "2026-03-10T12:30:00Z",
        "2026-03-10T14:30:00.000+02:00",
        "2026-03-10 14:30",
        "2026-03-10T12:30:00+0000",
        "10/03/2026 14:30",
        "14:30 10-03-2026",
        "3:30 PM 10/3/2026 +03:00",
        "الثلاثاء، 10 مارس 2026 02:30 م",
        "الثلاثاء ١٠ آذار/مارس ٢٠٢٦ - ١٤:٣٠",
        "10 آذار 2026، الساعة 12:30 بتوقيت غرينتش",
        "10 مارس 2026 الساعة 3:30 مساءً بتوقيت مكة",
        "\u200f10 مَارس 2026 | 14:30\u200f",
    ],
)
def test_one_moment_in_many_hands(text: str) -> None:
    assert when.read(text, CAIRO) == HALF_PAST_TWO


@pytest.mark.parametrize(
    ("text", "month"),
    [
        (name, number)
        for number, names in enumerate(
            (
                "كانون الثاني، جانفي، يناير",
                "شباط، فيفري، فبراير",
                "آذار، مارس",
                "نيسان، أفريل، أبريل، إبريل",
                "أيار، ماي، مايو",
                "حزيران، جوان، يونيو",
                "تموز، جويلية، يوليوز، يوليو",
                "آب، غشت، أوت، أغسطس",
                "أيلول، شتنبر، سبتمبر",
                "تشرين الأول، أكتوبر",
                "تشرين الثاني، نونبر، نوفمبر",
                "كانون الأول، دجنبر، ديسمبر",
            ),
            start=1,
        )
        for name in names.split("، ")
    ],
)
def test_months_of_all_countries(text: str, month: int) -> None:
    assert when.read(f"5 {text} 2026", CAIRO) == date(2026, month, 5)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("12:00 ص", 0),
        ("12:00 م", 12),
        ("9:00 صباحاً", 9),
        ("9:00 مساء", 21),
        ("11:00 ليلا", 23),
        ("2:00 ليلا", 2),
        ("1:00 ظهرا", 13),
        ("1:00 بعد الظهر", 13),
        ("12:00 بعد منتصف الليل", 0),
        ("9:00 قبل الظهر", 9),
        ("12:00 AM", 0),
        ("12:00 pm", 12),
        ("23:00", 23),
    ],
)
def test_halves_of_the_day(text: str, hour: int) -> None:
    assert when.read(f"10 مارس 2026 {text}", CAIRO) == datetime(2026, 3, 10, hour, tzinfo=CAIRO)


@pytest.mark.parametrize(
    "text",
    [
        "الثلاثاء 21 رمضان 1447 - 10 مارس 2026 11:30",
        "الثلاثاء 21 رمضان 1447 هـ 11:30",
        "الثلثاء ١٠ آذار ٢٠٢٦، ١١:٣٠ قبل الظهر",
        "10 مارس 2026 م - 11:30 ص",
    ],
)
def test_dates_in_both_calendars(text: str) -> None:
    assert when.read(text, CAIRO) == datetime(2026, 3, 10, 11, 30, tzinfo=CAIRO)


@pytest.mark.parametrize(("text", "month"), [("10 كانون ثان 2026", 1), ("9 فبرائر 2026", 2), ("3 تشرين ثاني 2025", 11)])
def test_rarer_spellings_of_months(text: str, month: int) -> None:
    day = when.read(text, CAIRO)
    assert isinstance(day, date)
    assert day.month == month


def test_a_bare_day_is_a_day() -> None:
    assert when.read("2026-03-10", CAIRO) == date(2026, 3, 10)
    assert not isinstance(when.read("10 مارس 2026", CAIRO), datetime)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "منذ ساعتين",
        "31 Feb 2026 10:00",
        "2026-13-01",
        "10 مارس",
        "25:61 2026-03-10",
        "2026",
        "1" * 90,
        "x" * 5_000_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert when.read(text, CAIRO) is None


@given(st.one_of(st.text(max_size=120), st.text(alphabet="0123456789:-/+ TZمصأبريلmar", max_size=60)))
def test_never_raises(text: str) -> None:
    found = when.read(text, CAIRO)
    assert found is None or not isinstance(found, datetime) or found.tzinfo is not None
