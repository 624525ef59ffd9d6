"""The language of a text: Arabic, or one of those that share its letters.

Decided on text, not on what the page claims: Arabic pages say en_US and Persian ones ar.
"""

from __future__ import annotations

import re

import py3langid

_SAMPLE = 4_000  # characters from the start
_LETTER = re.compile(r"[^\W\d_]")
_ARABIC_SCRIPT = re.compile(r"[\u0621-\u063a\u0641-\u064a\u0671-\u06d3\u06d5\u06fa-\u06ff\ufb50-\ufdfb\ufe70-\ufefc]")
_LEAST_SCRIPT = 0.35  # share of letters: a post about software or football quotes many Latin names
# Letters that Persian, Urdu, Kurdish, Pashto, Sindhi and Uyghur have and Arabic does not. ی and ک are left out, since
# foreign keyboards type Arabic with them; names from abroad bring some of the others.
_FOREIGN = re.compile(r"[پچژگٹڈڑںےہھټډړښږځڅېۍڕڵۆێەۇۈۋڭڻڪ]")
_MOST_FOREIGN = 0.01
_WORD = re.compile(r"\w+")
_WITH_ARTICLE = re.compile(r"\b[وف]?(?:[بك]?ال|لل)\w\w")
_LEAST_WITH_ARTICLE = 0.08  # share of words: newspaper Arabic has 0.2 to 0.4, Persian and Urdu under 0.03
_DIALECTS = frozenset(("arz", "ary", "apc", "ajp", "acm", "aeb", "ars", "arq", "shu"))
_SAME_SCRIPT = (
    frozenset(("ar", "fa", "ur", "ps", "ug", "sd", "ku", "ckb", "sdh", "azb", "uzs", "glk", "mzn", "pnb")) | _DIALECTS
)


def decide(text: str) -> str | None:
    """ISO 639 code of `text`, ar for all of Arabic's dialects; None where there are no letters to tell by."""
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    if not letters:
        return None
    script = len(_ARABIC_SCRIPT.findall(sample))
    if script < _LEAST_SCRIPT * letters:
        return str(py3langid.classify(sample)[0])
    few_foreign = len(_FOREIGN.findall(sample)) <= _MOST_FOREIGN * script
    articles, words = len(_WITH_ARTICLE.findall(sample)), len(_WORD.findall(sample))
    if few_foreign and articles >= _LEAST_WITH_ARTICLE * words:
        return "ar"
    found = next(str(code) for code, _ in py3langid.rank(sample) if code in _SAME_SCRIPT)
    return "ar" if found in _DIALECTS else found
