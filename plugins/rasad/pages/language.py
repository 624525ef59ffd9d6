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
_ARABIC = _DIALECTS | {"ar"}
_KURDISH = frozenset(("ku", "sdh"))  # in Arabic letters it is Sorani, whichever of them is guessed
# The commonest words of Persian, in both spellings; Arabic has none of them.
_PERSIAN = re.compile(r"\b(?:در|از|که|كه|این|اين|را|است|شد|شده|برای|براى|براي|با|می|مى|گفت|خود|بود)\b")
_LEAST_PERSIAN = 0.12  # share of words; Persian news has 0.2 to 0.3
_SAME_SCRIPT = (
    frozenset(("ar", "fa", "ur", "ps", "ug", "sd", "ku", "ckb", "sdh", "azb", "uzs", "glk", "mzn", "pnb")) | _DIALECTS
)

# Before a page is parsed. More than a link to an edition in Arabic has, fewer than any article (`pages.LEAST_WORDS`).
_LEAST_LETTERS = 12
_ALL_BYTES = bytes(range(256))
_UTF8_LEADS = bytes(range(0xD8, 0xDC))  # the first bytes of U+0600 to U+06FF, and of nothing else
_ONE_BYTE_LETTERS = bytes(range(0xC0, 0x100))  # where windows-1256 and ISO-8859-6 have them
_WRITTEN_OUT = re.compile(rb"(?i)&#(?:1[56]\d\d|x0?6[0-9a-f]{2});|\\u06[0-9a-f]{2}|\xc3[\x98-\x9b]\xc2|\xef[\xac-\xbb]")
_ARABIC_WORD = re.compile(r"[\u0620-\u06d3\u06d5-\u06dc\u06fa-\u06ff]{2,}")
_MOST_OTHER_ARTICLES = 0.03
_LEAST_OTHER_FOREIGN = 0.02
_LEAST_OTHER_WORDS = 100
_MOST_WORDS = 5_000


def may_be_arabic(body: bytes) -> bool:
    """Whether a page as sent, of any charset, may hold an Arabic article: False only where it has too few letters of
    the script for one. Microseconds, where parsing takes milliseconds: nearly all of a crawl of the world's news is
    told by it."""
    if len(body.translate(None, _UTF8_LEADS)) <= len(body) - _LEAST_LETTERS:
        return True
    if len(_WRITTEN_OUT.findall(body)) >= _LEAST_LETTERS or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if len(body.translate(None, _ONE_BYTE_LETTERS)) > len(body) - _LEAST_LETTERS:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True  # of one byte a letter, or damaged: to be decoded first
    return False


def is_other(body: bytes) -> bool:
    """Whether a page in UTF-8 is plainly of another language of the script: with letters that Arabic has not, and
    nearly without its article. What is near is left to `decide`, which sees the article's own text."""
    words = _ARABIC_WORD.findall(body.decode("utf-8", "ignore"))[:_MOST_WORDS]
    if len(words) < _LEAST_OTHER_WORDS:
        return False
    text = " ".join(words)
    foreign = len(_FOREIGN.findall(text)) >= _LEAST_OTHER_FOREIGN * len(text)
    return foreign and len(_WITH_ARTICLE.findall(text)) < _MOST_OTHER_ARTICLES * len(words)


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
    without = articles < _MOST_OTHER_ARTICLES * words
    if without and len(_PERSIAN.findall(sample)) >= _LEAST_PERSIAN * words:
        return "fa"  # also as typed with ي and ك, which langid takes for Arabic
    others = _SAME_SCRIPT - _ARABIC if without and not few_foreign else _SAME_SCRIPT
    found = next(str(code) for code, _ in py3langid.rank(sample) if code in others)
    return "ar" if found in _DIALECTS else "ckb" if found in _KURDISH else found
