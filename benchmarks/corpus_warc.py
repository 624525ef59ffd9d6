"""Write articles of a SaudiNewsNet day (a zip of JSON) into a WARC file of pages, to measure ingest with.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/corpus_warc.py DAY.zip … [--articles N] [--chrome] --out FILE

Takes the articles evenly over the files and over each file, so that every newspaper is there. The pages are bare, or
with `--chrome` as large as newspapers send them: 70 KB and more of menus, scripts, styles, related links and footers
around each article, made up here and other ones on each page.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from rasad.model import Page
from rasad.web import archive, urls

_SECTIONS = (
    "الأخبار",
    "محليات",
    "عربي ودولي",
    "اقتصاد",
    "رياضة",
    "ثقافة",
    "صحة",
    "علوم",
    "تقنية",
    "رأي",
    "صور",
    "فيديو",
)
_WHO = ("وزارة النقل", "أمانة المدينة", "هيئة المياه", "غرفة التجارة", "جامعة الساحل", "لجنة التحكيم", "بلدية الواحة")
_DOES = ("تفتتح", "تؤجل", "تعلن نتائج", "تراجع خطة", "تطلق", "تدرس", "تستعد لمناقشة")
_WHAT = ("الجسر الجديد", "الموسم الثقافي", "مشروع السدود", "معرض الكتاب", "بطولة الناشئين", "ميزانية العام المقبل")
_SCRIPT = (
    "window.page=window.page||{{}};(function(w,d){{var slot={0},seen={{}};function place(name,size){{"
    'if(seen[name]){{return}}seen[name]=size;var box=d.getElementById("slot-"+name);if(!box){{return}}'
    'box.setAttribute("data-size",size.join("x"));w.page.queue.push({{name:name,size:size,at:Date.now()}})}}'
    'for(var i=0;i<slot;i++){{place("top-"+i,[728,90+i])}}}})(window,document);'
)
_STYLE = (
    ".card-{0}{{display:flex;margin:{0}px 4px;padding:2px 8px;border-bottom:1px solid #d{1:02d}}}"
    ".card-{0} a{{color:#1{1:02d}}}"
)


def around(number: int) -> tuple[str, str, str]:
    """(head, before, after) of a page: what a newspaper's template puts around its article."""

    def teaser(n: int) -> str:
        return f"{_WHO[n % 7]} {_DOES[n // 7 % 7]} {_WHAT[n // 49 % 6]}"

    def card(n: int) -> str:
        return (
            f'<div class="card card-{n % 40}" data-id="{n}"><a class="card__image" href="/news/{n}" aria-hidden="true">'
            f'<img loading="lazy" src="/media/{n}/320x180.jpg" srcset="/media/{n}/640x360.jpg 2x" alt=""></a>'
            f'<div class="card__text"><a href="/news/{n}" title="{teaser(n)}"><h3>{teaser(n)}</h3></a>'
            f'<span class="card__time">قبل {n % 23 + 1} ساعة</span></div></div>'
        )

    menu = "".join(
        f'<li class="menu__item menu__item--{i}"><a href="/{i}">{section}</a><ul class="menu__sub">'
        + "".join(f'<li><a href="/{i}/{j}">{section}: {_WHO[j]}</a></li>' for j in range(7))
        + "</ul></li>"
        for i, section in enumerate(_SECTIONS)
    )
    scripts = "".join(f"<script>{_SCRIPT.format(number % 9 + i)}</script>" for i in range(24))
    styles = "<style>" + "".join(_STYLE.format(i, i % 90) for i in range(160)) + "</style>"
    head = (
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css">{styles}{scripts}'
    )
    before = (
        '<header class="site-header"><a class="logo" href="/">الرئيسية</a>'
        f'<nav class="menu"><ul>{menu}</ul></nav></header>'
        '<div class="share-bar"><a href="#">فيسبوك</a><a href="#">تويتر</a><a href="#">واتساب</a></div>'
    )
    after = (
        '<aside class="related"><h2>اقرأ أيضا</h2>' + "".join(card(number * 3 + i) for i in range(24)) + "</aside>"
        '<aside class="most-read"><h2>الأكثر قراءة</h2>' + "".join(card(number * 5 + i) for i in range(24)) + "</aside>"
        f'<footer class="site-footer"><nav><ul>{menu}</ul></nav><p>جميع الحقوق محفوظة</p></footer>{scripts}'
    )
    return head, before, after


def pages(path: Path, count: int, chrome: bool = False) -> Iterator[Page]:
    """`count` of the file's articles as pages, in its order."""
    with zipfile.ZipFile(path) as day:
        rows = json.loads(day.read(day.namelist()[0]))
    rows = [row for row in rows if row["content"].strip() and row["url"].startswith("http")]
    step = max(1, len(rows) // count)
    for number, row in enumerate(rows[::step][:count]):
        head, before, after = around(number) if chrome else ("", "", "")
        # The corpus keeps no time zone: the newspapers are Saudi.
        fetched = datetime.fromisoformat(row["date_extracted"] + "+03:00").astimezone(timezone.utc)
        paragraphs = "".join(
            f"<p>{html.escape(line.strip())}</p>" for line in row["content"].split("\n") if line.strip()
        )
        title = html.escape(row["title"].strip())
        author = f'<meta name="author" content="{html.escape(row["author"].strip())}">' if row["author"].strip() else ""
        body = (
            f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>{author}'
            f'<meta property="article:published_time" content="{row["date_extracted"][:10]}">{head}</head>'
            f"<body>{before}<article><h1>{title}</h1>{paragraphs}</article>{after}</body></html>"
        )
        yield Page(
            url=urls.canonical(row["url"]),
            source_id=row["source"],
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body.encode(),
            fetched_at=fetched,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("days", nargs="+", type=Path, metavar="DAY.zip")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--chrome", action="store_true", help="pages of 70 KB and more instead of bare ones")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    each = -(-args.articles // len(args.days))
    chosen = {page.url: page for day in args.days for page in pages(day, each, args.chrome)}
    archive.write(args.out, list(chosen.values())[: args.articles])
    print(f"{min(len(chosen), args.articles)} articles in {args.out} ({args.out.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
