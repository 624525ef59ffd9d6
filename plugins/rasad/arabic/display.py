"""The text a reader sees: what is invisible or broken in the extracted text is mended, and can be undone exactly.

Dropped: directional and zero-width controls, BOM, tatweel. Composed: presentation forms, hamza and madda apart from
their letter. Mended: no-break and doubled spaces, blank lines, UTF-8 read as a one-byte charset, sure glued words.
Kept as written: digits, hamza, ة, ى, vowel marks, quotation marks, line breaks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from rasad.arabic import mojibake
from rasad.arabic.spelling import lost_spaces
from rasad.model import TextEdit

# C0 and C1 (line ends are spaces, below), soft hyphen, Arabic letter mark, zero-width and directional controls,
# invisible operators, BOM, interlinear marks, noncharacters, lone surrogates.
_CONTROL = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
)
_TATWEEL = "\u0640"
# Without the ornate parentheses, which are marks of their own, and without ﷼ and ﷽, which are read as signs.
_FORMS = "\ufb50-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc"
_ODD_SPACE = r"\t\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LINE_END = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARK_APART = "\u0653-\u0655"  # madda, hamza above, hamza below

_ODD = f"{_CONTROL}{_TATWEEL}{_FORMS}{_ODD_SPACE}{_MARK_APART}"
# What may need mending, with the plain spaces around it: single plain spaces and line ends do not.
_SUSPECT = re.compile(
    rf"[اويهہے\u06d5][{_CONTROL}{_TATWEEL}]*[{_MARK_APART}][{_ODD} \n]*"
    rf"|[ \n]{{2,}}[{_ODD} \n]*|[ \n]?[{_ODD}][{_ODD} \n]*|\A[ \n]|[ \n]\Z"
)
_DROP = re.compile(f"[{_CONTROL}]")
_FORM = re.compile(f"[{_FORMS}]+")
_SPACE = re.compile(r"\s+")
_REASONS = (
    ("presentation_form", re.compile(f"[{_FORMS}{_MARK_APART}]")),
    ("control", _DROP),
    ("tatweel", re.compile(_TATWEEL)),
)


def clean(text: str) -> tuple[str, tuple[TextEdit, ...]]:
    """The cleaned text, and the edits by which `restore` gives `text` back; linear time."""
    out: list[str] = []
    edits: list[TextEdit] = []
    length = at = 0
    for start, end, after, why in _mends(text):
        kept = text[at:start]
        out += (kept, after)
        length += len(kept)
        edits.append(TextEdit(length, text[start:end], after, why))
        length += len(after)
        at = end
    out.append(text[at:])
    return _part("".join(out), edits)


def restore(text: str, edits: tuple[TextEdit, ...]) -> str:
    """What `clean` was given."""
    pieces: list[str] = []
    end = len(text)
    for edit in reversed(edits):
        pieces += (text[edit.start + len(edit.after) : end], edit.before)
        end = edit.start
    pieces.append(text[:end])
    return "".join(reversed(pieces))


def _mends(text: str) -> list[tuple[int, int, str, str]]:
    """(start, end, after, why) of every change but lost spaces, ascending and disjoint."""
    mends: list[tuple[int, int, str, str]] = []
    at = 0
    for start, end, meant in mojibake.runs(text):
        mends += _suspects(text, at, start)
        mends.append((start, end, _mended(meant), "mojibake"))
        at = end
    return mends + _suspects(text, at, len(text))


def _suspects(text: str, start: int, end: int) -> list[tuple[int, int, str, str]]:
    mends: list[tuple[int, int, str, str]] = []
    for m in _SUSPECT.finditer(text, start, end):
        before = m[0]
        after = _mended(before)
        if m.start() == 0:
            after = after.lstrip()
        if m.end() == len(text):
            after = after.rstrip()
        if after != before:
            mends.append((m.start(), m.end(), after, _why(before)))
    return mends


def _mended(run: str) -> str:
    run = _DROP.sub("", run).replace(_TATWEEL, "")
    run = _FORM.sub(_composed, run)
    run = unicodedata.normalize("NFC", run) if re.search(f"[{_MARK_APART}]", run) else run
    return _SPACE.sub(lambda m: "\n" if _LINE_END.search(m[0]) else " ", run)


def _composed(forms: re.Match[str]) -> str:
    # A vowel mark that stands alone decomposes to a space or a tatweel, and the mark.
    return "".join(unicodedata.normalize("NFKC", c).replace(_TATWEEL, "").lstrip() for c in forms[0])


def _part(text: str, edits: list[TextEdit]) -> tuple[str, tuple[TextEdit, ...]]:
    """Put lost spaces back, except inside what was just mended (a space there would break the way back)."""
    out: list[str] = []
    placed: list[TextEdit] = []
    at = turn = 0
    for lost in lost_spaces(text):
        while turn < len(edits) and edits[turn].start <= lost:
            placed.append(replace(edits[turn], start=edits[turn].start + len(out) // 2))
            turn += 1
        if turn and edits[turn - 1].start + len(edits[turn - 1].after) > lost:
            continue
        placed.append(TextEdit(lost + len(out) // 2, "", " ", "glued"))
        out += (text[at:lost], " ")
        at = lost
    placed += (replace(edit, start=edit.start + len(out) // 2) for edit in edits[turn:])
    out.append(text[at:])
    return "".join(out), tuple(placed)


def _why(before: str) -> str:
    for why, pattern in _REASONS:
        if pattern.search(before):
            return why
    return "space"
