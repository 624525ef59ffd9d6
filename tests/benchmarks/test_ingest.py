from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from benchmarks import ingest
from rasad.model import Page
from rasad.web import archive

BODY = (
    "أعلنت بلدية تازة مساء الاثنين عودة المياه إلى الأحياء القديمة بعد انقطاع دام خمسة أيام بسبب كسر في القناة. "
    "وأوضحت أن فرق الصيانة تعمل على إصلاح بقية الأعطال قبل نهاية الأسبوع، ودعت السكان إلى ترشيد الاستهلاك حتى ذلك."
)


def page(name, body):
    html = f"<html lang=ar><meta charset=utf-8><title>{name}</title><article><h1>{name}</h1><p>{body}</p></article>"
    fetched = datetime(2026, 3, 10, tzinfo=timezone.utc)
    return Page(f"https://atlas.example/{name}", "atlas", 200, (("content-type", "text/html"),), html.encode(), fetched)


@pytest.mark.postgres
def test_a_warc_file_is_ingested_into_a_server_of_its_own(tmp_path, capsys):
    texts = {"one": BODY, "two": f"{BODY} وستعود المدارس الخميس.", "three": "عادت المياه إلى المدينة هذا المساء."}
    warc, out = tmp_path / "three.warc.gz", tmp_path / "figures.json"
    archive.write(warc, [page(name, text) for name, text in texts.items()])
    assert ingest.main([str(warc), "--json", str(out)]) == 0
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["outcomes"] == {"article": 2, "too_short": 1}
    assert figures["warehouse"]["articles"] == 2
    assert figures["warehouse"]["facts"] > 4
    assert figures["measure"]["days"] == 1
    assert all(value > 0 for value in figures["backfill"].values())
    told = capsys.readouterr().out
    assert "2 article, 1 too_short" in told
    # Of this process and the server's, which share nothing but their buffers.
    client, server = figures["peak_memory_of_client_mb"], figures["peak_memory_of_server_mb"]
    assert client > 50
    assert 10 < server < 300
    assert figures["peak_memory_mb"] == pytest.approx(client + server)
    assert f"{client + server:.0f} MB at most" in told


def test_a_file_that_is_not_there_is_told_in_a_line(tmp_path, capsys):
    assert ingest.main([str(tmp_path / "none.warc.gz")]) == 2
    assert "none.warc.gz is no file" in capsys.readouterr().err
