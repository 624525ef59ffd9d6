from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.arabic import lexicon
from rasad.arabic.text import key
from rasad.arabic.tokens import tokenize

DATA = Path(lexicon.__file__).with_name("data")
TABLES = sorted(path.stem for path in DATA.glob("*.tsv") if path.stem != "nationalities")


def rows(table: str) -> list[list[str]]:
    lines = (DATA / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def found(text: str) -> list[tuple[str, str, bool]]:
    """(words, canonical name, weak) of every match."""
    tokens = tokenize(text)
    return [
        (text[tokens[m.start].start + m.cut : tokens[m.end - 1].end], m.entry.name, m.weak)
        for m in lexicon.load().find(tokens)
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("غوتيريش", "أنطونيو غوتيريش"),
        ("جوتيريش", "أنطونيو غوتيريش"),
        ("غوتيريس", "أنطونيو غوتيريش"),
        ("أنطونيو جوتيريش", "أنطونيو غوتيريش"),
        ("البنتاغون", "وزارة الدفاع الأمريكية"),
        ("بنتاجون", "وزارة الدفاع الأمريكية"),
        ("أميركا", "الولايات المتحدة"),
        ("الولايات المتّحدة", "الولايات المتحدة"),
        ("سورية", "سوريا"),
        ("الناتو", "حلف شمال الأطلنطي"),
        ("عبدالفتاح السيسي", "عبد الفتاح السيسي"),
        ("عبد الفتاح السيسي", "عبد الفتاح السيسي"),
        ("اردوغان", "رجب طيب أردوغان"),
        ("CNN", "CNN"),
        ("سي إن إن", "CNN"),
        ("أ.ف.ب", "وكالة فرانس برس"),
        ("الدانمرك", "الدنمارك"),  # CLDR's name beside the everyday one
        ("أنتيغوا وبربودا", "أنتيغوا وبربودا"),  # CLDR alone
        ("بيشاور", "بيشاور"),
        ("أبي عريش", "أبو عريش"),  # behind a preposition
    ],
)
def test_spellings_of_one_entity_share_its_name(text: str, name: str) -> None:
    assert (text, name, False) in found(text)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("وبغداد", "بغداد"),
        ("بالقاهرة", "القاهرة"),
        ("ولبنان", "لبنان"),
        ("للعراق", "لعراق"),  # the convention: in لل the name starts at the second lam
        ("وللبيت الأبيض", "لبيت الأبيض"),
        ("كإيران", "إيران"),
    ],
)
def test_clitics_stay_outside(text: str, surface: str) -> None:
    assert surface in [words for words, _, weak in found(text) if not weak]


@pytest.mark.parametrize("text", ["سبغداد", "قالوا", "ap", "who", "بغدادي"])
def test_what_is_no_name_is_not_found(text: str) -> None:
    assert found(text) == []


def test_a_common_word_is_a_weak_name_at_most() -> None:
    for word in ("كان", "الباب", "صور", "اليوم", "الحياة", "النصر", "مالي", "الأسد", "الخبر"):
        matches = found(word)
        assert matches, word
        assert all(weak for _, _, weak in matches), word


def test_names_with_a_class_noun_are_found_without_it() -> None:
    assert ("حماس", "حماس", False) in found("حركة حماس")
    assert not [m for m in found("حركة حماس") if m[0].startswith("حركة")]
    assert ("وكالة فرانس برس", "وكالة فرانس برس", False) in found("وكالة فرانس برس")


def test_entry_gives_type_english_name_and_country() -> None:
    entry = lexicon.load().entry("جوتيريس")
    assert entry is not None
    assert (entry.type, entry.name_en) == ("PER", "António Guterres")
    cairo = lexicon.load().entry("القاهره")
    assert cairo is not None
    assert (cairo.name, cairo.type, cairo.name_en, cairo.country) == ("القاهرة", "LOC", "Cairo", "EG")
    assert lexicon.load().entry("الأسد") is None
    assert [e.name for e, weak in lexicon.load().entries("الأسد") if weak] == ["بشار الأسد"]
    assert lexicon.load().entry("لا أحد بهذا الاسم") is None


def test_a_wikidata_item_has_its_source() -> None:
    for table in TABLES:
        for row in rows(table):
            item, source = (row + [""] * 6)[4:6]
            assert bool(item) == bool(source), row
            assert not item or (item[0] == "Q" and item[1:].isdigit()), row


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_well_formed(table: str) -> None:
    for row in rows(table):
        assert 3 <= len(row) <= 6, row
        name, name_en, country, *rest = row
        assert name, row
        assert name == name.strip(), row
        assert name_en, row
        assert country == "" or (len(country) == 2 and country.isascii() and country.isupper()), row
        for alias in filter(None, (rest or [""])[0].split("|")):
            assert alias == alias.strip(), row
            assert alias.lstrip("~=").strip(), row
    names = Counter(row[0] for row in rows(table))
    assert [n for n, count in names.items() if count > 1] == []


def test_no_strong_name_stands_for_two_entities_of_one_type() -> None:
    bearers: dict[tuple[str, str], set[str]] = {}
    for table in TABLES:
        for row in rows(table):
            aliases = [row[0], *(row[3].split("|") if len(row) > 3 else [])]
            weak = {key(a.lstrip("~")) for a in aliases if a.startswith("~")}
            for alias in aliases:
                if alias and key(alias.lstrip("~=")) not in weak:
                    bearers.setdefault((lexicon.TABLES[table], key(alias.lstrip("~="))), set()).add(row[0])
    assert {k: v for k, v in bearers.items() if len(v) > 1} == {}


def test_size_and_speed() -> None:
    assert sum(len(rows(table)) for table in TABLES) >= 4400
    assert len(lexicon.given_names() | lexicon.common_given_names()) >= 2000
    lexicon.load()
    start = time.perf_counter()
    assert lexicon.load() is lexicon.load()
    assert time.perf_counter() - start < 0.01


def test_nationalities_in_every_form() -> None:
    forms = lexicon.nationalities()
    for word in ("أمريكي", "الأمريكية", "المصريون", "الفرنسيين", "يابانية"):
        assert key(word) in forms
    countries = {entry.name for name in forms.values() for entry, _ in lexicon.load().entries(name)}
    assert set(forms.values()) <= countries


def test_word_groups_are_keys_and_weak_ones_stand_apart() -> None:
    assert key("وزارة") in lexicon.words("organisation_heads")
    assert key("مجمع") not in lexicon.words("place_heads")
    assert key("مجمع") in lexicon.words("place_heads~")
    assert lexicon.commonness(key("قال")) is not None
    assert lexicon.commonness("خخخضضض") is None
    assert key("محمد") in lexicon.given_names()
    assert key("أمل") in lexicon.common_given_names()


@given(st.text(alphabet="ابتثجحخدرزسشصضطعغفقكلمنهويةىءأإ .،«»()-٠1aB\u064b\u0640\n", max_size=120))
def test_matches_lie_on_tokens(text: str) -> None:
    tokens = tokenize(text)
    for m in lexicon.load().find(tokens):
        assert 0 <= m.start < m.end <= len(tokens)
        assert 0 <= m.cut < len(tokens[m.start].key)
