"""What an alert says to people, in Arabic and English, and to programs, as JSON.

Titles and names come from pages of anybody: controls that turn the direction of what follows are taken out, everything
is escaped, and what may run either way stands apart.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from rasad.model import Json
from rasad.warehouse.alerts import Alert

_KINDS = {
    "entity": ("اسم", "Name"),
    "speaker": ("متحدث", "Speaker"),
    "phrase": ("عبارة", "Phrase"),
    "topic": ("موضوع", "Topic"),
    "toll": ("حصيلة", "Toll"),
    "source": ("صمت مصدر", "Silent source"),
    "check": ("فحص جودة", "Check"),
    "run": ("تشغيل متعثر", "Run"),
}
_ROLES = {
    "killed": "قتلى",
    "injured": "جرحى",
    "missing": "مفقودون",
    "detained": "معتقلون",
    "displaced": "نازحون",
}
_MEASURES = {
    "articles": ("المقالات", "articles"),
    "texts": ("النصوص غير المكررة", "unique texts"),
    "stories": ("القصص", "stories"),
    "score": ("درجة الصعود", "score"),
    "ratio": ("أضعاف المعتاد", "times the usual"),
    "value": ("العدد", "number"),
    "silent": ("ساعات الصمت", "hours of silence"),
    "faults": ("مواضع الخلل", "faults"),
    "expected": ("المعتاد في اليوم", "usual a day"),
    "coverage": ("نسبة الصحافة المقروءة", "share of the press read"),
}
_BASES = {
    "full baseline": "أساس المقارنة كامل",
    "short baseline": "أساس المقارنة قصير",
    "no baseline": "لا أساس للمقارنة",
}
# Line ends, controls, and marks that embed, override or isolate a direction.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def subject(alerts: Sequence[Alert]) -> str:
    """One line: the first of them, and how many more there are."""
    more = f" (+{len(alerts) - 1})" if len(alerts) > 1 else ""
    return f"رصد: {_heading(alerts[0])[0][:120]}{more}"


def page(alerts: Sequence[Alert]) -> str:
    """A mail's HTML: right to left, Arabic first; no image, script or style from anywhere."""
    parts = "".join(_section(alert) for alert in alerts)
    return (
        '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">'
        f"<title>{html.escape(subject(alerts))}</title></head>"
        f'<body dir="rtl" style="text-align:right;font-family:sans-serif;line-height:1.6">{parts}</body></html>'
    )


def payload(alerts: Sequence[Alert]) -> Json:
    """What a webhook gets. `id` of an alert is the same whenever it is sent: who has it already may leave it out.
    `text` is one line that chat programs show."""
    return {"version": 1, "text": subject(alerts), "alerts": [_json(alert) for alert in alerts]}


def _section(alert: Alert) -> str:
    arabic, english = _heading(alert)
    lines = [f"<h3>{_apart(arabic)}</h3>", f"<p>{'<br>'.join(_apart(line) for line in _lines(alert, 0))}</p>"]
    if alert.evidence:
        shown = "".join(f"<li>{_link(e.url, e.title or e.url)} ({_apart(e.source_ar)})</li>" for e in alert.evidence)
        lines.append(f"<ul>{shown}</ul>")
    lines.append(
        f'<div dir="ltr" style="text-align:left;color:#555"><b>{_apart(english)}</b><br>'
        f"{'<br>'.join(_apart(line) for line in _lines(alert, 1))}"
    )
    if alert.details:
        lines.append(f'<pre dir="ltr" style="white-space:pre-wrap">{_details(alert.details)}</pre>')
    lines.append(f"<small>{alert.alert_id}</small></div><hr>")
    return "".join(lines)


def _heading(alert: Alert) -> tuple[str, str]:
    arabic, english = _KINDS[alert.kind]
    name = _safe(alert.name_ar) or alert.rule
    if alert.kind == "toll":
        name = _ROLES.get(name, name)
    return f"{arabic}: {name}", f"{english}: {_safe(alert.name_en or alert.name_ar)}"


def _lines(alert: Alert, language: int) -> list[str]:
    """What was counted, in Arabic (0) or English (1): labels and figures, which no grammar of number can make wrong."""
    limit = ("حد التنبيه", "alert from")[language]
    lines = []
    if alert.kind not in ("check", "run"):
        lines.append(
            f"{_MEASURES[alert.measure][language]}: {_figure(alert.value)} ({limit} {_figure(alert.threshold)})"
        )
    if alert.day:
        lines.append(f"{('اليوم', 'day')[language]}: {alert.day.isoformat()}")
    counts = [
        f"{_MEASURES[name][language]}: {_figure(value)}"
        for name in ("articles", "texts", "stories", "expected")
        if (value := getattr(alert, name)) is not None and name != alert.measure
    ]
    if alert.coverage is not None:
        counts.append(f"{_MEASURES['coverage'][language]}: {alert.coverage:.0%}")
    if alert.basis in _BASES:
        counts.append((_BASES[alert.basis], alert.basis)[language])
    if counts:
        lines.append(" · ".join(counts))
    lines.append(f"{('القائمة', 'list')[language]}: {alert.list} · {alert.raised_at:%Y-%m-%d %H:%M} UTC")
    return lines


def _json(alert: Alert) -> Json:
    return {
        "id": alert.alert_id,
        "list": alert.list,
        "rule": alert.rule,
        "kind": alert.kind,
        "name_ar": alert.name_ar,
        "name_en": alert.name_en,
        "day": alert.day.isoformat() if alert.day else None,
        "measure": alert.measure,
        "value": alert.value,
        "threshold": alert.threshold,
        "articles": alert.articles,
        "texts": alert.texts,
        "stories": alert.stories,
        "expected": alert.expected,
        "coverage": alert.coverage,
        "basis": alert.basis,
        "details": alert.details,
        "raised_at": alert.raised_at.isoformat(),
        "evidence": [{"url": e.url, "title": e.title, "source_ar": e.source_ar} for e in alert.evidence],
    }


def _figure(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _safe(text: str) -> str:
    """On one line, of a length that can be read, and turning nothing that follows."""
    return " ".join(_UNSAFE.sub(" ", text).split())[:200]


def _apart(text: str) -> str:
    return f'<bdi dir="auto">{html.escape(_safe(text))}</bdi>'


def _details(text: str) -> str:
    return html.escape("\n".join(_UNSAFE.sub(" ", line) for line in text.splitlines()))


def _link(url: str, text: str) -> str:
    if not re.match(r"https?://", url):
        return _apart(text)
    return f'<a href="{html.escape(url)}">{_apart(text)}</a>'
