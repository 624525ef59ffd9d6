"""What a page says of itself comes out of any markup that sites write."""

import json

import pytest

from rasad.pages import metadata, tree

URL = "https://www.paper.example/local/bridge?id=1"


def read(html: str, url: str = URL) -> metadata.Metadata:
    root = tree.parse(html)
    assert root is not None
    return metadata.read(root, url)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("", ""),
        ("//<![CDATA[\n", "\n//]]>"),
        ("<![CDATA[", "]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
        ("<!--", "-->"),
        ("  \n", ";"),
    ],
)
def test_json_ld_in_its_wrappings(opening: str, closing: str) -> None:
    script = f'<script type="application/ld+json">{opening}{{"@type":"NewsArticle","headline":"أ"}}{closing}</script>'
    assert [node["headline"] for node in read(script).articles] == ["أ"]


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"أ",}',
        '{"@type":"NewsArticle","headline":"أ","description":"سطر\nثان"}',
        '{"@type":["NewsArticle","Article"],"headline":"أ"}',
        '{"@type":"http://schema.org/NewsArticle","headline":"أ"}',
        '[{"@type":"WebSite"},{"@graph":[{"@type":"NewsArticle","headline":"أ"}]}]',
        '{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"أ"}}',
    ],
)
def test_json_ld_in_its_shapes(text: str) -> None:
    assert [node["headline"] for node in read(f'<script type="application/ld+json">{text}</script>').articles] == ["أ"]


def test_a_list_of_other_articles_is_not_the_article() -> None:
    text = '{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"ب"}]}'
    assert read(f'<script type="application/ld+json">{text}</script>').articles == ()


def test_the_article_of_this_address_among_others() -> None:
    nodes = [
        {"@type": "NewsArticle", "headline": "غيره", "url": "https://www.paper.example/other"},
        {"@type": "NewsArticle", "headline": "هو", "mainEntityOfPage": {"@id": URL}},
    ]
    found = read(f'<script type="application/ld+json">{json.dumps(nodes)}</script>')
    assert [node["headline"] for node in found.articles] == ["هو"]


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 5_000, '{"@type":{"a":1}}', '{"@graph":[[[1]]]}', '"x"'])
def test_broken_json_ld_is_none(text: str) -> None:
    assert read(f'<p>a</p><script type="application/ld+json">{text}</script>').articles == ()


def test_description_image_section_and_tags() -> None:
    found = read(
        '<meta property="og:description" content="الجسر &amp;quot;الجديد&amp;quot;  يفتح">'
        '<meta property="og:image" content="/img/a.jpg"><meta property="article:section" content="محليات">'
        '<meta property="article:tag" content="الجسر"><meta property="article:tag" content="#البلدية">'
        '<meta name="keywords" content="لا, يلزم">'
    )
    assert found.description == 'الجسر "الجديد" يفتح'
    assert found.image == "https://www.paper.example/img/a.jpg"
    assert found.section == "محليات"
    assert found.tags == ("الجسر", "البلدية")
    assert read('<meta name="keywords" content="الجسر، البلدية, الضفة_الشرقية">').tags == (
        "الجسر",
        "البلدية",
        "الضفة الشرقية",
    )


@pytest.mark.parametrize(
    ("html", "canonical"),
    [
        ('<link rel="canonical" href="/local/bridge">', "https://www.paper.example/local/bridge"),
        ('<link rel="Canonical" href="https://paper.example/local/bridge">', "https://paper.example/local/bridge"),
        (
            '<meta property="og:url" content="https://m.paper.example/local/bridge">',
            "https://m.paper.example/local/bridge",
        ),
        ('<link rel="canonical" href="https://www.paper.example/">', None),  # the front page
        ('<link rel="canonical" href="https://other.example/local/bridge">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[::1/x">', None),
        ("<p>a</p>", None),
    ],
)
def test_canonical_address(html: str, canonical: str | None) -> None:
    assert read(html).canonical == canonical


def trail(*names: str) -> str:
    steps = [{"@type": "ListItem", "position": n, "name": name} for n, name in enumerate(names, 1)]
    node = {"@type": "BreadcrumbList", "itemListElement": steps}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("head", "section"),
    [
        ('<meta property="article:section" content="محليات">', "محليات"),
        (
            '<meta property="article:section" content="featured"><meta property="article:section" content="محليات">',
            "محليات",
        ),
        ('<meta property="article:section" content="غير مصنف">', None),
        (trail("الرئيسية", "محليات", "عنوان الخبر"), "محليات"),
        (trail("الرئيسية", "عنوان الخبر"), None),
        ('<meta property="og:site_name" content="الضفة">' + trail("الضفة", "اقتصاد", "نفط", "عنوان"), "اقتصاد"),
        (
            '<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[1,{"item":"x"}]}</script>',
            None,
        ),
    ],
)
def test_the_section(head: str, section: str | None) -> None:
    assert read(head).section == section


def test_a_live_blog_says_so() -> None:
    assert read('<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"أ"}</script>').live
    assert not read('<script type="application/ld+json">{"@type":"NewsArticle","headline":"أ"}</script>').live
