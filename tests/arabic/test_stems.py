"""Forms of one noun share a stem; other words do not."""

from __future__ import annotations

import pytest

from rasad.arabic.stems import stem
from rasad.arabic.text import key


@pytest.mark.parametrize(
    "words",
    [
        "انتخابات الانتخابات والانتخابات للانتخابات بالانتخابات انتخاباتها",
        "مسلح المسلحون والمسلحين مسلحين",
        "شركة الشركة شركات وشركاتهم",
        "حوثي الحوثيين والحوثيون حوثيا",
    ],
)
def test_forms_of_one_noun_are_one(words: str) -> None:
    assert len({stem(key(word)) for word in words.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("وزير", "زيارة"), ("فيديريكا", "ديريك"), ("ولد", "لدى"), ("مال", "ماء")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert stem(key(one)) != stem(key(other))


def test_short_words_stay_whole() -> None:
    assert [stem(word) for word in ("", "و", "ما", "الا", "بها")] == ["", "و", "ما", "الا", "بها"]
