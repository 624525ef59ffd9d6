"""A model of one's own beside the rules. Run by test_transformer.py in an environment that has torch and transformers.

The model is made here: two layers that learn some invented names in a handful of invented sentences, so that it really
finds them. Every sentence was written for these tests.
"""

from __future__ import annotations

import io
import itertools
import json
import random
import socket
import sys
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

from rasad import facts
from rasad.__main__ import main
from rasad.facts import transformer
from rasad.facts.backend import label
from rasad.facts.passage import Passage
from rasad.model import Article, ReadArticle
from rasad.settings import Settings, SettingsError
from rasad.stages import landing
from rasad.stages.extract import extract

NAMES = {
    "PERS": ["هندريك فانديرسلوت", "ميلوش برانتشيتش", "ماسيمو ريفيلينو", "فرانك ديلاكروا"],
    "GPE": ["غورنفال", "تيلماروس", "كاستروفيا", "نوفالسك"],
    "ORG": ["تيكسورا", "غلوبارو", "مينيرفون", "أوركاليس"],
}
TEMPLATES = [
    "التقى {PERS} مع الوفد مساء أمس",
    "كما شارك {PERS} في العرض الأخير و{PERS} أيضا",
    "وصلت القافلة من {GPE} بعد يومين",
    "هطلت الأمطار على {GPE} و{GPE} طوال الليل",
    "باعت {ORG} أسهمها بسعر أعلى",
    "كتب {PERS} من {GPE} أن {ORG} ستغلق أبوابها",
    "لم يحدث شيء يذكر في ذلك اليوم الطويل",
    "ارتفعت الأسعار 12 مرة، ثم هبطت.",
]
LABELS = ["O", *(f"{side}-{name}" for name in NAMES for side in "BI"), "B-MISC"]


def marked(dice: random.Random) -> tuple[list[str], list[str]]:
    """A sentence: its words and their labels. A clitic stays with its word, as in the corpora models learn from."""
    words: list[str] = []
    labels: list[str] = []
    for part in dice.choice(TEMPLATES).split():
        clitic, _, rest = part.partition("{")
        if not rest:
            words.append(part)
            labels.append("O")
            continue
        kind = rest.rstrip("}")
        for i, word in enumerate(dice.choice(NAMES[kind]).split()):
            words.append(clitic + word if i == 0 else word)
            labels.append(("I-" if i else "B-") + kind)
    return words, labels


def train(folder, *, positions=512, labels=LABELS):
    """A tiny BERT that has learnt the names above, as `save_pretrained` leaves it in a folder."""
    torch.set_num_threads(1)  # other tests run beside it
    torch.manual_seed(7)
    dice = random.Random(7)
    sentences = [marked(dice) for _ in range(300)]
    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer = normalizers.NFC()
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    raw.train_from_iterator(
        [" ".join(words) for words, _ in sentences], trainers.WordPieceTrainer(vocab_size=320, special_tokens=special)
    )
    raw.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(t, raw.token_to_id(t)) for t in ("[CLS]", "[SEP]")]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=positions,
    )  # fmt: skip
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=48,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=96,
            max_position_embeddings=positions,
            num_labels=len(LABELS),
            id2label=dict(enumerate(labels)),
            label2id={name: i for i, name in enumerate(labels)},
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    for _ in range(6):
        dice.shuffle(sentences)
        for batch in itertools.zip_longest(*[iter(sentences)] * 20):
            given = tokenizer(
                [words for words, _ in batch], is_split_into_words=True, padding=True, return_tensors="pt"
            )
            target = torch.full_like(given["input_ids"], -100)
            for row, (_, names) in enumerate(batch):
                for place, word in enumerate(given.word_ids(row)):
                    if word is not None:
                        target[row, place] = LABELS.index(names[word])
            model(**given, labels=target).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return train(tmp_path_factory.mktemp("models") / "tiny-ner")


@pytest.fixture(scope="session")
def ner(folder):
    with pytest.MonkeyPatch.context() as patch:  # whoever would download would open a connection
        patch.setattr(socket.socket, "connect", lambda *args: pytest.fail("it opened a connection"))
        patch.setattr(socket, "getaddrinfo", lambda *args, **more: pytest.fail("it asked for an address"))
        return transformer.load(folder)


def lines_of(*texts):
    """Lines of which neither lexicon nor rules know anything."""
    return [SimpleNamespace(tokens=Passage.of("body", text).tokens, matches=(), chosen=()) for text in texts]


def found(ner, *texts):
    """Of each text its names: type, and the words with the clitics cut off."""
    lines = lines_of(*texts)
    out = []
    for line, text, names in zip(lines, texts, ner.candidates(lines), strict=True):
        out.append([(c.type, text[line.tokens[c.start].start + c.cut : line.tokens[c.end - 1].end]) for c in names])
    return out


def test_it_finds_what_it_has_learnt_in_sentences_that_it_has_not_seen(ner):
    assert found(
        ner,
        "هطلت الأمطار على كاستروفيا، ثم التقى ميلوش برانتشيتش مع الوفد",
        "كتب فرانك ديلاكروا من نوفالسك أن غلوبارو ستغلق أبوابها",
        "لم يحدث شيء يذكر في ذلك اليوم الطويل",
    ) == [
        [("LOC", "كاستروفيا"), ("PER", "ميلوش برانتشيتش")],
        [("PER", "فرانك ديلاكروا"), ("LOC", "نوفالسك"), ("ORG", "غلوبارو")],
        [],
    ]


def test_clitics_stay_outside(ner):
    assert found(ner, "هطلت الأمطار على غورنفال وتيلماروس طوال الليل") == [[("LOC", "غورنفال"), ("LOC", "تيلماروس")]]


