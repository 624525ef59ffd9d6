from __future__ import annotations

import json

import pytest

from benchmarks import facts

CONLL = """\
زار O
هناء B-PERS
الزيادي I-PERS
بالقاهرة B-LOC
. O

كأس B-MISC
مصر I-LOC
والأهلي B-ORG
الأهلي B-ORG

-DOCSTART- O

تازة B-LOC
"""


def surfaces(article):
    return [(e["type"], article["text"][e["start"] : e["end"]]) for e in article["entities"]]


def test_tokens_and_tags_become_articles():
    first, second = facts.read_conll(CONLL.splitlines(keepends=True))
    assert first["text"] == "زار هناء الزيادي بالقاهرة .\nكأس مصر والأهلي الأهلي\n"
    assert surfaces(first) == [
        ("PER", "هناء الزيادي"),
        ("LOC", "بالقاهرة"),
        ("LOC", "مصر"),  # I- after another type begins a name, as conlleval has it
        ("ORG", "والأهلي"),
        ("ORG", "الأهلي"),
    ]
    assert all(e["text"] == first["text"][e["start"] : e["end"]] for e in first["entities"])
    assert (second["text"], surfaces(second)) == ("تازة\n", [("LOC", "تازة")])
    assert first["id"] != second["id"]


def test_an_article_of_a_corpus_has_a_bounded_number_of_sentences():
    lines = ["كلمة O", "", ""] * (2 * facts.SENTENCES + 1)
    assert [article["text"].count("\n") for article in facts.read_conll(lines)] == [facts.SENTENCES] * 2 + [1]
    assert list(facts.read_conll(["", "-DOCSTART- O", ""])) == []


def test_a_line_without_a_tag_is_named():
    with pytest.raises(ValueError, match="line 2 is no token and tag: 'وحدها'"):
        list(facts.read_conll(["كلمة O", "وحدها"]))


def test_entities_are_widened_to_whole_tokens():
    text = "وصل بالقاهرة-دمشق اليوم"
    found = [{"type": "LOC", "start": start, "end": start + len(name)} for name in ("القاهرة", "دمشق")
             for start in [text.index(name)]]  # fmt: skip
    assert facts.to_tokens(text, found) == [{"type": "LOC", "text": "بالقاهرة-دمشق", "start": 4, "end": 17}]
    assert facts.to_tokens("تازة", [{"type": "LOC", "start": 0, "end": 4}])[0]["text"] == "تازة"


def test_a_gold_file_is_scored_and_what_is_not_right_is_listed(tmp_path, capsys):
    text = "وصل رئيس الوزراء إلى القاهرة يوم 9 مارس 2026."
    at = text.index("القاهرة")
    day = text.index("9 مارس 2026")
    gold = {
        "id": "one",
        "title": None,
        "text": text,
        "published_at": "2026-03-10",
        "entities": [{"type": "LOC", "text": "القاهرة", "start": at, "end": at + 7}],
        "dates": [{"text": "9 مارس 2026", "start": day, "end": day + 11, "value": "2026-03-08"}],
        "quantities": None,
        "quotes": None,
    }
    file, out = tmp_path / "gold.jsonl", tmp_path / "figures.json"
    file.write_text(json.dumps(gold, ensure_ascii=False) + "\n\n", encoding="utf-8")
    assert facts.main(["--gold", str(file), "--json", str(out), "--errors"]) == 0
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["gold"] == "gold.jsonl"
    assert figures["kinds"]["entities.LOC"]["right"] == 1
    assert figures["kinds"]["dates"]["right"] == 0  # the marks above are wrong on purpose
    assert "quantities" not in figures["kinds"]
    assert (figures["cost"]["articles"], figures["cost"]["tokens"]) == (1, 9)
    assert figures["cost"]["tokens_per_cpu_second"] > 0
    printed = capsys.readouterr().out
    assert "WRONG    one dates: [9 مارس 2026] value=2026-03-08 read as" in printed
    assert "value=2026-03-09" in printed
    assert "entities.LOC" in printed


@pytest.mark.parametrize("content", ["[1]\n", "{\n", '{"id": 1}\n'])
def test_a_bad_gold_file_is_told_in_a_line(tmp_path, capsys, content):
    file = tmp_path / "gold.jsonl"
    file.write_text(content, encoding="utf-8")
    assert facts.main(["--gold", str(file)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("facts: ")
    assert "line 1" in told
