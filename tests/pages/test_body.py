"""The body is the article's own paragraphs, whatever the page wraps them in."""

import json

import pytest

from rasad.pages import body, metadata, title, tree

HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة"
PARAGRAPHS = (
    "قال رئيس البلدية سامر الحداد إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها المقرر.",
    "وأضاف أن كلفة المشروع بلغت 12 مليون دينار، دفعت الحكومة ثلثها وتكفل صندوق التنمية بالباقي على خمس سنوات.",
    "وكان سكان الضفة الشرقية قد طالبوا بالجسر منذ فيضان عام 2011 الذي جرف الجسر القديم وعزل ثلاث قرى أسابيع عدة.",
    'وتقول هدى شاهين، وهي معلمة في المدرسة القريبة، إن "التلاميذ كانوا يقطعون سبعة كيلومترات كل صباح".',
)
TEXT = "\n".join(PARAGRAPHS)
MENU = (
    "<ul class='nav'><li><a href='/'>الرئيسية</a></li><li><a href='/s'>سياسة</a></li><li><a href='/e'>اقتصاد</a></li>"
    "<li><a href='/r'>رياضة</a></li></ul>"
)
OTHERS = "".join(f"<li><a href='/a/{n}'>خبر آخر من أخبار المدينة رقم {n} لا شأن له بهذا</a></li>" for n in range(2, 6))
FOOTER = "<footer><p>جميع الحقوق محفوظة لجريدة الضفة</p></footer>"


def page(inner: str, head: str = "") -> str:
    return (
        f"<html><head><title>{HEADLINE} - الضفة</title>{head}</head><body>{MENU}{inner}"
        f"<aside><h3>الأكثر قراءة</h3><ul>{OTHERS}</ul></aside>{FOOTER}</body></html>"
    )


def read(html: str) -> str:
    root = tree.parse(html)
    assert root is not None
    found = metadata.read(root, "https://paper.example/a/1")
    headline, heading = title.read(root, found)
    return body.read(root, found, headline, heading)


def tags(tag: str = "p") -> str:
    return "".join(f"<{tag}>{p}</{tag}>" for p in PARAGRAPHS)


P1, P2, P3, P4 = PARAGRAPHS
H1 = f"<h1>{HEADLINE}</h1>"
RELATED_LIST = f"<div class='box'><h4>اقرأ أيضا</h4><ul>{OTHERS}</ul></div>"
RELATED_LINE = "<p><strong>اقرأ أيضاً: </strong><a href='/a/9'>المدينة تستعد لموسم الأمطار بخطة جديدة</a></p>"
RELATED_HEADING = f"<h4>مواضيع ذات صلة:</h4><ul>{OTHERS}</ul>"
RELATED_LAST = "<p><b>شاهد أيضا</b></p><p><a href='/a/2'>خبر آخر من المدينة</a></p>"
IMAGE = "<img src='a.jpg'>"
FIGURE = f"<figure>{IMAGE}<figcaption>الجسر كما بدا أمس</figcaption></figure>"
IMAGE_BOX = f"<div class='main-image'>{IMAGE}<div class='red'>الجسر كما بدا أمس</div></div>"
WP_CAPTION = f"<div class='wp-caption'>{IMAGE}<p class='wp-caption-text'>الجسر أمس</p></div>"
SHARE = "<div>شارك الخبر: <a href='#'>فيسبوك</a> <a href='#'>تويتر</a></div>"
FOLLOW = "<p>تابعونا على قناة تلغرام</p><p>الآراء الواردة في التعليقات لا تعبر عن رأي الموقع.</p>"
DATELINE = "<div class='date'>الثلاثاء 10 مارس 2026 - 09:15 ص</div>"


CARDS = "".join(
    f"<div class='card'><a href='/a/{n}'><h3>خبر آخر من أخبار المنطقة رقم {n}</h3></a><p>ملخص قصير للخبر الآخر الذي لا "
    f"علاقة له بالجسر ولا بالبلدية، يغري القارئ بالنقر عليه، ورقمه بين أخبار هذا اليوم {n}.</p></div>"
    for n in range(2, 9)
)


LOGIN = "<div><a href='/in'>سجل دخولك</a> أو أنشئ حسابا لإرسال التعليقات</div>"
CALLS = (
    "<p>تابعوا الضفة 24 على واتساب</p><p>لمشاهدة الفيديو اضغط هنا</p><p>تابع أحدث أخبار الضفة عبر Google News</p>"
    "<p>انضموا إلى قناتنا على تلغرام لمتابعة آخر المستجدات</p><p>للمزيد من الأخبار زوروا صفحتنا</p>"
)
AGENCY_END = "<p>// انتهى //</p><p>09:15 ت م</p><p>0012</p>"
DATES = "<p>نشرت في: <time>10/03/2026</time> آخر تحديث: <time>11/03/2026</time></p><p>آخر تحديث قبل ساعة واحدة</p>"
TEASER = "<a class='teaser' href='/a/7'><h3>خبر آخر من أخبار المدينة اليوم</h3><span>محليات</span></a>"
SEE = "<p>شاهد: <a href='/a/9'>المدينة تستعد لموسم الأمطار بخطة جديدة</a></p>"
SUMMARY = "<div class='ai-summary'><h4>الخلاصة</h4><p>آلة لخصت الخبر في كلمات قليلة لا يقولها كاتبه.</p></div>"
PICTURE = f"<div class='imageDiv'>{IMAGE}<p>صورة أرشيفية</p></div>"
HEADLINES = "<td><b>أخبار أخرى</b><br>" + "<br>".join(
    f"<a href='/n/{n}'>خبر آخر من أخبار المدينة رقم {n} لا شأن له بهذا</a>" for n in range(5)
)


