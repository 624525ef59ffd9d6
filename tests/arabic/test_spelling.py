"""A lost space is put back only where nothing else can be meant."""

import pytest

from rasad.arabic import spelling


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("عنالمكاسب", ("عن", "المكاسب")),
        ("وعنالمكاسب", ("وعن", "المكاسب")),
        ("علىالمصابين", ("على", "المصابين")),
        ("فيالمدينة", ("في", "المدينة")),
        ("وزارةالتعليم", ("وزارة", "التعليم")),
        ("كرةالقدم", ("كرة", "القدم")),  # glued so often that the lexicon has it
        ("مستشفىالمدينة", ("مستشفى", "المدينة")),
        ("التيتعمل", ("التي", "تعمل")),
    ],
)
def test_splits_where_it_is_sure(word: str, parts: tuple[str, str]) -> None:
    at = spelling.split(word)
    assert at is not None
    assert (word[:at], word[at:]) == parts


@pytest.mark.parametrize(
    "word",
    [
        "المكاسب",  # a word of the lexicon
        "فيشاركوا",  # ف and a verb, not في
        "وإنفاذا",  # a noun, not إن
        "مندورة",  # a name that begins like من
        "كانتونال",  # foreign
        "فيتشنزو",
        "منشستريون",
        "بعدهم",  # short of six letters
        "عنِالمكاسب",  # marked by its writer
        "",
        "abcdefgh",
    ],
)
def test_leaves_alone_what_may_be_one_word(word: str) -> None:
    assert spelling.split(word) is None


def test_finds_offsets_in_running_text() -> None:
    text = "بلغت حصته عنالمكاسب في وزارةالتعليم."
    assert [text[:at].rsplit(" ", 1)[-1] for at in spelling.lost_spaces(text)] == ["عن", "وزارة"]
    assert spelling.lost_spaces("لا شيء هنا") == ()
