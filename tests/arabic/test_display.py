"""The cleaned text says what the reader saw, and gives back what was extracted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.arabic import display

# Letters, marks, forms, controls, spaces and broken bytes, so that every mend meets every other.
_CHARACTERS = (
    "ابةلمنهويىء أ٣«aØ\n\t\r\u00a0\u2009\u2028\u200b\u200d\u200f\u202b\ufeff\u00ad\x00\x1d\u0640"
    "\u0654\u0653\u064e\u0651\ud800"
)
_RUNS = ("ﻻ", "ﷲ", "ﺍﻟﺤ", "ﱠ", "﷼", "عنالمكاسب", "وزارةالتعليم", "  ", "Ø§Ù„Ù…Ø§", "ط§ظ„ظ…ط§")
_PIECES = st.sampled_from((*_CHARACTERS, *_RUNS))
_TEXTS = st.lists(_PIECES, max_size=30).map("".join)


@given(_TEXTS | st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_what_was_extracted_comes_back_exactly(text: str) -> None:
    cleaned, edits = display.clean(text)
    assert display.restore(cleaned, edits) == text


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_edits_lie_in_the_cleaned_text_in_order_and_apart(text: str) -> None:
    cleaned, edits = display.clean(text)
    end = 0
    for edit in edits:
        assert edit.start >= end
        end = edit.start + len(edit.after)
        assert cleaned[edit.start : end] == edit.after
        assert edit.before != edit.after


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_nothing_invisible_is_left(text: str) -> None:
    cleaned, _ = display.clean(text)
    assert not set(cleaned) & set("\u00a0\u200b\u200d\u200f\u202b\ufeff\u00ad\x00\u0640\ud800\t\r")
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert "\n\n" not in cleaned
    assert " \n" not in cleaned
    assert "\n " not in cleaned


@pytest.mark.parametrize(
    ("text", "cleaned", "why"),
    [
        ("أعلنـــت الوزارة", "أعلنت الوزارة", "tatweel"),
        ("\u202bقال الوزير\u202c", "قال الوزير", "control"),
        ("\ufeffقال", "قال", "control"),
        ("بلغ\u00a0العدد", "بلغ العدد", "space"),
        ("بلغ   العدد", "بلغ العدد", "space"),
        ("قال الوزير. \n\n  وأضاف", "قال الوزير.\nوأضاف", "space"),
        ("ﻗﺎﻝ ﺍﻟﻮﺯﻳﺮ", "قال الوزير", "presentation_form"),
        ("مسا\u0654لة", "مسألة", "presentation_form"),
        ("عبد ﷲ", "عبد الله", "presentation_form"),
        ("حصة عنالمكاسب", "حصة عن المكاسب", "glued"),
        ("Ø§Ù„Ù…Ø¯ÙŠÙ†Ø©", "المدينة", "mojibake"),
        ("ط§ظ„ظ…ط¯ظٹظ†ط©", "المدينة", "mojibake"),
    ],
)
def test_mends(text: str, cleaned: str, why: str) -> None:
    got, edits = display.clean(text)
    assert got == cleaned
    assert {edit.why for edit in edits} == {why}
    assert display.restore(got, edits) == text


@pytest.mark.parametrize(
    "text",
    [
        "وقال: «بلغ العدد ٣٥٠ ألفاً» في مدرسةٍ قريبة",
        'على مستشفى "الأمل" (شرق) إلى ١٢٫٥ ﷼',
        "الضغط المنظم طالب غداً",  # ط and غ before ordinary letters
        "Ø 12 mm",
        "سطر أول\nسطر ثان",
        "",
    ],
)
def test_leaves_alone_what_is_written_so(text: str) -> None:
    assert display.clean(text) == (text, ())


def test_a_lost_space_moves_the_edits_after_it() -> None:
    text = "ربح عنالمكاسب وزارةالتعليم بلغــت\u00a0ثلثا"
    cleaned, edits = display.clean(text)
    assert cleaned == "ربح عن المكاسب وزارة التعليم بلغت ثلثا"
    assert [edit.why for edit in edits] == ["glued", "glued", "tatweel", "space"]
    assert display.restore(cleaned, edits) == text


def test_long_hostile_runs_take_linear_time() -> None:
    for unit in (" ", "\u200d", "ا\u200d", "ـ", "Ø", "Ø§", "ط§", " \n", "و"):
        text = unit * 200_000
        cleaned, edits = display.clean(text)
        assert display.restore(cleaned, edits) == text
