"""Nouns that news counts and measures: their groups, their duals, and what may stand after a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic.calendar import hijri_month, month
from rasad.arabic.text import key
from rasad.arabic.tokens import Token
from rasad.facts import wordlists

Dual = Literal["", "free", "construct", "own"]

# Kin whose dual is counted with its pronoun: لطفليه, his two children. Not ولد: ولديه is "and he has".
_KIN = frozenset({"طفل", "طفلة", "ابن", "ابنة", "بنت", "شقيق", "شقيقة", "نجل", "زوجة"})
_WORDS = wordlists.load("noun_words")
_NO_NOUN, _NO_DUAL = _WORDS["no_noun"], _WORDS["no_dual"]
# Nouns whose first letter is elsewhere a particle or a verb's prefix, by their beginnings.
_FIRST = {"و": tuple(_WORDS["waw"]), "ي": tuple(_WORDS["ya"]), "ب": tuple(_WORDS["ba"]), "ل": tuple(_WORDS["lam"])}


@dataclass(frozen=True, slots=True)
class Noun:
    """One form of a noun of the table: its lemma (the group), class, casualty role, and whether the form is a dual."""

    lemma: str
    kind: str  # person, thing, or what it measures: duration, length, area, weight …
    role: str | None = None
    dual: Dual = ""
    plural: bool = False


@lru_cache(maxsize=1)
def _table() -> dict[str, Noun]:
    """Every form of every noun of `data/counted_nouns.tsv`; a plain form goes before a dual of the same spelling."""
    plain: dict[str, Noun] = {}
    duals: dict[str, Noun] = {}
    lines = (Path(__file__).parent / "data" / "counted_nouns.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        lemma, plurals, kind = cells[0], cells[1].split(), cells[2]
        one = Noun(lemma, kind, cells[3] if len(cells) > 3 else None)
        many = replace(one, plural=True)
        stem, sound = key(lemma), "ون" in plurals
        for form in (stem, stem + "ا") if lemma[-1] not in "ةىء" else (stem,):
            plain.setdefault(form, one)
        for plural in plurals:
            for form in [stem + ending for ending in ("ين", "ون", "و", "ي")] if plural == "ون" else [key(plural)]:
                plain.setdefault(form, many)
                if plural != "ون" and plural[-1] not in "ةىءي":
                    plain.setdefault(form + "ا", many)
        if lemma.endswith("ة"):
            plain.setdefault(stem[:-1] + "ات", many)
            stem = stem[:-1] + "ت"
            duals |= dict.fromkeys((stem + "ان", stem + "ين"), replace(one, dual="free"))
            duals |= dict.fromkeys((stem + "ا", stem + "ي"), replace(one, dual="construct"))
        elif len(stem) > 2:
            # سائحين is as much "tourists": where the sound plural is used, only ان is sure to be two.
            duals |= dict.fromkeys([stem + "ان"] if sound else [stem + "ان", stem + "ين"], replace(one, dual="free"))
        if lemma in _KIN:
            duals |= {stem + "ي" + pronoun: replace(one, dual="own") for pronoun in ("ه", "ها", "هم", "هما")}
    return {**{form: found for form, found in duals.items() if form not in _NO_DUAL}, **plain}


@lru_cache(maxsize=65_536)
def noun(word_key: str) -> Noun | None:
    """The noun of the table that a key is a form of, the article ال allowed, clitics not."""
    table = _table()
    found = table.get(word_key)
    if found is None and word_key.startswith("ال") and len(word_key) > 4:
        found = table.get(word_key[2:])
    return found


@lru_cache(maxsize=65_536)
def feminine_dual(word_key: str) -> bool:
    """Whether the ending alone says that a word outside the table is a free feminine dual: ورقتين, رصاصتان."""
    return (
        len(word_key) >= 6
        and word_key.endswith(("تين", "تان"))
        and not word_key.endswith(("ستان", "ستين"))
        and not word_key.startswith(("ال", "ي", "ست", "وال", "بال", "فال", "كال", "لل"))
        and word_key not in _NO_DUAL
        and word_key[1:] not in _NO_DUAL
    )


def group(token: Token) -> str:
    """The group a counted noun belongs to: its lemma; outside the table the word without marks and tanwin alef."""
    found = noun(token.key)
    if found is not None:
        return found.lemma
    text = "".join(c for c in token.text if not "\u064b" <= c <= "\u065f" and c not in "\u0640\u0670")
    if text.endswith("ا") and ("ً" in token.text or (len(text) > 4 and not text.endswith(("اا", "يا")))):
        text = text[:-1]
    return text


@lru_cache(maxsize=65_536)
def counted(word_key: str) -> bool:
    """Whether a word that follows a number can be what it counts: an indefinite noun, as far as its shape tells."""
    if noun(word_key) is not None and not word_key.startswith("ال"):
        return True
    if len(word_key) < 2 or word_key.isascii() or word_key in _NO_NOUN:
        return False
    if word_key.startswith(("ال", "وال", "بال", "كال", "فال", "لل", "ولل", "وبال")):
        return False
    if word_key[0] in _FIRST and not word_key.startswith(_FIRST[word_key[0]]):
        return False
    if word_key[0] in "لبف" and (word_key[1:] in _NO_NOUN or noun(word_key[1:]) is not None):
        return False
    # حصلت, مسارها, قتلوا: a verb, or a noun that something else owns
    if word_key.endswith(("ها", "هم", "هما", "هن", "وا")) or (word_key.endswith("ت") and word_key[-2] != "ا"):
        return False
    if month(word_key) is not None or hijri_month(word_key) is not None:
        return False
    return not word_key.startswith(("سيت", "ستت", "وسي", "وست"))
