"""What is a copy and what is another account, of texts alone."""

import random

import pytest

from rasad.warehouse.near_duplicates import bands, groups, kin, nearness, shingles

TEXT = (
    "افتتح وزير النقل صباح الاثنين الخط الحديدي الجديد بين المرفأ والسوق القديمة بحضور عمال بنوه في ثلاث سنوات. "
    "ويمتد الخط على واحد وثلاثين كيلومترا ويمر بأحد عشر موقفا، بينها موقف المشفى الجامعي الذي طالب به سكان التلة. "
    "وقال الوزير في كلمة قصيرة إن التذكرة ستبقى بسعرها الحالي حتى نهاية الصيف، ثم يعاد النظر فيها مع البلديات. "
    "وأضاف أن القطارات تسير كل ربع ساعة في النهار وكل نصف ساعة بعد التاسعة ليلا، وتتوقف قبيل منتصف الليل. "
    "ورأى تجار في السوق أن الخط سيعيد إليهم زبائن هجروهم منذ إغلاق الجسر، فيما خشي سائقو الحافلات على رزقهم. "
    "وتعهدت نقابة السائقين بأن تقدم خلال أسبوعين خطة لتحويل الحافلات إلى القرى التي لا يصلها القطار بعد."
)
SENTENCES = TEXT.split(". ")
LEAD = "في خطوة انتظرها سكان العاصمة طويلا دارت أولى العجلات على قضبان جديدة وسط زغاريد الأهالي"
# The same morning by another reporter, who quotes the minister in the same words once.
ACCOUNT = (
    "ركب مئات السكان اليوم القطار الذي يربط المرفأ بالسوق القديمة مجانا في يومه الأول، واصطف كثيرون منذ الفجر. "
    "ولم تخل الرحلة الأولى من عثرات، إذ تعطلت بوابات موقفين وتأخر القطار الثاني عشرين دقيقة عن موعده المعلن. "
    "وقال الوزير إن التذكرة ستبقى بسعرها الحالي حتى نهاية الصيف. "
    "وانتقد مهندسون ضيق الأرصفة وغياب المصاعد، وقالوا إن كبار السن سيجدون عناء في بلوغ العربات. "
    "ووعدت الشركة المشغلة بإصلاح البوابات قبل نهاية الأسبوع وبتوظيف مرشدين على كل رصيف."
)


def copy(lost, lead=LEAD):
    return ". ".join([lead, *(s for n, s in enumerate(SENTENCES) if n and n not in lost)])


@pytest.mark.parametrize("lost", [(), (1,), (5,), (2, 4), (1, 5), (3, 4)])
def test_a_copy_with_another_lead_and_lost_sentences_is_near(lost):
    original, other = shingles(TEXT), shingles(copy(lost))
    assert nearness(original, other)
    assert nearness(other, original) == nearness(original, other)
    assert set(bands(original)) & set(bands(other))


def test_another_account_of_the_same_event_is_not_near():
    assert not nearness(shingles(TEXT), shingles(ACCOUNT))


def test_marks_spelling_and_layout_play_no_part():
    written = TEXT.replace("أ", "ا").replace("،", " ، ").replace(". ", ".\n\n")
    assert shingles(TEXT).tolist() == shingles(written).tolist()


def test_a_digest_that_holds_a_text_whole_is_not_near_it():
    rest = " ".join(f"{word}{n}" for n in range(12) for word in ACCOUNT.split()[:30])
    assert not nearness(shingles(TEXT), shingles(f"{TEXT} {rest}"))


def test_texts_that_share_only_what_stands_under_every_article_are_not_near():
    footer = "جميع الحقوق محفوظة للصحيفة ولا يجوز النقل أو الاقتباس منها إلا بإذن مكتوب من إدارة التحرير"
    assert not nearness(shingles(f"{TEXT} {footer}"), shingles(f"{ACCOUNT} {footer}"))


