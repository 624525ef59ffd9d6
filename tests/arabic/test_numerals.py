import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.arabic import numerals
from rasad.arabic.tokens import tokenize


def read(text):
    return numerals.read(tokenize(text), 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("صحيفة", None),
        ("سبعة أقلام", 7),
        ("سبع سفن", 7),
        ("اثنان", 2),
        ("اثنتين", 2),
        ("أحد عشر كوكبا", 11),
        ("اثنا عشر شهرا", 12),
        ("اثنتي عشرة ليلة", 12),
        ("خمسة عشر", 15),
        ("ثماني عشرة", 18),
        ("واحد وعشرون", 21),
        ("إحدى وثلاثين", 31),
        ("تسعةٌ وتسعين", 99),
        ("ستون", 60),
        ("مئة", 100),
        ("مائة وخمسة", 105),
        ("مئتان", 200),
        ("مائتي", 200),
        ("خمسمئة", 500),
        ("خمسمائة وثلاثون", 530),
        ("ثلاث مئة", 300),
        ("ثمانمئة وسبعة وأربعون", 847),
        ("ألف", 1000),
        ("ألفين", 2000),
        ("ألفا شخص", 2000),
        ("ألفاً", 1000),
        ("ثلاثة آلاف", 3000),
        ("ألفان وأربعمئة", 2400),
        ("عشرون ألفا", 20_000),
        ("مئة وخمسون ألفا وستمئة", 150_600),
        ("مليون", 1_000_000),
        ("مليونين ونصف مليون", 2_500_000),
        ("مليون ونصف المليون", 1_500_000),
        ("خمسة ملايير", 5e9),
        ("أربعة بلايين", 4e9),
        ("ثلاثة تريليونات", 3e12),
        ("أربعة ملايين وربع", 4_250_000),
        ("ثلاثة مليارات ومئتا مليون", 3_200_000_000),
        ("تريليون", 1e12),
        ("نصف مليون", 500_000),
        ("ثلاثة أرباع المليون", 750_000),
        ("نصف", 0.5),
        ("ثلثي", 2 / 3),
        ("مئة وثلاثة أرباع", 100.75),
        ("واحد وربع", 1.25),
        ("49 ألفاً و759", 49_759),
        ("2 مليون و300 ألف", 2_300_000),
        ("3 آلاف", 3000),
        ("7 مئة", 700),
        ("3.5 مليون", 3_500_000),
        ("٣٫٥ مليون", 3_500_000),
        ("3,5", 3.5),
        ("2.125 مليار", 2_125_000_000),
        ("1,250.5", 1250.5),
        ("1.250,5", 1250.5),
        ("٤٬٢٠٠", 4200),
        ("866.646", 866_646),
        ("1.250.000", 1_250_000),
        ("0.250", 0.25),
        ("1 414 021 100", 1_414_021_100),
        ("12.345%", 12.345),
        ("16.4 مليون", 16_400_000),
        ("7ر12", 12.7),
        ("000 ر 500 ر 2", 2_500_000),
        ("سالب خمسة", -5),
        ("عشرات", 10),
        ("عشرات الآلاف", 10_000),
        ("مئات الملايين", 100_000_000),
        ("آلاف", 1000),
        ("192.168.1.2", None),
        ("966500000000123456", None),
        ("أحد الطلاب", None),
        ("لست", None),
        ("كمية", None),
        ("الثالث", None),
    ],
)
def test_value(text, value):
    number = read(text)
    if value is None:
        assert number is None
    else:
        assert number is not None
        assert math.isclose(number.value, value)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("وخمسة وعشرين راكبا", "خمسة وعشرين"),
        ("بألفين وخمسمئة", "ألفين وخمسمئة"),
        ("لمئة", "مئة"),
        ("بِمِئة", "مِئة"),
        ("خمسة آلاف وعشرة آلاف", "خمسة آلاف"),
        ("خمسة وثلاثون وأربعون", "خمسة وثلاثون"),
        ("ثلاثة وخمسة", "ثلاثة"),
        ("20 ألفا و30 ألفا", "20 ألفا"),
    ],
)
def test_span_leaves_clitics_and_the_next_number_out(text, span):
    number = read(text)
    assert text[number.start : number.end] == span


def test_marks_what_is_vague_definite_scaled():
    assert read("عشرات الآلاف").vague
    assert read("الأربع والعشرين").definite
    assert read("عشرين ألف").scaled
    assert not read("عشرين").scaled
    assert read("2014").plain
    assert not read("2,014").plain


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("بالعام", [("بالعام", 0), ("العام", 1)]),
        ("للعام", [("للعام", 0), ("لعام", 1), ("العام", 1)]),
        ("وبعشرين", [("وبعشرين", 0), ("بعشرين", 1), ("عشرين", 2)]),
    ],
)
def test_forms(key, expected):
    assert list(numerals.forms(key)) == expected


words = st.sampled_from(
    "خمسة وعشرون مئة ألف آلاف مليون ونصف و 12 3.5 1,250 ر عشرات الآلاف نصف أرباع ٧ % الثلاثة سالب وثلاث".split()  # noqa: SIM905
)


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=25).map(" ".join) | st.text())
def test_any_text_is_read_without_an_error_and_moves_on(text):
    tokens = tokenize(text)
    for i in range(len(tokens)):
        number = numerals.read(tokens, i)
        if number is not None:
            assert i < number.stop <= len(tokens)
            assert tokens[i].start <= number.start < number.end == tokens[number.stop - 1].end
            assert math.isfinite(number.value)
