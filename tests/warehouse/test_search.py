"""mart.search: words in any spelling and with clitics, phrases, what must not be there; its index follows the texts."""

from __future__ import annotations

import pytest
from tests.warehouse import nahar

from rasad.arabic.text import key
from rasad.warehouse.connection import connect
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

TEXTS = {
    "cairo": ("قمة طارئة", "وصل الوفد مساء إلى العاصمة وللقاهرة مكانتها. وألقى عبد الفتاح كلمة أمام مجلس الأمن.\n"),
    "minister": ("الوزير يزور الميناء", "قال وزير النقل إنّ المسؤولين في المرفأ سيعملون ليلا ونهارا حتى سنة ٢٠٢٧.\n"),
    "council": ("أخبار", "عقدت لجنة الأمن جلسة في مجلس بلدي، وكان كمال رئيسها وعبدالله نائبه.\n"),
    "port": ("حريق في مرفأ صيدا", "اندلع حريق فجرا. ولم يعرف سببه، وقال شهود إن الدخان ⟦الأسود⟧ غطّى المدينــة كلها.\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def searched(postgres, _template):
    """A warehouse with these four articles, for tests that only search."""
    name = "warehouse_searched"
    with connect(postgres.dsn("postgres")) as link:
        link.rollback()
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {_template}")
    dsn = nahar.with_nahar(postgres.dsn(name))
    for number, (slug, (title, text)) in enumerate(TEXTS.items()):
        nahar.publish(dsn, 8, text, title=title, url=url(slug), published=f"2026-0{number + 1}-05T08:00:00+02:00")
    measure(dsn)
    return dsn


def url(slug):
    return f"https://a.example/{slug}"


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def search(dsn, words, *more):
    found = query(dsn, f"SELECT url FROM mart.search(%s{', %s' * len(more)})", words, *more)
    return [address.rsplit("/", 1)[1] for (address,) in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("القاهرة", {"cairo"}),
        ("القاهره", {"cairo"}),
        ("والقاهرة", {"cairo"}),
        ("قاهرة", {"cairo"}),  # without the article it finds the word with it
        ("وزير", {"minister"}),
        ("الوزير", {"minister"}),
        ("المسئولين", set()),  # another spelling of the hamza's seat is another letter
        ("المسؤولين", {"minister"}),
        ("يعملون", {"minister"}),
        ("2027", {"minister"}),
        ("إن", {"minister", "port"}),
        ("غطى المدينة", {"port"}),
        ("غطّي المدينه", {"port"}),
        ("مال", set()),  # كمال is no مال
        ("مجلس الأمن", {"cairo", "council"}),
        ('"مجلس الأمن"', {"cairo"}),
        ("«مجلس الأمن»", {"cairo"}),
        ('"لجنة الأمن" مجلس', {"council"}),
        ("مجلس -الأمن", set()),
        ("مجلس -القاهرة", {"council"}),
        ('مجلس -"مجلس الأمن"', {"council"}),
        ("عبد الله", {"council"}),
        ("عبدالله", {"council"}),
        ("عبدالفتاح", {"cairo"}),
        ('"عبدالفتاح كلمة"', {"cairo"}),
        ("حريق", {"port"}),
        ("-حريق", set()),
        ("", set()),
        ("' \" \\ : & | ! ( ) <-> * % 'x'::tsquery ؟", set()),
        ("حريق' | 'وزير", set()),
        ("زرافة", set()),
    ],
)
def test_what_is_found(searched, words, found):
    assert set(search(searched, words)) == found


def test_words_are_marked_where_they_stand(searched):
    def headline(words):
        ((line,),) = query(searched, "SELECT headline FROM mart.search(%s)", words)
        return line

    assert "العاصمة ⟦وللقاهرة⟧ مكانتها" in headline("القاهرة")
    assert "أمام ⟦مجلس الأمن⟧." in headline('"مجلس الأمن"')
    assert "سنة ⟦٢٠٢٧⟧." in headline("2027")
    assert "الدخان [الأسود] ⟦غطّى⟧ ⟦المدينــة⟧ كلها" in headline("غطى مدينة")
    assert headline("صيدا") == "حريق في مرفأ ⟦صيدا⟧"  # only the title has it
    assert headline("عبد الله").count("⟦وعبدالله⟧") == 1


def test_titles_come_before_bodies_and_the_newest_before_the_older(searched):
    assert search(searched, "الوزير") == ["minister"]
    ranks = query(searched, "SELECT rank, day FROM mart.search('مجلس')")
    assert ranks == sorted(ranks, reverse=True)
    ((title,),) = query(searched, "SELECT rank FROM mart.search('حريق')")
    ((body,),) = query(searched, "SELECT rank FROM mart.search('الدخان')")
    assert title > body


def test_days_bound_a_search_and_most_cuts_it(searched):
    assert search(searched, "مجلس", "2026-02-01") == ["council"]
    assert search(searched, "مجلس", None, "2026-02-01") == ["cairo"]
    assert search(searched, "مجلس", "2026-01-05", "2026-01-05") == ["cairo"]
    assert len(search(searched, "مجلس", None, None, 1)) == 1


def test_rows_say_of_whom_and_what_they_are(searched):
    columns = "day::text, source_id, country, text_key IS NOT NULL, story_id IS NOT NULL"
    assert query(searched, f"SELECT {columns} FROM mart.search('القاهرة')") == [
        ("2026-01-05", "nahar", "LB", True, True)
    ]


def test_words_are_folded_as_match_keys_are(searched):
    letters = [
        chr(n)
        for n in (*range(0x20, 0x7F), *range(0x600, 0x700), *range(0x200B, 0x2010), 0xFEFF, *range(0xFE70, 0xFEFD))
    ]
    words = [f"ب{letter}ب" for letter in letters] + [f"ALEF{letter}" for letter in "أإآٱىیکةؤئ٣۳"]
    folded = query(
        searched, "SELECT array_agg(news.fold(w) ORDER BY n) FROM unnest(%s) WITH ORDINALITY t (w, n)", words
    )[0][0]
    assert [" ".join(word.split()) for word in folded] == [key(word) for word in words]


def test_texts_of_any_kind_can_be_stored(searched):
    for text in (
        "",
        "ا" * 300_000,
        "كلمة " * 80_000,
        'ب\'ب\\ "ج" :د* &!()<->',
        "a1b2 3.5e7 http://x.y/z?q=1#f c@d.e",
        "\ud55c\uad6d \u0939\u093f",
    ):
        assert query(searched, "SELECT length(news.word_vector(%s, %s, '2026-03-10')) > 0", text, text) == [(True,)]


def test_the_index_follows_texts_days_and_removals(warehouse):
    nahar.with_nahar(warehouse)
    nahar.publish(warehouse, 8, "اندلع حريق في المرفأ فجرا.\n")
    assert search(warehouse, "حريق") == []  # not measured yet
    measure(warehouse)
    assert search(warehouse, "المرفأ") == ["1"]
    nahar.publish(warehouse, 9, "أخمد الإطفائيون النيران في المستودع.\n", published="2026-02-10T08:00:00+02:00")
    measure(warehouse)
    assert (search(warehouse, "المرفأ"), search(warehouse, "المستودع")) == ([], ["1"])
    assert query(warehouse, "SELECT day::text FROM news.article_words") == [("2026-02-10",)]
    query(warehouse, "UPDATE news.article_version SET text = 'لا شيء هنا'")
    assert search(warehouse, "المستودع") == []
    measure(warehouse)
    assert search(warehouse, "شيء") == ["1"]
    query(warehouse, "DELETE FROM news.fact; DELETE FROM news.article_version; DELETE FROM news.article")
    assert query(warehouse, "SELECT count(*) FROM news.article_words") == [(0,)]


def test_of_a_text_that_is_kept_in_part_only_that_part_is_found_and_shown(warehouse):
    nahar.with_nahar(warehouse)
    nahar.publish(warehouse, 8, "قتل 5 أشخاص في حريق." + " " * 40 + "وأصيب 3 في طرابلس.\n")
    measure(warehouse)
    assert query(warehouse, "SELECT headline FROM mart.search('طرابلس حريق')") == [
        ("قتل 5 أشخاص في ⟦حريق⟧. … وأصيب 3 في ⟦طرابلس⟧.",)
    ]


def test_what_is_shown_of_a_text_begins_and_ends_with_whole_words(warehouse):
    nahar.with_nahar(warehouse)
    words = [f"كلمة{'م' * (n % 7)}" for n in range(60)]
    text = " ".join([*words, "حريق", *words])
    nahar.publish(warehouse, 8, text + "\n")
    measure(warehouse)
    ((shown,),) = query(warehouse, "SELECT headline FROM mart.search('حريق')")
    assert (shown[0], shown[-1]) == ("…", "…")
    assert f" {shown[1:-1].replace('⟦', '').replace('⟧', '')} " in f" {text} "
    assert 200 < len(shown) < 250


def test_measuring_again_rewrites_no_words(warehouse):
    nahar.with_nahar(warehouse)
    nahar.publish(warehouse, 8, "اندلع حريق في المرفأ فجرا.\n")
    measure(warehouse)
    before = query(warehouse, "SELECT xmin::text, ctid::text FROM news.article_words")
    query(warehouse, "INSERT INTO news.dirty_day VALUES ('2026-03-10', 'again')")
    measure(warehouse)
    assert query(warehouse, "SELECT xmin::text, ctid::text FROM news.article_words") == before
