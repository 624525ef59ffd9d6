"""Authors are persons, named by the page."""

import json

import pytest

from rasad.pages import byline, metadata, title, tree

HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة"
BODY = "<p>قال رئيس البلدية إن الجسر سيفتح بعد العيد.</p>"


def read(head: str = "", after_title: str = "", *, site: str = "جريدة الضفة") -> tuple[str, ...]:
    root = tree.parse(
        f'<html><head><title>{HEADLINE}</title><meta property="og:site_name" content="{site}">{head}</head>'
        f"<body><h1>{HEADLINE}</h1>{after_title}{BODY}</body></html>"
    )
    assert root is not None
    found = metadata.read(root, "https://paper.example/a/1")
    _, heading = title.read(root, found)
    return byline.read(found, tree.lines(root, heading), (site,))


def linked(author: object, **more: object) -> str:
    node = {"@type": "NewsArticle", "headline": HEADLINE, "author": author, **more}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<div>كتب: سامر الحداد</div>", ("سامر الحداد",)),
        ("<span>كتبت منى عبد الرحمن</span>", ("منى عبد الرحمن",)),
        ("<p>بقلم / هدى شاهين</p>", ("هدى شاهين",)),
        ("<p>حوار: آمنة الطرابلسي</p>", ("آمنة الطرابلسي",)),
        ("<p>كتب : سامر الحداد تصوير : هدى شاهين</p>", ("سامر الحداد",)),
        ("<p>تحقيق ـ سامر الحداد</p>", ("سامر الحداد",)),
        ("<p>إعداد وتحرير: سامر الحداد</p>", ("سامر الحداد",)),
        ("<p>بقلم الدكتور: سامر الحداد</p>", ("سامر الحداد",)),
        ("<div>كتب محرر الشؤون العربية</div>", ()),
        ("<div>بيروت - سامر الحداد</div>", ()),  # no word of writing: may be anything
        ("<div>كتب - سامر الحداد - القاهرة</div>", ("سامر الحداد",)),
        ("<div>بقلم: سامر الحداد بيروت</div>", ("سامر الحداد",)),
        ("<div>كتب: سامر الحداد وهدى شاهين</div>", ("سامر الحداد", "هدى شاهين")),
        ('<a rel="author" href="/a/2">سامر الحداد</a>', ("سامر الحداد",)),
        (
            '<span class="author"><a>سامر الحداد</a></span> <span class="author"><a>هدى شاهين</a></span>',
            ("سامر الحداد", "هدى شاهين"),
        ),
        (
            '<div><span class="date">12-03-2026</span> <span class="writer">علي المالكي</span> طباعة</div>',
            ("علي المالكي",),
        ),
        ('<span class="byline">By Tom West</span>', ("Tom West",)),
        ('<span class="author">admin</span>', ()),
        ('<span class="author">جريدة الضفة</span>', ()),
        ('<span class="author">فريق التحرير</span>', ()),
        ('<span class="author">رويترز</span>', ()),
        ('<span class="author">القاهرة</span>', ()),
        ('<span class="author">أ ف ب</span>', ()),
        ('<span class="author">جريدة الضفة - عرب وعالم</span>', ()),
        ("<div>الثلاثاء 10-03-2026 09:15 | كتب: سامر الحداد |</div>", ("سامر الحداد",)),
        ("<div>المؤلف, سامر الحداد</div>", ("سامر الحداد",)),
        # the label on a line of its own
        ("<ul><li>كتب:</li><li>سامر الحداد</li></ul>", ("سامر الحداد",)),
        ("<ul><li>المصدر:</li><li>سامر الحداد ـــ دبي</li></ul>", ("سامر الحداد",)),
        ("<div>المصدر: دبي - هدى شاهين</div>", ("هدى شاهين",)),
        ("<div>المصدر: صوت الضفة</div>", ()),  # where the news was taken from
        ("<div><span>كتب:</span><span>سامر الحداد</span><span>10 مارس</span></div>", ("سامر الحداد",)),
        # under the body, where there is one name and no more
        (
            "<p>فقرة.</p>" * 40 + "<div class='post-footer'><span class='post-author'>هدى شاهين</span></div>",
            ("هدى شاهين",),
        ),
        (
            "<p>فقرة.</p>" * 40 + "<p class='author'>هدى شاهين</p><p class='author'>سامر الحداد</p>",
            (),
        ),
        ("<p>كتب الشاعر الراحل قصيدته الأولى عن الجسر القديم في شبابه حين كان صغيرا.</p>", ()),
    ],
)
def test_byline_near_the_title(line: str, names: tuple[str, ...]) -> None:
    assert read(after_title=line) == names


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "ليال شمعون"}, ("ليال شمعون",)),
        (
            [{"@type": "Person", "name": "ليال شمعون"}, {"@type": "Person", "name": "هدى شاهين"}],
            ("ليال شمعون", "هدى شاهين"),
        ),
        ("ليال شمعون", ("ليال شمعون",)),
        ({"@type": "Organization", "name": "جريدة الضفة"}, ()),
        ({"@type": "Person", "name": "جريدة الضفة"}, ()),
        ({"@type": "Person", "name": "https://paper.example/author/3"}, ()),
        ({"@type": "Person", "name": None}, ()),
        ({"@type": "Person", "name": {"@value": "ليال شمعون"}}, ("ليال شمعون",)),
    ],
)
def test_json_ld(author: object, names: tuple[str, ...]) -> None:
    assert read(linked(author)) == names


def test_json_ld_by_reference() -> None:
    person = {"@type": "Person", "@id": "#p3", "name": "ليال شمعون"}
    graph = {"@graph": [{"@type": "Article", "headline": HEADLINE, "author": {"@id": "#p3"}}, person]}
    assert read(f'<script type="application/ld+json">{json.dumps(graph)}</script>') == ("ليال شمعون",)


def test_a_shown_byline_adds_to_the_declared_author() -> None:
    shown = '<span class="author">هدى شاهين</span> <span class="author">ليال شمعون</span>'
    assert set(read(linked({"@type": "Person", "name": "ليال شمعون"}), shown)) == {"ليال شمعون", "هدى شاهين"}
    other = '<span class="author">سامر الحداد</span>'
    assert read(linked({"@type": "Person", "name": "ليال شمعون"}), other) == ("ليال شمعون",)


def test_meta_author_only_where_it_is_a_person() -> None:
    assert read('<meta name="author" content="ليال شمعون">') == ("ليال شمعون",)
    assert read('<meta name="Author" content="جريدة الضفة">') == ()
    assert read('<meta property="article:author" content="https://facebook.com/layal">') == ()


def test_the_fuller_of_two_names_stands() -> None:
    nodes = [
        {"@type": "Article", "headline": HEADLINE, "author": {"@type": "Person", "name": name}}
        for name in ("Tom", "Tom West")
    ]
    assert read(f'<script type="application/ld+json">{json.dumps(nodes)}</script>') == ("Tom West",)
