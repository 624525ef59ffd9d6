"""What rows become on a page: numbers, days, addresses, spans in their text."""

from __future__ import annotations

import json
from calendar import timegm
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from rasad.web import urls
from rasad_airflow.desk.highlight import Piece, paragraphs

# Kinds in the order of the switches, with what they are called.
KINDS = {
    "entity": ("أسماء", "Names"),
    "nominal": ("أدوار", "Roles"),
    "date": ("تواريخ", "Dates"),
    "quantity": ("كميات", "Quantities"),
    "quote": ("اقتباسات", "Quotes"),
    "indirect_quote": ("كلام منقول", "Reported speech"),
    "keyphrase": ("عبارات مفتاحية", "Key phrases"),
    "topic": ("موضوعات", "Topics"),
    "event": ("الحدث", "Event"),
}

# The ledger's words (docs/operations.md has them all) for readers of Arabic.
OUTCOMES = {
    "due": "في الانتظار",
    "loaded": "حُمِّل",
    "unchanged": "لم يتغير",
    "duplicate": "عنوان آخر لمقال",
    "standing": "قُرئ من قبل",
    "article": "قُرئ",
    "deadline": "لم يتسع الوقت",
    "gone": "لم يعد موجودا",
    "failed": "فشل",
    "blocked": "حُجب",
    "blocked_by_robots": "يمنعه robots.txt",
    "consent": "صفحة موافقة",
    "paywall": "لمشتركين فقط",
    "login": "يتطلب تسجيل دخول",
    "not_arabic": "ليس بالعربية",
    "too_short": "قصير",
    "too_large": "أكبر من الحد",
    "elsewhere": "يقود إلى موقع آخر",
    "private_address": "عنوان داخلي",
    "bad_url": "ليس عنوانا",
    "unreadable": "لا يُقرأ",
    "extract_failed": "تعثر الاستخراج",
    "taken_down": "أُزيل",
    "timeout": "لم يجب في الوقت",
    "connection": "لا اتصال",
    "dns": "لا اسم كهذا",
    "tls": "شهادة غير صالحة",
    "rate_limited": "يطلب الإبطاء",
    "server_error": "خطأ في الخادم",
    "http_status": "رُفض",
    "problem": "مشكلة",
    "read": "قُرئ",
}

STATES = {"ok": "جيد", "late": "متأخر", "silent": "صامت", "failing": "متعثر", "off": "متوقف"}

