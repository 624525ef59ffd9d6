"""The title is the heading of the article, without the site's name."""

import pytest

from rasad.pages import metadata, title, tree

HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة بعد العيد"


def read(html: str, *names: str) -> str | None:
    root = tree.parse(html)
    assert root is not None
    return title.read(root, metadata.read(root, "https://paper.example/a/1"), names)[0]


@pytest.mark.parametrize(
    "html",
    [
        # the logo is an h1 too
        f"<title>{HEADLINE} - جريدة الضفة</title><h1>جريدة الضفة</h1><h1>{HEADLINE}</h1>",
        f'<meta property="og:title" content="{HEADLINE} | الضفة"><h1> {HEADLINE}\n</h1><h1>الأكثر قراءة</h1>',
        # no h1: the declared title, without the site's name at either end
        f'<meta property="og:site_name" content="جريدة الضفة"><title>{HEADLINE} - جريدة الضفة</title>',
        f'<meta property="og:site_name" content="جريدة الضفة"><title>جريدة الضفة :: {HEADLINE}</title>',
        f'<meta property="og:title" content="{HEADLINE}"><title>{HEADLINE} » الضفة نيوز</title>',
        # the heading is an h2
        f"<title>{HEADLINE} | الضفة</title><h1>الضفة</h1><h2>{HEADLINE}</h2>",
        # the h1 of a section, the article's own h2
        f"<title>{HEADLINE}</title><h1>محليات</h1><h2>{HEADLINE}</h2><h2>خبر آخر لا شأن له بالأول</h2>",
        # entities escaped twice
        f"<title>{HEADLINE}&amp;nbsp;- جريدة</title><h1>{HEADLINE}</h1>",
        # JSON-LD alone
        '<script type="application/ld+json">//<![CDATA[\n{"@type":"NewsArticle","headline":"'
        + HEADLINE
        + '"}\n//]]></script><title>الضفة</title>',
        # an old page: no heading at all, and a title with the site, the section and the day around it
        f"<title>الضفة : {HEADLINE} - محليات - 10/03/2026</title><td><font size='4'><b>{HEADLINE}</b></font></td>",
        # a menu and a list of links have the words too
        f"<title>الضفة - {HEADLINE}</title><li>{HEADLINE}</li><div class='x2'>{HEADLINE}</div>",
        # only a heading
        f"<h1>{HEADLINE}</h1>",
    ],
)
def test_finds_the_headline(html: str) -> None:
    assert read(html) == HEADLINE


def test_the_heading_is_taken_as_written_there() -> None:
    html = f'<meta property="og:title" content="{HEADLINE}"><h1>البلدية تفتح «الجسر الجديد» أمام المارة بعد العيد</h1>'
    assert read(html) == "البلدية تفتح «الجسر الجديد» أمام المارة بعد العيد"


def test_a_short_heading_that_is_most_of_the_title_is_one() -> None:
    assert read("<title>جسر الضفة | الضفة</title><h1>جسر الضفة</h1>") == "جسر الضفة"
    assert read(f"<title>{HEADLINE} | محليات</title><h1>محليات</h1><h2>{HEADLINE}</h2>") == HEADLINE


def test_a_dash_of_the_headline_itself_is_kept() -> None:
    html = "<title>مباراة القمة: الأهلي - الهلال في النهائي</title>"
    assert read(html) == "مباراة القمة: الأهلي - الهلال في النهائي"


def test_the_registry_knows_the_site_by_another_name() -> None:
    assert read(f"<title>{HEADLINE} - الضفة</title>", "الضفة", "Ad-Difa") == HEADLINE


@pytest.mark.parametrize("html", ["<p>نص بلا عنوان</p>", "<h1>أول</h1><h1>ثان</h1>", "<h1></h1>"])
def test_nothing_is_invented(html: str) -> None:
    assert read(html) is None


LINE = "رئيس البلدية: الأشغال انتهت في موعدها"
LEAD = (
    "أعلنت البلدية أمس أن الجسر الجديد سيفتح أمام المارة بعد العيد مباشرة، وأن الأشغال التي بدأت قبل ثلاثة أعوام انتهت "
    "في موعدها المقرر بكلفة أقل مما كان متوقعا."
)


def subtitle(after_title: str, head: str = "") -> str | None:
    root = tree.parse(
        f"<title>{HEADLINE}</title>{head}<div><h1>{HEADLINE}</h1>{after_title}<div><p>{LEAD}</p></div></div>"
    )
    assert root is not None
    found = metadata.read(root, "https://paper.example/a/1")
    text, heading = title.read(root, found)
    return title.subtitle(found, list(tree.lines(root, heading)), text)[0]


@pytest.mark.parametrize(
    "html",
    [
        f"<h2>{LINE}</h2>",
        f"<p class='article__subhead css-1'><em>{LINE}</em></p>",
        f"<div class='date'>10 مارس 2026</div><div class='entry-subtitle'>{LINE}</div>",
        f"<p class='headlineInfo_sub'>{LINE}</p>",
        f"<p class='gh-article-excerpt'>{LINE}</p>",
        f"<h2 itemprop='alternativeHeadline'>{LINE}</h2>",
    ],
)
def test_the_line_under_the_title(html: str) -> None:
    assert subtitle(html) == LINE


@pytest.mark.parametrize(
    "html",
    [
        "",
        f"<h2>{HEADLINE}</h2>",  # the title again
        f"<h2><a href='/2'>{LINE}</a></h2>",  # another article
        f"<div class='lead-art'><figcaption>{LINE}</figcaption></div>",
        f"<div class='t-content__chapo'>{LEAD}</div>",  # the beginning of the text
        f"<p class='subtitle'>{LEAD}</p>",
        f"<div><h2>{LINE}</h2><p>{LEAD}</p></div>",  # the heading of a part of the text
        "<h2>محليات</h2>",
    ],
)
def test_what_is_no_subtitle(html: str) -> None:
    assert subtitle(html) is None


def test_json_ld_names_a_subtitle() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + HEADLINE
    head += '","alternativeHeadline":"' + LINE + '"}</script>'
    assert subtitle("", head) == LINE
    assert subtitle(f"<p>{LINE}</p>", head) == LINE
