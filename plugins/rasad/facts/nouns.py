"""Nouns that news counts and measures: their groups, their duals, and what may stand after a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic import lexicon
from rasad.arabic.calendar import hijri_month, month
from rasad.arabic.numerals import forms
from rasad.arabic.text import CACHED_WORDS, key
from rasad.arabic.tokens import Token
from rasad.facts import wordlists

Dual = Literal["", "free", "construct", "own"]

# Kin whose dual is counted with its pronoun: لطفليه, his two children. Not ولد: ولديه is "and he has".
_KIN = frozenset({"طفل", "طفلة", "ابن", "ابنة", "بنت", "شقيق", "شقيقة", "نجل", "زوجة"})
_WORDS = wordlists.load("noun_words")
_NO_NOUN, _NO_DUAL, _AS_ONE = _WORDS["no_noun"], _WORDS["no_dual"], _WORDS["as_one"]
_PRONOUNS = ("هم", "ها", "هما", "ه")
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
    """Every form of every noun of `data/counted_nouns.tsv`.

    Of forms spelled alike a singular goes before a plural (كتاب, a book and writers), and a plain form before a dual.
    """
    single: dict[str, Noun] = {}
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
            single.setdefault(form, one)
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
    return {**{form: found for form, found in duals.items() if form not in _NO_DUAL}, **plain, **single}


@lru_cache(maxsize=CACHED_WORDS)
def noun(word_key: str) -> Noun | None:
    """The noun of the table that a key is a form of, the article ال allowed, clitics not."""
    table = _table()
    found = table.get(word_key)
    if found is None and word_key.startswith("ال") and len(word_key) > 4:
        found = table.get(word_key[2:])
    return found


def articled(word_key: str) -> bool:
    """Whether a word has the article ال: ألقاب and ألعاب, which begin as if they had, have none."""
    return word_key.startswith("ال") and len(word_key) > 3 and word_key not in _table()


@lru_cache(maxsize=CACHED_WORDS)
def dual_by_ending(word_key: str) -> Literal["sure", "likely", ""]:
    """Whether a word outside the table is a free dual: sure where its singular is a usual noun (زورقين, بقرتين),
    likely where only the feminine ending says so (تمريرتين).

    Usual is what wordfreq's short list has with and without ال. The masculine ending is also that of plurals, of verbs
    and of names, so its singular must not look like one that has a sound plural, and must be commoner than the dual.
    """
    if (
        not word_key.endswith(("ين", "ان"))
        or word_key.startswith(("ال", "ي", "وي", "في", "ست", "وال", "بال", "فال", "كال", "لل"))
        or word_key in _NO_DUAL
        or word_key[1:] in _NO_DUAL
    ):
        return ""
    stem = word_key[:-2]
    if stem.endswith("ت"):
        if len(word_key) < 6 or stem.endswith("ست"):
            return ""
        if word_key[0] == "م" and word_key.endswith("ان") and lexicon.commonness(stem[:-1]) is not None:
            return ""  # a predicate rather: القدمان مقيدتان
        return "sure" if _usual(stem[:-1] + "ه") or _usual(stem) else "likely"
    return "sure" if _masculine_dual(word_key, stem) else ""


def _usual(singular: str) -> bool:
    return lexicon.commonness(singular) is not None and lexicon.commonness("ال" + singular) is not None


def _masculine_dual(word_key: str, stem: str) -> bool:
    own, one, article = (lexicon.commonness(form) for form in (word_key, stem, "ال" + stem))
    # Of three letters as many are names: ديرين, سورين
    if len(stem) < 4 or stem[-1] == "ي" or one is None or article is None:
        return False
    if (own is not None and own < one + 30) or stem in lexicon.given_names() or stem in lexicon.common_given_names():
        return False
    # معلمون, المعلمين: of persons ين is the plural
    if any(lexicon.commonness(form) for form in (stem + "ون", "ال" + stem + "ون", "ال" + stem + "ين", stem + "وا")):
        return False
    feminine = lexicon.commonness(stem + "ه")
    if feminine is not None and (stem[0] == "م" or feminine < one + 70):
        return False  # adjectives and participles: جديدين, مخضرمين
    if stem[0] == "م" and lexicon.commonness(stem + "ات") is None:
        return False  # مستغربين
    if len(stem) == 4 and stem[1] == "ا":
        return False  # participles: سائلين, فائزين
    return word_key.endswith("ين") or (own is None and word_key[0] != "ت")  # تشكلان is a verb


@lru_cache(maxsize=CACHED_WORDS)
def single(word_key: str, *, feminine: bool) -> tuple[Noun | None, int] | None:
    """The noun that واحد (or واحدة) behind it counts: (the noun where the table has it, letters cut), or None.

    None where the two do not agree in gender, and where they say "one and the same" (من منطلق واحد, كفريق واحد).
    """
    found: tuple[Noun | None, int] | None = None
    for rest, cut in forms(word_key):
        if rest in _AS_ONE or (cut and word_key[cut - 1] == "ك"):
            return None
        known = None if rest.startswith("ال") else noun(rest)
        if known is not None and found is None:
            found = None if known.plural or known.dual else (known, cut)
    if found is None:
        rest, cut = next(((r, c) for r, c in forms(word_key) if _usual(r) and counted(r)), (word_key, 0))
        if not counted(rest) or len(rest) < 3 or rest.endswith(("ين", "ون", "ات")):
            return None
        found = None, cut
    rest = word_key[found[1] :]
    agrees = feminine == (rest.endswith("ه") or rest in _WORDS["feminine"])
    return found if agrees or rest in _WORDS["either_gender"] else None


def adjective_behind(word_key: str, before: str) -> bool:
    """Whether a word behind another is rather its adjective: علامة رمادية, محيط سعودي."""
    if before.startswith("ال"):
        return False
    if word_key.endswith(("ي", "يه", "يا")) and (word_key[-1] != "ا" or noun(word_key) is None):
        return any(counted(rest) for rest, _ in forms(before))
    known = noun(before)
    return noun(word_key) is None and (before.endswith("ه") if known is None else not known.plural)


def one_and_the_same(word_key: str) -> bool:
    """Whether what واحد follows is said of all together: على قلب رجل واحد."""
    return word_key in _AS_ONE


def plural(word_key: str) -> bool:
    """Whether a word is a plural of the table."""
    known = noun(word_key)
    return known is not None and known.plural


@lru_cache(maxsize=CACHED_WORDS)
def own_people(word_key: str) -> Noun | None:
    """The plural of persons that a word with a pronoun is: زملائهم, جيرانها, عناصره."""
    for pronoun in _PRONOUNS:
        if word_key.endswith(pronoun):
            rest = word_key[: -len(pronoun)]
            for form in (rest, rest[:-1] + "ء" if rest[-1:] in ("ي", "و") else rest):
                known = noun(form)
                if known is not None and known.plural and known.kind == "person":
                    return known
    return None


def group(token: Token) -> str:
    """The group a counted noun belongs to: its lemma; outside the table the word without marks and tanwin alef."""
    found = noun(token.key)
    if found is not None:
        return found.lemma
    text = "".join(c for c in token.text if not "\u064b" <= c <= "\u065f" and c not in "\u0640\u0670")
    if text.endswith("ا") and ("ً" in token.text or (len(text) > 4 and not text.endswith(("اا", "يا")))):
        text = text[:-1]
    return text


def _whole(word_key: str) -> bool:
    """Whether a first و, ب or ل is part of a usual word, since no word is left without it: وعول, بلاغات."""
    usual = lexicon.commonness(word_key) is not None
    return word_key[0] != "ي" and usual and lexicon.commonness(word_key[1:]) is None


@lru_cache(maxsize=CACHED_WORDS)
def counted(word_key: str) -> bool:
    """Whether a word that follows a number can be what it counts: an indefinite noun, as far as its shape tells."""
    if noun(word_key) is not None and not articled(word_key):
        return True
    if len(word_key) < 2 or word_key.isascii() or word_key in _NO_NOUN:
        return False
    if word_key.startswith(("ال", "وال", "بال", "كال", "فال", "لل", "ولل", "وبال")):
        return False
    if word_key[0] in _FIRST and not word_key.startswith(_FIRST[word_key[0]]) and not _whole(word_key):
        return False
    if word_key[0] in "لبف" and (word_key[1:] in _NO_NOUN or noun(word_key[1:]) is not None):
        return False
    # حصلت, مسارها, قتلوا: a verb, or a noun that something else owns
    if word_key.endswith(("ها", "هم", "هما", "هن", "وا")) or (word_key.endswith("ت") and word_key[-2] != "ا"):
        return False
    if month(word_key) is not None or hijri_month(word_key) is not None:
        return False
    return not word_key.startswith(("سيت", "ستت", "وسي", "وست"))
