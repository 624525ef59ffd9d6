"""Topics: one plain text for each, the doubtful ones, and none at all."""

from __future__ import annotations

import pytest

from rasad.facts import topics
from rasad.facts.passage import Reading
from rasad.model import Article, Mention, Topic

TEXTS = {
    "01": (
        "افتتاح المهرجان",
        "عرض المسرح الوطني مسرحية جديدة للمخرج، وغنت مطربة شابة قصيدة لشاعر كبير أمام جمهور المهرجان.",
    ),
    "02": (
        "المحكمة تدين المتهم",
        "حكمت المحكمة على المتهم بالسجن عشر سنوات في جريمة سرقة، وطالبت النيابة العامة بالاستئناف.",
    ),
    "03": (
        "زلزال يضرب الساحل",
        "ضرب زلزال قوي الساحل فجرا، وهرعت فرق الإنقاذ والإسعاف إلى المكان لإخراج العالقين من تحت الأنقاض.",
    ),
    "04": (
        "البورصة تصعد",
        "ارتفعت الأسهم في البورصة وصعدت أسعار النفط، فيما أبقى البنك المركزي أسعار الفائدة للحد من التضخم.",
    ),
    "05": (
        "انطلاق العام الدراسي",
        "عاد التلاميذ إلى المدارس مع بداية العام الدراسي، ودعا مدير التعليم المعلمين إلى تطبيق المناهج الجديدة.",
    ),
    "06": (
        "التلوث يهدد البحيرة",
        "حذر خبراء البيئة من تلوث البحيرة ومن أثر التغير المناخي والنفايات في التنوع الحيوي للمحمية الطبيعية.",
    ),
    "07": (
        "لقاح جديد",
        "أعلنت وزارة الصحة وصول لقاح جديد ضد الفيروس إلى المستشفيات، ونصح الأطباء المرضى بتلقي العلاج مبكرا.",
    ),
    "09": (
        "إضراب العمال",
        "دخل العمال في إضراب للمطالبة برفع الأجور، وقالت النقابة إن البطالة وتسريح الموظفين يقلقان سوق العمل.",
    ),
    "11": (
        "الانتخابات غدا",
        "يتوجه الناخبون إلى الاقتراع في الانتخابات، ويتنافس مرشحو الأحزاب على مقاعد البرلمان بعد حل الحكومة.",
    ),
    "12": (
        "موسم الحج",
        "وصل الحجاج إلى المسجد الحرام، وألقى الإمام خطبة الجمعة وتلا آيات من القرآن ودعا المسلمين إلى الصلاة.",
    ),
    "13": (
        "هاتف ذكي جديد",
        "كشفت شركة التقنية عن هاتف ذكي يعمل بالذكاء الاصطناعي، وقال باحثون إن التطبيق يحمي بيانات المستخدمين.",
    ),
    "14": (
        "أسر اللاجئين",
        "وزعت جمعية خيرية الإغاثة على أسر اللاجئين والنازحين والأيتام، وشارك متطوعون شباب في رعاية المسنين.",
    ),
    "15": ("فوز المنتخب", "فاز المنتخب في المباراة بهدفين، وأشاد المدرب باللاعبين بعد تأهل الفريق إلى نهائي البطولة."),
    "16": (
        "قصف على المدينة",
        "قصفت الطائرات المدينة وسقط قتلى في اشتباكات بين الجيش ومسلحين، قبل إعلان وقف إطلاق النار.",
    ),
    "17": (
        "أمطار غزيرة",
        "تتوقع الأرصاد هطول أمطار ورياح مثيرة للغبار وانخفاض درجات الحرارة، مع ضباب على الساحل صباحا.",
    ),
}


def read(text: str, title: str | None = None, section: str | None = None, *entities: Mention) -> tuple[Topic, ...]:
    reading = Reading.of(Article(url="", title=title, text=text, section=section))
    reading.found["entity"] = entities
    found = topics.extract(reading)
    for topic in found:
        assert (text if topic.field == "body" else title or "")[topic.start : topic.end] == topic.text
    return found


@pytest.mark.parametrize("number", TEXTS)
def test_a_plain_text_of_each_topic(number: str) -> None:
    title, text = TEXTS[number]
    found = read(text, title)
    assert found[0].code == f"medtop:{number}000000"
    assert 0.5 <= found[0].score < 1
    assert found[0].label


