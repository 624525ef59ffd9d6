from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from benchmarks.readers import adapter

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


def test_ours_is_scored_and_timed_in_a_process_of_its_own(manifest, tmp_path, capsys):
    out = tmp_path / "figures.json"
    assert pages.main(["--manifest", str(manifest), "--only", "rasad", "--json", str(out)]) == 0
    (reader,) = json.loads(out.read_text(encoding="utf-8"))["readers"].values()
    assert reader["tiers"]["news"] == reader["tiers"]["all"]
    assert reader["tiers"]["all"]["f1"] > 0.9
    assert reader["tiers"]["all"]["title"] == {"right": 1, "gold": 1}
    assert reader["tiers"]["all"]["day"] == {"right": 1, "gold": 1}
    assert reader["tiers"]["all"]["author"] == {"right": 0, "gold": 0}
    assert reader["pages_per_cpu_second"] > 0
    assert reader["errors"] == {}
    told = capsys.readouterr().out
    assert "pages per CPU second" in told
    assert "not read" not in told


@pytest.mark.parametrize("name", ["trafilatura", "trafilatura-precise"])
def test_others_give_the_same_shape(manifest, name):
    given = json.loads(manifest.read_text(encoding="utf-8"))
    found = pages.read_all(name, Path(sys.executable), manifest.parent, given)  # ours has it as well
    (page,) = found["pages"]
    assert BODY in page["text"]
    assert (page["title"], page["published_at"]) == ("عودة المياه إلى تازة", "2026-03-09")
    assert found["cpu_seconds"] > 0
    assert found["version"].split(".")[0].isdecimal()


def test_pages_that_were_not_read_are_told_and_not_only_scored_as_wrong(manifest, capsys):
    (manifest.parent / "one.html").write_bytes(b"")
    assert pages.main(["--manifest", str(manifest), "--only", "rasad"]) == 0
    assert "1 pages not read, most often:" in capsys.readouterr().out


def test_each_reader_has_an_adapter_and_a_locked_environment_with_it():
    assert set(pages.READERS) == set(adapter.READERS)
    for name, (requirements, _) in pages.READERS.items():
        package = adapter.READERS[name][1]
        if requirements is not None:
            lines = (pages.FOLDER / requirements).read_text(encoding="utf-8").splitlines()
            assert any(line.startswith(f"{package}==") for line in lines)
            assert all("--hash=sha256:" in line for line in lines if line.startswith(" "))


def test_an_environment_without_its_extractor_is_told_in_a_line(manifest):
    given = json.loads(manifest.read_text(encoding="utf-8"))
    with pytest.raises(pages.EnvironmentFailed, match=r"^newspaper4k does not run: .*newspaper4k"):
        pages.read_all("newspaper4k", Path(sys.executable), manifest.parent, given)


def test_a_manifest_that_names_no_file_is_told_in_a_line(manifest, capsys):
    (manifest.parent / "one.html").unlink()
    assert pages.main(["--manifest", str(manifest)]) == 2
    assert "page one names one.html, which is no file" in capsys.readouterr().err
    manifest.write_text('[{"id": 1}]', encoding="utf-8")
    assert pages.main(["--manifest", str(manifest)]) == 2
    assert "page 0 has no file, gold, url" in capsys.readouterr().err