def amid(block: str) -> str:
    """An article with a block between its paragraphs."""
    return f"<article>{H1}<p>{P1}</p><p>{P2}</p>{block}<p>{P3}</p><p>{P4}</p></article>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<article>{H1}<div class='entry-content'>{tags()}</div></article>",
        f"<div id='story'>{H1}<div>{'<br><br>'.join(PARAGRAPHS)}</div></div>",
        f"<table><tr><td>{H1}<div id='news_text'>{'<br>'.join(PARAGRAPHS)}</div></td></tr></table>",
        f"{H1}<div class='text'>{tags('div')}</div>",
        f"{H1}<article><span>{'</span><br/><span>'.join(PARAGRAPHS)}</span></article>",
        f"<main>{H1}{DATELINE}<section>{tags()}</section></main>",
        # the title and the dateline again, inside the body
        f"<article><div class='content'>{H1}<h2>{HEADLINE}</h2><p>10 مارس 2026</p>{tags()}</div></article>",
        amid(RELATED_LINE),
        amid(RELATED_LIST),
        amid(RELATED_HEADING),
        f"<article>{H1}{tags()}{RELATED_LAST}</article>",
        f"<article>{H1}{FIGURE}{tags()}</article>",
        f"<article>{H1}{IMAGE_BOX}{tags()}</article>",
        amid(WP_CAPTION),
        amid("<p>صدر الصورة، وكالة التصوير</p><p>تخطى الأكثر قراءة وواصل القراءة</p><p>الأكثر قراءة نهاية</p>"),
        f"<article>{H1}{tags()}{SHARE}</article>",
        f"<article>{H1}{tags()}{FOLLOW}</article>",
        f"<article>{H1}{tags()}{CALLS}</article>",
        f"<article>{H1}{tags()}{LOGIN}</article>",
        f"<article>{H1}{tags()}{AGENCY_END}</article>",
        f"<article>{H1}{DATES}{tags()}</article>",
        f"<article>{H1}{SUMMARY}{tags()}</article>",
        f"<article>{H1}{PICTURE}{tags()}</article>",
        amid(TEASER),
        f"<article>{H1}<p>وقت القراءة: 3 دقائق</p>{tags()}</article>",
        f"<div class='n'>{H1}<div class='n-text'>{tags()}</div><div><h4>التعليقات (2)</h4><div class='c'><b>قارئ</b>"
        f"<p>{'رأي قارئ في الجسر لا يعرفه أحد غيره. ' * 5}</p></div></div></div>",
        amid(SEE),
        # a layout of tables and fonts, with no class at all
        f"<table><tr><td><b>{HEADLINE}</b><p><font>{'<br><br>'.join(PARAGRAPHS)}</font></p>"
        f"<p><a href='#'>عودة</a> | <a href='#'>طباعة</a></p></td>{HEADLINES}</td></tr></table>",
        # the lead, and the two parts of the body, each in an element of its own
        f"<div class='a'>{H1}<div class='leading'>{P1}</div><div class='section-content'><p>{P2}</p><p>{P3}</p>"
        f"<p>{P4}</p></div></div>",
        f"<div class='a'>{H1}<div class='body-text'><p>{P1}</p><p>{P2}</p></div><div class='box'>{RELATED_LINE}</div>"
        f"<div class='body-text'><p>{P3}</p><p>{P4}</p></div></div>",
    ],
)
def test_only_the_articles_own_paragraphs(inner: str) -> None:
    assert read(page(inner)) == TEXT


def test_what_another_article_says_is_not_taken_for_a_part() -> None:
    other = (
        f"<div class='body-text'><h2><a href='/a/7'>خبر آخر</a></h2><p>{'كلام خبر آخر لا شأن له بهذا. ' * 8}</p></div>"
    )
    inner = f"<div class='a'>{H1}<div class='body-text'>{tags()}</div>{other}</div>"
    assert read(page(inner)) == TEXT


def test_a_count_of_comments_above_the_body_ends_nothing() -> None:
    inner = f"<article>{H1}<h4>التعليقات (0)</h4><div class='entry-content'>{tags()}</div></article>"
    assert read(page(inner)) == TEXT


def test_a_lead_that_the_body_says_again_is_not_doubled() -> None:
    inner = f"<div class='a'>{H1}<div class='leading'>{P1}</div><div class='section-content'>{tags()}</div></div>"
    assert read(page(inner)) == TEXT


