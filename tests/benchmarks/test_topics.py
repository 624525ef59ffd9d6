"""The topics benchmark on a corpus of two articles, and what it says of a corpus or gold that is another."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from benchmarks import topics

ARTICLES = (
    {
        "url": "http://a.example/1",
        "title": "فوز المنتخب",
        "content": "فاز المنتخب في المباراة، وأشاد المدرب باللاعبين.",
    },
    {"url": "http://a.example/2", "title": "سوق الأسهم", "content": "ارتفعت الأسهم في البورصة مع صعود أسعار النفط."},
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "2015-08-01.zip", "w") as packed:
        packed.writestr("2015-08-01.json", json.dumps(ARTICLES))
    return tmp_path


def gold(folder: Path, *labels: str) -> Path:
    lines = ["# made for a test", "day\tnumber\tpaper\taddress\tfirst\talso"]
    for number, label in enumerate(labels):
        digest = hashlib.sha256(ARTICLES[number]["url"].encode()).hexdigest()[:12]
        lines.append(f"2015-08-01\t{number}\ta\t{digest}\t{label}")
    path = folder / "gold.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_first_topic_is_scored_against_all_labels(corpus, tmp_path, capsys):
    out = tmp_path / "figures.json"
    given = ["--corpus", str(corpus), "--gold", str(gold(tmp_path, "15\t-", "11\t04 02")), "--json", str(out)]
    assert topics.main(given) == 0
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert (figures["articles"], figures["top1"], figures["top1_first_label"]) == (2, 1.0, 0.5)
    assert figures["no_topic"] == 0
    assert "top 1        1.000" in capsys.readouterr().out


def test_errors_are_listed_with_what_was_read(corpus, tmp_path, capsys):
    assert topics.main(["--corpus", str(corpus), "--gold", str(gold(tmp_path, "12\t-")), "--errors"]) == 0
    told = capsys.readouterr().out
    assert "2015-08-01/0 is 12, read as 15" in told
    assert "فوز المنتخب" in told


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2015-08-01\t0\ta\t000000000000\t15\t-", "another article"),
        ("2015-08-01\tzero\ta\t000000000000\t15\t-", "line 1"),
        ("2015-08-01\t0\ta", "line 1"),
        ("2015-08-09\t0\ta\t000000000000\t15\t-", "2015-08-09.zip"),
    ],
)
def test_another_corpus_or_gold_is_told(corpus, tmp_path, capsys, line, why):
    path = tmp_path / "gold.tsv"
    path.write_text(line + "\n", encoding="utf-8")
    assert topics.main(["--corpus", str(corpus), "--gold", str(path)]) == 2
    assert why in capsys.readouterr().err


def test_the_gold_of_the_project_names_a_hundred_articles_once():
    rows = list(topics.read_gold(topics.GOLD))
    assert len(rows) == len({row.name for row in rows}) == 100
    assert all(code in {f"{n:02d}" for n in range(1, 18)} for row in rows for code in (row.first, *row.also))
