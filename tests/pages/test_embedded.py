"""The article that a page holds only as data."""

import json
import time

import pytest

from rasad.pages import embedded, tree

HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة"
PARAGRAPHS = (
    "قال رئيس البلدية سامر الحداد إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها المقرر.",
    "وأضاف أن كلفة المشروع بلغت 12 مليون دينار، دفعت الحكومة ثلثها وتكفل صندوق التنمية بالباقي على خمس سنوات.",
)
TEXT = "\n".join(PARAGRAPHS)
HTML = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
OTHER = {"title": "خبر آخر لا شأن له بالأول", "body": "<p>" + "كلام كثير عن خبر آخر في مدينة أخرى. " * 40 + "</p>"}


def read(script: str, title: str | None = HEADLINE) -> embedded.Story | None:
    root = tree.parse(f"<html><body><div id='app'></div>{script}</body></html>")
    assert root is not None
    return embedded.read(embedded.scripts(root), title)


def next_data(article: object) -> str:
    data = {"props": {"pageProps": {"article": article, "related": [OTHER]}}}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data, ensure_ascii=False)}</script>'


@pytest.mark.parametrize(
    "article",
    [
        {"title": HEADLINE, "body": HTML},
        {"headline": HEADLINE, "content": {"rendered": HTML}},
        {"headlines": {"basic": HEADLINE}, "content_elements": [{"type": "text", "content": p} for p in PARAGRAPHS]},
        {"title": HEADLINE, "blocks": [{"type": "paragraph", "data": {"text": p}} for p in PARAGRAPHS]},
        {"title": HEADLINE, "paragraphs": list(PARAGRAPHS)},
        {"title": HEADLINE, "text": "\n\n".join(PARAGRAPHS), "teaser": PARAGRAPHS[0]},
        {
            "title": HEADLINE,
            "blocks": [{"type": "text", "content": HTML}, {"type": "image", "content": "صورة للجسر كما بدا أمس"}],
        },
    ],
)
def test_the_longest_text_beside_the_title(article: object) -> None:
    story = read(next_data(article))
    assert story is not None
    assert story.text == TEXT


@pytest.mark.parametrize("name", ["Fusion.globalContent", "window.__INITIAL_STATE__", 'window["__NUXT__"]'])
def test_data_given_to_a_variable(name: str) -> None:
    data = json.dumps({"title": HEADLINE, "body": HTML, "display_date": "2026-03-10T09:15:00Z"})
    story = read(f"<script>var a = 1;{name} = {data};other();</script>")
    assert story == embedded.Story(TEXT, "2026-03-10T09:15:00Z")


def test_the_author() -> None:
    by = {"title": HEADLINE, "body": HTML, "credits": {"by": [{"type": "author", "name": "هدى شاهين"}]}}
    story = read(next_data(by))
    assert story is not None
    assert story.authors == ("هدى شاهين",)


@pytest.mark.parametrize(
    ("script", "title"),
    [
        (next_data({"title": "عنوان آخر", "body": HTML}), HEADLINE),  # of other articles only
        (next_data({"title": HEADLINE, "body": HTML}), None),
        (next_data({"title": HEADLINE, "body": "قصير"}), HEADLINE),
        ('<script type="application/json">{"title": "' + "أ" * 400, HEADLINE),  # cut
        ('<script type="application/json">' + "[" * 100_000 + "</script>", HEADLINE),
        ("<script>" + "__NUXT__ = {" * 1_000 + "</script>", HEADLINE),
    ],
)
def test_nothing_is_invented(script: str, title: str | None) -> None:
    assert read(script, title) is None


def test_time_stays_bounded() -> None:
    node = {"title": HEADLINE, "body": HTML}
    start = time.process_time()
    assert read(next_data([node] * 5_000)) is not None
    assert time.process_time() - start < 10