@pytest.mark.parametrize("text", ["", "كلمة", "خبر عاجل عن زلزال", " ".join(TEXT.split()[:27]), "\ud800 \0 " * 3])
def test_short_texts_are_near_nothing(text):
    assert bands(shingles(text)) == []
    assert not nearness(shingles(text), shingles(text))


def test_bands_stay_what_is_stored():
    """Other numbers for the same text need a migration that empties news.signature and marks every day."""
    assert bands(shingles(TEXT))[:2] == [3223426136868579939, -5016763121579131384]


def test_bands_of_texts_of_any_length():
    words = [f"كلمة{n}" for n in range(30_000)]
    long = shingles(" ".join(words))
    assert len(long) == 20_000 - 8
    assert set(bands(long)) & set(bands(shingles(" ".join(words[:15_000]))))


def test_copies_that_lost_different_sentences_are_kin_and_other_accounts_strangers():
    one, two = shingles(copy((1, 2))), shingles(copy((4, 5), lead="قطار جديد"))
    assert not nearness(one, two)
    assert kin(one, two)
    assert kin(two, one)
    assert not kin(shingles(TEXT), shingles(ACCOUNT))
    assert not kin(shingles(TEXT), shingles(""))


def test_a_reworded_text_is_not_near_though_most_of_its_words_are_the_same():
    words = TEXT.split()
    reworded = " ".join("كذلك" if n % 11 == 5 else word for n, word in enumerate(words))
    assert not nearness(shingles(TEXT), shingles(reworded))


def all_kin(one, other):
    return True


def test_a_group_is_no_chain():
    chain = {(n, n + 1): 500 for n in range(5)}
    assert sorted(map(sorted, groups(chain, range(6), lambda one, other: other - one <= 2))) == [[0, 1, 2], [3, 4, 5]]
    assert sorted(map(sorted, groups(chain, range(6), all_kin))) == [[0, 1, 2, 3], [4, 5]]
    assert groups({}, [7], all_kin) == [{7}]


def test_strangers_are_not_joined_by_what_holds_them_both():
    digest = {(1, 2): 600, (1, 3): 500}
    assert sorted(map(sorted, groups(digest, [1, 2, 3], lambda one, other: False))) == [[1, 2], [3]]
    assert groups(digest, [1, 2, 3], all_kin) == [{1, 2, 3}]


def test_kin_is_asked_only_of_pairs_that_are_not_near():
    asked = []

    def kin_of(one, other):
        asked.append((one, other))
        return True

    near = {(1, 2): 900, (1, 3): 800, (2, 3): 700, (3, 4): 600, (8, 9): 500}
    assert sorted(map(sorted, groups(near, [9, 8, 4, 3, 2, 1], kin_of))) == [[1, 2, 3, 4], [8, 9]]
    assert sorted(asked) == [(1, 4), (2, 4)]


def test_the_nearest_come_together_first():
    near = {(1, 2): 400, (2, 3): 900, (3, 4): 400, (4, 5): 901}
    strangers = {(1, 4), (1, 5), (2, 4), (2, 5), (3, 5)}
    found = groups(near, range(1, 6), lambda one, other: (one, other) not in strangers)
    assert sorted(map(sorted, found)) == [[1, 2, 3], [4, 5]]


def test_groups_are_the_same_whatever_the_order():
    chance = random.Random(3)
    nodes = list(range(40))
    pairs = [(tuple(sorted(chance.sample(nodes, 2))), chance.randrange(250, 1000)) for _ in range(90)]
    expected = None
    for _ in range(5):
        chance.shuffle(nodes)
        near = dict(sorted(dict(pairs).items(), key=lambda pair: chance.random()))
        found = sorted(map(sorted, groups(near, nodes, lambda one, other: (one * other) % 3 > 0)))
        assert sorted(node for group in found for node in group) == list(range(40))
        assert found == (expected or found)
        expected = found
