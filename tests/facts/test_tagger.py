"""Every sentence here was written for these tests, and none of the persons in them exists."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.facts import entities, tagger
from rasad.facts.backend import NerBackend
from rasad.facts.name_grammar import Candidate
from rasad.facts.passage import Passage, Reading
from rasad.model import Article, Mention


def extract(text: str, backend: NerBackend = tagger) -> tuple[Mention, ...]:
    return entities.extract(Reading.of(Article(url="https://example.org/1", title=None, text=text), backend))


def bare(text: str) -> SimpleNamespace:
    """A line of which neither lexicon nor rules know anything."""
    return SimpleNamespace(tokens=Passage.of("body", text).tokens, matches=(), chosen=())


def found(line: SimpleNamespace) -> list[Candidate]:
    return [c for more in tagger.candidates([line]) for c in more]


class Silent:
    """A backend that finds nothing: what remains is the rules'."""

    NAME, VERSION = "silent", "1"

    def candidates(self, lines):
        return [()] * len(lines)


class Everything:
    """A backend that takes the first token of a line for a body."""

    NAME, VERSION = "everything", "1"

    def candidates(self, lines):
        return [[Candidate(0, 1, 0, "ORG", None, "model", 0.9)] for _ in lines]


NEW = [
    ("وقد التقى الوفد مع هندريك فانديرسلوت في العاصمة", "هندريك فانديرسلوت"),
    ("بينما قال فرانك ديلاكروا إنه لن يشارك", "فرانك ديلاكروا"),
    ("ورد عليه ميلوش برانتشيتش بهدف التعادل", "ميلوش برانتشيتش"),
    ("كما يشارك ماسيمو ريفيلينو في المسلسل", "ماسيمو ريفيلينو"),
]


@pytest.mark.parametrize(("text", "name"), NEW)
def test_persons_whom_the_rules_do_not_know_are_found(text, name):
    assert name not in {m.text for m in extract(text, Silent())}
    found = next(m for m in extract(text) if m.text == name)
    assert (found.type, text[found.start : found.end]) == ("PER", name)
    assert 0.5 <= found.confidence <= 1


def test_names_found_are_free_of_the_rules_or_cut_their_persons_otherwise():
    text = "\n".join(text for text, _ in NEW)
    lines = entities.read(Reading.of(Article(url="https://example.org/1", title=None, text=text)))
    for line, more in zip(lines, tagger.candidates(lines), strict=True):
        taken = {i: c for c in line.chosen for i in range(c.start, c.end)}
        for c in more:
            others = {taken.pop(i) for i in range(c.start, c.end) if i in taken}
            assert all((o.type, o.source, c.type) == ("PER", "rule", "PER") for o in others)
            taken.update(dict.fromkeys(range(c.start, c.end), c))


class Shorter:
    """A backend that says of a line's first two tokens that they are one name."""

    NAME, VERSION = "shorter", "1"

    def candidates(self, lines):
        return [[Candidate(0, 2, 0, "PER", None, "model", 0.9)] for _ in lines]


def test_what_a_backend_finds_takes_the_place_of_what_it_overlaps():
    text = "سامر خالد القرنفلي في دمشق"
    assert [m.text for m in extract(text, Silent())] == ["سامر خالد القرنفلي", "دمشق"]
    assert [(m.text, m.source) for m in extract(text, Shorter())] == [("سامر خالد", "model"), ("دمشق", "lexicon")]


def test_words_of_the_sentence_are_no_name():
    text = "أوفد سامر الخطيب ابن عمه إلى الحفل."
    assert [m.text for m in extract(text)] == ["سامر الخطيب"]


def test_another_backend_takes_its_place():
    mentions = extract("زعفران ينمو هنا", Everything())
    assert [(m.text, m.type, m.source) for m in mentions] == [("زعفران", "ORG", "model")]


@pytest.mark.parametrize(
    ("word", "cut"),
    [("ولافروف", 1), ("وخالد", 1), ("وليد", 0), ("ويلسون", 0), ("بلير", 0), ("وبلير", 1), ("لخالد", 1), ("فرانك", 0)],
)
def test_clitics_before_a_name(word, cut):
    assert tagger.clitics(word) == cut


def read(*texts: str, chosen: Sequence[Candidate] = ()) -> list[list[list[str]]]:
    """Features of the lines of an article, in the first of which the rules chose so."""
    lines = [bare(text) for text in texts]
    lines[0].chosen = chosen
    return list(tagger.features(lines))


def test_features_are_the_same_each_time_and_know_both_neighbours():
    [first] = read("وصل سامح القرنفلي أمس.")
    assert [first] == read("وصل سامح القرنفلي أمس.")
    assert len(first) == 5
    assert {"w=سامح", "-w=وصل", "+w=القرنفلي", "g=--", "r=-"} <= set(first[1])
    assert {"-m=edge"} <= set(first[0])
    assert {"+m=edge", "m=."} <= set(first[-1])


def test_features_tell_what_the_rules_found():
    [found] = read("وصل سامح القرنفلي أمس", chosen=[Candidate(1, 3, 0, "PER", None, "rule", 0.8)])
    assert [next(f for f in token if f.startswith("r=")) for token in found] == ["r=-", "r=BP", "r=IP", "r=-"]
    assert "rr=-BPIP" in found[1]


def test_features_tell_what_the_rest_of_the_article_says_of_a_word():
    person = Candidate(1, 3, 0, "PER", None, "rule", 0.8)
    first, second = read("وصل سامح القرنفلي أمس", "قال القرنفلي، وعاد الوزير القرنفلي", chosen=[person])
    assert "d1" in first[0]  # stands there once
    assert {"dr=O", "dV", "dT", "dG"} <= set(first[2])  # no name elsewhere, but behind speech and a title
    assert {"dr=IP", "dV", "dT", "dG"} <= set(second[1])
    assert not {"d1", "dr=O", "dr=IP"} & set(second[2])  # a mark


@pytest.mark.parametrize("text", ["", "\ud800\udfff \ud800", "؟!…«»", "12 345 ٦٧", "\u0000\u202e", "the press writes"])
def test_text_without_names_gives_none(text):
    assert extract(text) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80) | st.text(alphabet="الونبدخسكمر .،\n\ud800'\\:", max_size=200))
def test_whatever_the_text_spans_are_of_it(text):
    for m in extract(text):
        assert text[m.start : m.end] == m.text != ""


def test_a_line_without_end_takes_linear_time():
    text = "كاف ميم زين " * 10_000
    line = bare(text)
    start = time.process_time()
    found(line)
    assert time.process_time() - start < 10


def test_several_threads_find_what_one_finds() -> None:
    names = ("هاغوب بزديكيان", "نورستان جلبايفا", "سيرغو تشاكفادزه")
    texts = [f"قال {name} إن الاجتماع تأجل إلى الغد." for name in names] * 30

    lines = [bare(text) for text in texts]
    alone = [found(line) for line in lines]
    assert any(alone)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found, lines)) == alone