# The checks of sql/checks for readers of Arabic: what each holds, and what to do where it does not.
CHECKS = {
    "dates_plausible": (
        "تتفق الأيام مع ما تقوله الصفحة وما أعلنته الخلاصة",
        "افتح العنوان، فإن كان للصفحة تاريخ في موضع آخر فأضف محددا له، وإن أخطأت الخلاصة فاكتب dates: page",
    ),
    "days_measured": (
        "لا يوم حُمِّل قبل أكثر من ثلاث ساعات ما زال ينتظر القياس",
        "انظر إلى measure_trends: أهو موقوف أم متعثر أم أمامه من الأيام ما لا يسعه؟",
    ),
    "empty_days": (
        "لكل يوم حتى أمس مقالات، ولكل مصدر له مقالات في يوم وقائع فيه",
        "يوم بلا مقالات يُقرأ من أرشيف بـ backfill_archive، ومقالات بلا وقائع تعيد reextract_facts قراءتها",
    ),
    "freshness": (
        "كل مصدر يُقرأ يجيب ويأتي بما اعتاد",
        "افتح صفحة المصدر وموقعه، فإن كان فيه جديد فقد انتقلت خلاصته، وإن كثرت المصادر فانظر إلى شبكتنا",
    ),
    "ledger_accounted": (
        "كل صفحة في السجل مقال أو تنتظر أو فُرغ منها، ولا صفحة تنتظر أكثر من يومين",
        "أيعمل ingest_news؟ وهل المصدر أبطأ من أن تُقرأ صفحاته كلها؟",
    ),
    "no_future_publication": (
        "لا مقال نُشر بعد أن قُرئ",
        "إن كان الفرق ساعات في مصدر كله فمنطقته الزمنية في ملفه خطأ",
    ),
    "no_orphans": (
        "كل واقعة ونسخة وصفحة تعود إلى ما هو موجود",
        "حُذفت صفوف باليد أو لم تكتمل استعادة: استعد ما ينقص أو حمّل المقال من جديد",
    ),
    "rollups_equal_facts": (
        "كل مجموع ليوم يساوي ما في مقالاته ووقائعه",
        "علّم اليوم ليقاس من جديد ثم شغّل measure_trends",
    ),
    "spans_match_text": (
        "كلمات كل واقعة في موضعها من نص المقال تماما",
        "أعد قراءة المقال بـ reextract_facts، وأبلغ عن المستخرج ونسخته",
    ),
    "undated_share": (
        "من كل مصدر لا يزيد ما لا تاريخ له عن الخمس",
        "تخطيط صفحاته جديد في الغالب: أضف محددا لتاريخ النشر",
    ),
    "unknown_reasons": (
        "كل صفحة ليست مقالا لها سبب، ولا سبب منها خلل عندنا",
        "extract_failed خلل في مستخرج فأبلغ عن العنوان، وغيره افحص له المصدر",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands."""

    start: int
    end: int


def marked(found: dict[str, Any]) -> dict[str, Any]:
    """An article's title and paragraphs as pieces, whose facts are numbers into `facts`; and how many of each kind."""
    facts = found["facts"]

    def pieces(field: str, text: str | None) -> list[list[Piece]]:
        own = [number for number, fact in enumerate(facts) if fact["field"] == field]
        places = [Place(facts[number]["start_offset"] or 0, facts[number]["end_offset"] or 0) for number in own]
        lines = paragraphs(text or "", places)
        return [[Piece(piece.text, tuple(own[n] for n in piece.facts)) for piece in line] for line in lines]

    counts = {kind: sum(fact["kind"] == kind for fact in facts) for kind in KINDS}
    return {
        "headline": [piece for line in pieces("title", found["article"]["title"]) for piece in line],
        "body": pieces("body", found["article"]["text"]),
        "kinds": {kind: (*words, counts[kind]) for kind, words in KINDS.items() if counts[kind]},
    }


def number(value: Any) -> str:
    """1234.5 as 1,234.5; nothing where there is nothing."""
    if value is None:
        return "—"
    if isinstance(value, float):
        value = int(value) if value == int(value) and abs(value) < 1e15 else round(value, 2)
    return f"{value:,}"


def percent(value: float | None) -> str:
    """A share of 0 to 1."""
    return "—" if value is None else f"{100 * value:.0f}%"


def when(value: Any) -> Any:
    """A moment in UTC or a day, in a form that reads the same from right to left; `—` where there is none."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return Markup('<time datetime="{}" dir="ltr">{}</time>').format(
            value.isoformat(), value.strftime("%Y-%m-%d %H:%M")
        )
    return Markup('<time datetime="{0}" dir="ltr">{0}</time>').format(
        value.isoformat() if isinstance(value, date) else value
    )


def link(url: str | None) -> Any:
    """An address out of the warehouse as a link, if it is one of the web; else as text. Shown as a reader writes it."""
    if not url:
        return ""
    shown = urls.readable(url)
    if not url.startswith(("https://", "http://")):
        return escape(shown)
    return Markup('<a href="{}" rel="noreferrer noopener" target="_blank" dir="ltr" class="out">{}</a>').format(
        url, shown
    )


def chart(rows: list[dict[str, Any]], *columns: str) -> str:
    """Rows by day as the JSON that desk.js draws: {"x": [unix seconds], "series": [[…]]}; days without one are gaps."""
    days = {row["day"]: row for row in rows}
    if not days:
        return "{}"
    first, last = min(days), max(days)
    span = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return json.dumps(
        {
            "x": [timegm(d.timetuple()) for d in span],
            "series": [
                [float(days[d][column]) if d in days and days[d][column] is not None else None for d in span]
                for column in columns
            ],
        }
    )


OUTAGE = 0.5  # a day of which less than this share of what was expected came is unknown
STRIP = 29  # days, as many as the chart of the whole press has
TALL = 18.0  # of the strip, in pixels; a day is 4 wide


def strip(rows: list[dict[str, Any]], source_id: str, last: date, label: str) -> Any:
    """A source's days up to the last as bars, the newest at the right; days that are unknown stand in their own
    colour over the whole height, since nobody knows how tall their bar is. `label` has room for two
    numbers: of articles, and of unknown days."""
    days = {row["day"]: row for row in rows if row["source_id"] == source_id}
    most = max([1.0, *(float(row["articles"]) for row in days.values())])
    bars, unknown = [], 0
    for place in range(STRIP):
        row = days.get(date.fromordinal(last.toordinal() - STRIP + 1 + place))
        if row is None:
            continue
        if row["coverage"] is not None and row["coverage"] < OUTAGE:
            unknown += 1
            bars.append(Markup('<rect class="unknown" x="{}" y="0" width="3" height="{}"/>').format(4 * place, TALL))
        tall = round(TALL * float(row["articles"]) / most, 1)
        bars.append(Markup('<rect x="{}" y="{}" width="3" height="{}"/>').format(4 * place, TALL - tall, tall))
    said = label.format(sum(row["articles"] for row in days.values()), unknown)
    return Markup('<svg class="strip" role="img" aria-label="{}" width="{}" height="{}">{}</svg>').format(
        said, 4 * STRIP, int(TALL), Markup("").join(bars)
    )


def snippet(text: str | None) -> Any:
    """What mart.search marked, ⟦ and ⟧ around each word, as HTML: everything else is escaped."""
    before, *rest = (text or "").split("⟦")
    marked = [part.partition("⟧") for part in rest]
    return escape(before) + Markup("").join(
        Markup("<mark>{}</mark>{}").format(word, after) for word, _, after in marked
    )


FILTERS = {
    "number": number,
    "percent": percent,
    "when": when,
    "link": link,
    "chart": chart,
    "strip": strip,
    "snippet": snippet,
}
