"""UTF-8 that was read as a one-byte charset: Ø§Ù„Ù…Ø¯ÙŠÙ†Ø© is المدينة. Mended only where that is certain."""

from __future__ import annotations

import re

# Arabic letters of UTF-8 are D8 to DB and a byte of 80 to BF. Read as windows-1252 they are Ø to Û and a Latin sign,
# as windows-1256 ط to غ and a sign or a letter that Arabic does not use. Four letters in a row are no accident.
_MIN_LETTERS = 4
# The five bytes that windows-1252 leaves undefined come through as C1 controls.
_BYTES = {
    codec: {bytes([byte]).decode(codec, "ignore") or chr(byte): byte for byte in range(256)}
    for codec in ("cp1252", "cp1256")
}
_SECONDS = {codec: "".join(c for c, byte in table.items() if 0x80 <= byte < 0xC0) for codec, table in _BYTES.items()}
_BROKEN = tuple(
    (
        _BYTES[codec],
        re.compile(rf"(?:[{firsts}][{re.escape(_SECONDS[codec])}][ -~\n]{{0,2}}){{{_MIN_LETTERS},}}"),
        ["ا".encode().decode(codec), "ل".encode().decode(codec)],  # no text does without both, and looking is quick
    )
    for codec, firsts in (("cp1252", "ØÙÚÛ"), ("cp1256", "طظعغ"))
)


def runs(text: str) -> list[tuple[int, int, str]]:
    """(start, end, what was meant) of every broken run, ascending and disjoint; linear time."""
    found: list[tuple[int, int, str]] = []
    for table, pattern, signs in _BROKEN:
        if not any(sign in text for sign in signs):
            continue
        for m in pattern.finditer(text):
            broken = m[0].rstrip()
            try:
                meant = bytes(table[c] for c in broken).decode("utf-8")
            except (KeyError, UnicodeDecodeError):
                continue
            found.append((m.start(), m.start() + len(broken), meant))
        if found:
            break  # a text is broken in one way; a second reading could overlap the first
    return found


def mend(text: str) -> str:
    """`text` with every broken run as it was meant."""
    out: list[str] = []
    at = 0
    for start, end, meant in runs(text):
        out += (text[at:start], meant)
        at = end
    return "".join(out) + text[at:]
