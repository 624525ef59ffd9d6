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

RUNBOOK = "docs/runbook.md"

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
    "full baseline": "كامل",
    "short baseline": "قصير",
    "no baseline": "لا يوجد",
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


def entry(alert: Alert) -> str:
    """Where the runbook says what it means and what to do."""
    match alert.kind:
        case "check":
            return f"{RUNBOOK}#{alert.rule}"
        case "run":
            return f"{RUNBOOK}#a-run-is-late" if alert.rule.endswith(" deadline") else f"{RUNBOOK}#a-run-failed"
        case _:
            return f"{RUNBOOK}#an-alert-of-a-watchlist"


def _section(alert: Alert) -> str:
    arabic, english = _heading(alert)
    parts = [f"<h3>{_apart(arabic)}</h3><p>{_shown(alert, 0)}</p>"]
    if alert.evidence:
        shown = "".join(f"<li>{_link(e.url, e.title or e.url)} ({_apart(e.source_ar)})</li>" for e in alert.evidence)
        parts.append(f"<ul>{shown}</ul>")
    parts.append(f'<div dir="ltr" style="text-align:left;color:#555"><b>{_apart(english)}</b><br>{_shown(alert, 1)}')
    if alert.details:
        parts.append(f'<pre dir="ltr" style="white-space:pre-wrap">{_details(alert.details)}</pre>')
    parts.append(f"<br><small>{html.escape(entry(alert))} · {alert.alert_id}</small></div><hr>")
    return "".join(parts)


def _heading(alert: Alert) -> tuple[str, str]:
    arabic, english = _KINDS[alert.kind]
    name = _safe(alert.name_ar) or alert.rule
    if alert.kind == "toll":
        name = _ROLES.get(name, name)
    return f"{arabic}: {name}", f"{english}: {_safe(alert.name_en or alert.name_ar)}"


def _shown(alert: Alert, language: int) -> str:
    """The lines of figures. Each value stands apart, left to right: a date would else be turned within its line."""
    return "<br>".join(
        " · ".join(f'{html.escape(label)}: <bdi dir="ltr">{html.escape(_safe(value))}</bdi>' for label, value in line)
        for line in _lines(alert, language)
    )


def _lines(alert: Alert, language: int) -> list[list[tuple[str, str]]]:
    """What was counted, in Arabic (0) or English (1), as (label, value): no grammar of number can be wrong in it."""
    lines = []
    if alert.kind in ("check", "run"):
        lines.append([(_KINDS[alert.kind][language], alert.rule)])
    else:
        limit = ("حد التنبيه", "alert from")[language]
        lines.append([(_MEASURES[alert.measure][language], _figure(alert.value)), (limit, _figure(alert.threshold))])
    if alert.day:
        lines.append([(("اليوم", "day")[language], alert.day.isoformat())])
    counts = [
        (_MEASURES[name][language], _figure(value))
        for name in ("articles", "texts", "stories", "expected")
        if (value := getattr(alert, name)) is not None and name != alert.measure
    ]
    if alert.coverage is not None:
        counts.append((_MEASURES["coverage"][language], f"{alert.coverage:.0%}"))
    if alert.basis in _BASES:
        counts.append(
            (("أساس المقارنة", "baseline")[language], (_BASES[alert.basis], alert.basis.split()[0])[language])
        )
    if counts:
        lines.append(counts)
    lines.append(
        [
            (("القائمة", "list")[language], alert.list),
            (("الوقت", "at")[language], f"{alert.raised_at:%Y-%m-%d %H:%M} UTC"),
        ]
    )
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
        "runbook": entry(alert),
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
