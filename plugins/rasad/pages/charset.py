"""The charset of a page, and its text.

Order: BOM, HTTP header, `<meta>`, strict UTF-8, then a guess among the charsets of Arabic. A declaration counts only
where the bytes bear it out: sites declare UTF-8 and send windows-1256, and the other way round. So UTF-8 is tried
before what is declared: letters that are all valid UTF-8 pairs do not come about by chance.
"""

from __future__ import annotations

import codecs
import re

import chardet

from rasad.arabic import mojibake
from rasad.model import Page

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""(?i)<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})""")
_HEADER = re.compile(r"""(?i)charset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})""")
_PRESCAN = 16_384  # bytes; the HTML standard looks at 1,024, but templates put scripts before the charset

_ARABIC = ("cp1256", "iso8859-6")
# Servers add Latin-1 by default; no Arabic page is in it.
_LATIN = frozenset(("ascii", "iso8859-1", "cp1252", "iso8859-15"))
_ALIASES = {"asmo-708": "iso8859-6", "iso-8859-6-i": "iso8859-6", "utf8mb4": "utf-8", "x-mac-arabic": "mac-arabic"}
# A page cut in the middle of a letter, or with a few words of another charset pasted in, is still UTF-8.
_BAD_SHARE = 0.02
_HIGH = re.compile(rb"[\x80-\xff][\x80-\xff \r\n]*")
_SAMPLE = 20_000  # bytes of letters that settle a guess
_LEAST_ARTICLES = 5


def decode(page: Page) -> tuple[str, str]:
    """(text, Python's name of the charset). Never fails: what no charset explains becomes U+FFFD."""
    content_type = next((value for name, value in page.headers if name == "content-type"), "")
    text, charset = _decoded(page.body, content_type)
    return mojibake.mend(text), charset


def _decoded(body: bytes, content_type: str) -> tuple[str, str]:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace"), name
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    letters = len(text) - len(text.encode("ascii", "ignore")) - bad
    if bad == 0 or (letters and bad <= max(1, _BAD_SHARE * letters)):
        return text, "utf-8"
    declared = _HEADER.findall(content_type) + [m.decode("ascii") for m in _DECLARED.findall(body[:_PRESCAN])]
    sample = b" ".join(_HIGH.findall(body))[:_SAMPLE]
    for charset in filter(None, map(_known, declared)):
        try:
            text = body.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset not in _ARABIC or not _contradicted(sample, charset):
            return text, charset
    charset = _guess(sample)
    return body.decode(charset, "replace"), charset


def _known(name: str) -> str | None:
    """Python's name of a one-byte charset that an Arabic page can be in."""
    name = _ALIASES.get(name.lower(), name)
    try:
        found = codecs.lookup(name)
        "".encode(name)  # refuses what is no text encoding (base64, rot13)
    except (LookupError, ValueError):
        return None
    return None if found.name in _LATIN or found.name.startswith("utf") else found.name


def _guess(sample: bytes) -> str:
    found = chardet.detect(sample, include_encodings=_ARABIC, no_match_encoding=_ARABIC[0], compat_names=False)
    charset = found["encoding"] if found["encoding"] in _ARABIC else _ARABIC[0]
    return next((other for other in _ARABIC if other != charset and _contradicted(sample, charset)), charset)


def _contradicted(sample: bytes, charset: str) -> bool:
    """Whether another Arabic charset finds the article ال, every fifth word of any text, and this one does not.

    windows-1256 and ISO-8859-6 share the place of ا but not that of ل.
    """
    counts = {name: sample.count("ال".encode(name)) for name in _ARABIC}
    return max(counts.values()) >= max(_LEAST_ARTICLES, 4 * counts[charset])