SECOND = {
    "20000002": "عرض المسرح مسرحية جديدة، وغنت مطربة شابة قصيدة في حفل غنائي مع فرقة موسيقية.",
    "20000045": "انتقد صحفيون قرار إغلاق القناة الفضائية، وقال رئيس التحرير إن حرية الصحافة في خطر.",
    "20000053": "فجر انتحاري سيارة مفخخة قرب السوق، وتبنت خلية إرهابية الهجوم الانتحاري.",
    "20000056": "دارت معارك في محيط البلدة، وتحدث سكان عن غارات وقصف بالمدفعية قبل إعلان الهدنة.",
    "20000065": "خرج متظاهرون في مظاهرات حاشدة، وتحولت الاحتجاجات إلى أعمال شغب بعد إطلاق الغاز المسيل للدموع.",
    "20000070": "أحبط الجيش محاولة انقلاب، وقبض على قادة الانقلاب بعد ساعات من الانقلاب العسكري.",
    "20000082": "كشفت الشرطة عصابة نفذت جرائم سرقة وسطو وتهريب مخدرات، واعترف اللصوص بسرقات أخرى.",
    "20000574": "أغلقت صناديق الاقتراع في الانتخابات، وبدأ فرز الأصوات وسط ترقب المرشحين والناخبين.",
    "20000638": "بحث وزير الخارجية مع نظيره العلاقات الثنائية، وسلم السفير رسالة إلى جامعة الدول العربية.",
}


@pytest.mark.parametrize("number", SECOND)
def test_the_second_level_stands_behind_its_own_topic(number: str) -> None:
    first, second, *_ = read(SECOND[number])
    assert second.code == f"medtop:{number}"
    assert topics._lexicon().parents[second.code] == first.code


def test_a_text_of_many_crimes_and_courts_has_no_second_level_where_courts_prevail() -> None:
    text = "عقدت المحكمة جلسة ترأسها القاضي، وطلب المحامي من النيابة العامة تأجيل المحاكمة إلى حين نقض حكم الاستئناف."
    assert [topic.code for topic in read(text)] == ["medtop:02000000"]


def test_every_code_has_its_label_and_every_parent_is_one() -> None:
    lexicon = topics._lexicon()
    used = {code for weights in lexicon.words.values() for code, _ in weights}
    assert used == set(lexicon.labels)
    assert len(lexicon.labels) - len(lexicon.parents) == 17
    assert set(lexicon.parents.values()) < set(lexicon.labels)


def test_a_named_club_speaks_for_sport() -> None:
    text = "يصل وفد مولودية الجزائر غدا، ويغادر مولودية الجزائر بعد يومين."
    name = "مولودية الجزائر"
    club = Mention(text.index(name), text.index(name) + len(name), name, type="ORG", name=name)
    assert read(text) == ()
    assert [topic.text for topic in read(text, None, None, club)] == [name]


def test_the_section_decides_between_two_and_needs_words_of_its_own() -> None:
    text = "بحث المجلس ارتفاع أسعار القمح في السوق، ووافق الوزير على قرار الحكومة دعم المزارعين."
    assert read(text, None, "اقتصاد ومال")[0].code == "medtop:04000000"
    assert read(text, None, "سياسة")[0].code == "medtop:11000000"
    assert read("جلس الرجل قرب النافذة.", None, "رياضة") == ()


@pytest.mark.parametrize(
    "text",
    [
        "وقف عمر أمام الباب، ثم جلس أمام عمر صاحبه، وسار عمر وحده.",  # إمام, عمرة
        "تقع محافظة الكرك جنوبا، وتبعد محافظة معان ساعة، وتليها محافظة العقبة.",  # محافظ
        "طالب الجيران بهدوء، وطالب آخرون بالصبر، ثم طالب الجميع بوقت.",  # طالب
        "ذهب الولد، وذهب أخوه، وذهب الجميع.",  # ذهب
    ],
)
def test_words_that_share_a_stem_with_a_topic_are_none(text: str) -> None:
    assert read(text) == ()


def test_several_topics_of_one_text() -> None:
    text = TEXTS["15"][1] + " " + TEXTS["02"][1]
    assert {topic.code[7:9] for topic in read(text)} == {"15", "02"}


def test_the_city_riyadh_is_no_sport() -> None:
    assert read("وصل الوفد إلى الرياض ثم غادر الرياض. وتقع الرياض في الوسط، وسكان الرياض كثيرون.") == ()


def test_none_where_the_words_leave_it_open() -> None:
    for text in ("", "جلس الرجل قرب النافذة ونظر طويلا إلى الشارع.", "1 2 3", "\ud800", "قال " * 20_000):
        assert read(text) == ()