@pytest.mark.parametrize(
    "said",
    [
        "تابع سكان الضفة حفل الافتتاح عبر قناة البلدية على يوتيوب، ثم عبروا الجسر معا حين رفع الحاجز الأخير عند الظهر.",
        "تابع رئيس البلدية تطبيق قواعد السلامة على الجسر.",
        "تابعت اللجنة تطبيق الخطة في القرى الثلاث.",
        "حملت الشاحنات حجارة الجسر إلى هنا.",
        "نزلت صور الجسر الجديد على فيسبوك وتويتر.",
        "متابعو البلدية على فيسبوك تجاوزوا عشرين ألفا.",
        "حملة على تويتر تطالب بفتح الجسر.",
    ],
)
def test_a_sentence_about_a_channel_is_no_call(said: str) -> None:
    assert said in read(page(amid(f"<p>{said}</p>")))


@pytest.mark.parametrize("said", ["منذ عام 2011 ظلت القرى معزولة.", "قبل الجسر كانت هنا عبارة.", "منذ متى بدأ العمل؟"])
def test_a_body_may_begin_with_since_or_before(said: str) -> None:
    assert read(page(f"<article>{H1}<p>{said}</p>{tags()}</article>")) == f"{said}\n{TEXT}"


def test_a_brief_among_many_teasers() -> None:
    inner = f"<div class='wrap'><div class='c'>{H1}<div class='x'>{P1}<br>{P2}</div></div><div>{CARDS}</div></div>"
    assert read(page(inner)) == f"{P1}\n{P2}"


def test_teasers_written_without_a_space_between_elements() -> None:
    cards = "".join(
        f"<div class='card'><div><span>محليات</span><h3><a href='/a/{n}'>خبر آخر من أخبار المنطقة رقم {n}</a></h3>"
        "<p>ملخص قصير للخبر الآخر الذي لا علاقة له بالجسر ولا بالبلدية، يغري القارئ بالنقر عليه.</p></div></div>"
        for n in range(2, 9)
    )
    inner = f"<div class='wrap'><div class='c'>{H1}<div class='x'>{P1}<br>{P2}</div></div><div>{cards}</div></div>"
    assert read(page(inner)) == f"{P1}\n{P2}"


def test_paragraphs_and_lists_with_links_are_no_teasers() -> None:
    linked = "".join(
        f"<div>{p} <a href='/a/{n}'>تقرير سابق عن الجسر القديم</a> للصحيفة.</div>" for n, p in enumerate(PARAGRAPHS)
    )
    got = read(page(f"<article>{H1}{linked}</article>"))
    assert [line.startswith(p) for line, p in zip(got.split("\n"), PARAGRAPHS, strict=True)] == [True] * 4


def tweet(words: str) -> str:
    return (
        f"<blockquote class='twitter-tweet'><p>{words} pic.twitter.com/Ab12Cd34</p>&mdash; بلدية الضفة (@difa) "
        "<a href='https://twitter.com/difa/status/1'>March 9, 2026</a></blockquote>"
    )


def test_the_signature_of_an_embedded_post_goes() -> None:
    got = read(page(amid(tweet("الجسر الجديد جاهز"))))
    assert "pic.twitter.com" not in got
    assert "@difa" not in got
    assert [line for line in got.split("\n") if line != "الجسر الجديد جاهز"] == list(PARAGRAPHS)


def test_a_post_that_is_only_an_embed_is_kept_whole() -> None:
    post = tweet("الجسر الجديد جاهز ويفتح بعد العيد أمام المارة والسيارات الصغيرة")
    got = read(page(f"<article>{H1}<div class='entry'>{post}</div></article>"))
    assert "الجسر الجديد جاهز ويفتح بعد العيد" in got
    assert "بلدية الضفة (@difa) March 9, 2026" in got


def test_json_ld_stands_in_where_the_page_shows_a_teaser() -> None:
    node = {"@type": "NewsArticle", "headline": HEADLINE, "articleBody": "\n".join(PARAGRAPHS)}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read(page(f"<h1>{HEADLINE}</h1><p>{P1}</p><p>للاشتراك اضغط هنا</p>", head)) == TEXT
    # and is left alone where the page shows more
    short = node | {"articleBody": P1}
    head = f'<script type="application/ld+json">{json.dumps(short)}</script>'
    assert read(page(f"<article><h1>{HEADLINE}</h1>{tags()}</article>", head)) == TEXT


def test_a_live_blog_that_scripts_build_is_read_from_its_entries() -> None:
    entries = [{"@type": "BlogPosting", "headline": f"المرحلة {n}", "articleBody": p} for n, p in enumerate(PARAGRAPHS)]
    node = {"@type": "LiveBlogPosting", "headline": HEADLINE, "liveBlogUpdate": [*entries, None, "x"]}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read(page(f"<h1>{HEADLINE}</h1><div id='live'></div>", head)).split("\n")[1::2] == list(PARAGRAPHS)


@pytest.mark.parametrize("html", ["<p></p>", "<html><body></body></html>", "<script>var a = 1</script>"])
def test_nothing_is_invented(html: str) -> None:
    assert read(html) == ""
