"""The `clean` contract: JSON Lines in, JSON Lines out, an error a line and not an end."""

import json
from pathlib import Path

from rasad.pages import lines

HTML = (
    "<html><head><title>البلدية تفتح الجسر الجديد - الضفة</title></head><body><article>"
    "<h1>البلدية تفتح الجسر الجديد</h1><span class='date'>10 مارس 2026</span> <span>منذ ساعتين</span>"
    "<p>قال رئيس البلدية إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها المقرر "
    "رغم تأخر وصول المواد إلى الميناء.</p></article></body></html>"
)


def test_a_line_for_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(HTML.encode("cp1256"))
    (tmp_path / "short.html").write_text("<p>عاجل</p>", encoding="utf-8")
    (tmp_path / "empty.html").write_bytes(b"")
    url = "https://paper.example/a/1"
    given = [
        json.dumps({"id": "a", "url": url, "file": str(tmp_path / "a.html")}),
        "",
        "no json",
        json.dumps({"id": "b", "url": url, "file": str(tmp_path / "missing.html")}),
        json.dumps({"id": "c", "url": url}),
        json.dumps(["a"]),
        json.dumps({"id": 7, "url": None, "file": str(tmp_path / "short.html")}),
        json.dumps({"id": "e", "url": url, "file": str(tmp_path / "empty.html")}),
    ]
    a, bad, b, c, listed, short, empty = lines.read_lines(given)
    assert list(a) == [
        *("id", "url", "title", "text", "published_at", "updated_at", "authors", "language", "description", "image"),
        *("canonical_url", "section", "tags"),
    ]
    assert (a["id"], a["url"], a["title"]) == ("a", url, "البلدية تفتح الجسر الجديد")
    assert a["text"].startswith("قال رئيس البلدية")
    assert (a["published_at"], a["language"]) == ("2026-03-10", "ar")
    assert json.loads(json.dumps(a))["authors"] == []
    assert bad["id"] is None
    assert "line 3" in bad["error"]
    assert b["id"] == "b"
    assert "missing.html" in b["error"]
    assert '"file"' in c["error"]
    assert '"file"' in listed["error"]
    assert (short["id"], short["url"], short["title"]) == (
        7,
        "",
        None,
    )  # given as read: the reader of the output decides
    assert "error" not in short
    assert "no HTML" in empty["error"]
