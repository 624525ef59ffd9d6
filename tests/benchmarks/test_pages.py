from __future__ import annotations

import json

import pytest

from benchmarks import pages

BODY = (
    "أعلنت بلدية تازة مساء الاثنين عودة المياه إلى الأحياء القديمة بعد انقطاع دام خمسة أيام بسبب كسر في القناة. "
    "وأوضحت أن فرق الصيانة تعمل على إصلاح بقية الأعطال قبل نهاية الأسبوع، ودعت السكان إلى ترشيد الاستهلاك حتى ذلك."
)
HTML = f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>عودة المياه إلى تازة</title>
<meta property="article:published_time" content="2026-03-09T20:00:00+01:00"></head>
<body><article><h1>عودة المياه إلى تازة</h1><p>{BODY}</p></article></body></html>"""


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "one.html").write_text(HTML, encoding="utf-8")
    gold = {"title": "عودة المياه إلى تازة", "body": BODY, "published": "2026-03-09", "author": None}
    page = {"id": "one", "url": "https://atlas.example/one", "file": "one.html", "tier": "news", "gold": gold}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps([page]), encoding="utf-8")
    return path


def test_ours_and_trafilatura_are_scored_side_by_side(manifest, tmp_path, capsys):
    out = tmp_path / "figures.json"
    assert pages.main(["--manifest", str(manifest), "--json", str(out)]) == 0
    readers = json.loads(out.read_text(encoding="utf-8"))["readers"]
    assert list(readers) == ["rasad", "trafilatura"]
    for reader in readers.values():
        assert reader["tiers"]["news"] == reader["tiers"]["all"]
        assert reader["tiers"]["all"]["f1"] > 0.9
        assert reader["tiers"]["all"]["author"] == {"right": 0, "gold": 0}
        assert reader["pages_per_cpu_second"] > 0
    assert readers["rasad"]["tiers"]["all"]["title"] == {"right": 1, "gold": 1}
    assert readers["rasad"]["tiers"]["all"]["day"] == {"right": 1, "gold": 1}
    assert "trafilatura" in capsys.readouterr().out


def test_a_manifest_that_names_no_file_is_told_in_a_line(manifest, capsys):
    (manifest.parent / "one.html").unlink()
    assert pages.main(["--manifest", str(manifest)]) == 2
    assert "page one names one.html, which is no file" in capsys.readouterr().err
    manifest.write_text('[{"id": 1}]', encoding="utf-8")
    assert pages.main(["--manifest", str(manifest)]) == 2
    assert "page 0 has no file, gold, url" in capsys.readouterr().err