def test_vowel_marks_do_not_hide_a_name_and_offsets_count_them(ner):
    text = "وصلت القافلة من غُورنفَال بعد يومين"
    assert found(ner, text) == [[("LOC", "غُورنفَال")]]


def test_a_name_far_into_a_line_is_found_as_one_at_its_beginning(ner):
    filler = "لم يحدث شيء يذكر في ذلك اليوم الطويل " * 200
    names = [("PER", "هندريك فانديرسلوت"), ("LOC", "غورنفال"), ("ORG", "تيكسورا")]
    text = "كتب هندريك فانديرسلوت من غورنفال أن تيكسورا ستغلق أبوابها "
    assert found(ner, text + filler + text, filler + text) == [names * 2, names]


def test_whatever_the_window_every_name_is_found_once(ner, monkeypatch):
    names = [("PER", "ماسيمو ريفيلينو"), ("LOC", "كاستروفيا"), ("ORG", "مينيرفون")]
    text = "كتب ماسيمو ريفيلينو من كاستروفيا أن مينيرفون ستغلق أبوابها. " * 40
    assert found(ner, text) == [names * 40]
    for pieces in (40, 61, 100):
        monkeypatch.setattr(ner, "_pieces", pieces)
        monkeypatch.setattr(ner, "_overlap", pieces // 2)
        assert found(ner, text) == [names * 40]


def test_batches_change_nothing_and_are_no_larger_than_told(ner, monkeypatch):
    dice = random.Random(3)
    texts = [" ".join(marked(dice)[0]) for _ in range(50)]
    together = found(ner, *texts)
    asked = []
    ask = ner._ask
    monkeypatch.setattr(ner, "_ask", lambda batch: asked.append(len(batch)) or ask(batch))
    assert found(ner, *texts) == together
    assert max(asked) == transformer.BATCH
    assert [one for text in texts for one in found(ner, text)] == together


def test_what_the_rules_took_stays_theirs(ner):
    (line,) = lines_of("كتب فرانك ديلاكروا من نوفالسك أن غلوبارو ستغلق أبوابها")
    line.chosen = (SimpleNamespace(start=2, end=3),)
    ((*names,),) = ner.candidates([line])
    assert [c.type for c in names] == ["LOC", "ORG"]


def test_its_names_are_mentions_with_its_own_name_and_version(ner, folder, tmp_path):
    text = "هطلت الأمطار على نوفالسك طوال الليل.\nباعت غلوبارو أسهمها بسعر أعلى.\n3/3/2026\n"
    article = Article("https://a.example/1", None, text, "2026-03-04")
    own = [m for m in facts.read(article, ner)["entity"] if m.source == "model"]
    assert [(m.type, m.text, text[m.start : m.end]) for m in own] == [
        ("LOC", "نوفالسك", "نوفالسك"), ("ORG", "غلوبارو", "غلوبارو"),
    ]  # fmt: skip
    settings = Settings(tmp_path, (tmp_path / "landing").as_uri(), ner_model=folder)
    work = landing.Work(source="nahar", run="run")
    work["file"] = landing.put_lines(
        settings.landing, work, "articles", [landing.article_line(ReadArticle(article, (), article.url))]
    )
    (line,) = landing.get_lines(settings.landing, extract(settings, work)["file"])
    read = landing.read_article(line)
    assert read.backend == label(ner)
    assert label(ner).startswith("transformers 1-tiny-ner-")
    assert {f.backend for f in read.facts if f.kind == "entity"} == {label(ner)}
    assert {f.backend for f in read.facts if f.kind != "entity"} == {None}


def test_the_command_takes_the_model_that_is_set(folder, monkeypatch, capsys):
    row = {"id": 1, "title": None, "text": "باعت غلوبارو أسهمها بسعر أعلى", "published_at": None}
    monkeypatch.setenv("RASAD_NER_MODEL", str(folder))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(row).encode())))
    assert main(["facts"]) == 0
    (out,) = capsys.readouterr().out.splitlines()
    assert [(m["text"], m["source"]) for m in json.loads(out)["entities"]] == [("غلوبارو", "model")]


def test_the_version_is_that_of_the_weights(ner, folder, tmp_path):
    copy = tmp_path / folder.name
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "README.md").write_text("a card")
    assert transformer.load(copy).VERSION == ner.VERSION
    model = BertForTokenClassification.from_pretrained(copy, local_files_only=True)
    with torch.no_grad():
        model.classifier.bias[0] += 1
    model.save_pretrained(copy)
    transformer.load.cache_clear()
    assert transformer.load(copy).VERSION != ner.VERSION


def test_a_model_of_other_labels_or_none_is_refused_in_one_line(folder, tmp_path):
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                        intermediate_size=8, num_labels=3)  # fmt: skip
    BertForTokenClassification(config).save_pretrained(tmp_path / "unnamed")
    tokenizer.save_pretrained(tmp_path / "unnamed")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "empty").mkdir()
    for name, says in (("unnamed", "it has LABEL_0"), ("broken", "cannot be loaded"), ("empty", "holds no model")):
        with pytest.raises(SettingsError, match=says) as failure:
            transformer.load(tmp_path / name)
        assert str(failure.value).startswith("RASAD_NER_MODEL")
        assert "\n" not in str(failure.value)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.characters(), max_size=80) | st.text(alphabet="الونبدخسكمر .،\n\ud800'\\:\u064b", max_size=200)
)
def test_whatever_the_text_its_facts_are_of_it(text):
    ner = next(iter(_LOADED))
    for m in facts.read(Article("https://a.example/1", text[:20], text), ner)["entity"]:
        assert (text[:20] if m.field == "title" else text)[m.start : m.end] == m.text != ""


_LOADED: list[transformer.Transformer] = []


@pytest.fixture(autouse=True)
def _loaded(ner):
    _LOADED[:] = [ner]
