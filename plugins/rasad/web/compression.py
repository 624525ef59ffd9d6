"""Undo gzip and deflate with a bound on what comes out: a bomb of kilobytes may hold gigabytes."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 4096  # bytes


class TooLarge(ValueError):
    """More bytes come out than allowed."""


class BadEncoding(ValueError):
    """The bytes are not what their encoding says, or the encoding is not one we read."""


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its Content-Encoding: gzip, deflate, or several of them in a list (applied first to last).

    A body that plainly is not compressed comes back as it is: servers and archives label wrongly. Raises TooLarge
    past `limit` bytes, BadEncoding for anything else that cannot be undone.
    """
    names = [n for n in (part.strip().lower() for part in encoding.split(",")) if n and n not in ("identity", "none")]
    if len(names) > 3:
        raise BadEncoding(f"{len(names)} encodings one over the other")
    for name in reversed(names):
        if name in ("gzip", "x-gzip"):
            body = gunzipped(body, limit) if body.startswith(GZIP_MAGIC) else body
        elif name == "deflate":
            body = _inflated(body, limit)
        elif name in ("utf-8", "utf8", "binary", "text", "8bit"):  # a charset in the wrong header
            continue
        else:
            raise BadEncoding(f"content encoding {name[:40]!r} is not read; gzip and deflate are")
    return body


def gunzipped(body: bytes, limit: int) -> bytes:
    """All gzip members one after another; bytes after the last one are ignored, as gzip does with padding."""
    out: list[bytes] = []
    size = at = 0
    while body.startswith(GZIP_MAGIC, at):
        member, at = _one(body, at, 16 + zlib.MAX_WBITS, limit - size)
        out.append(member)
        size += len(member)
    return b"".join(out)


def _inflated(body: bytes, limit: int) -> bytes:
    if not body:
        return body
    try:
        return _one(body, 0, zlib.MAX_WBITS, limit)[0]
    except BadEncoding:
        return _one(body, 0, -zlib.MAX_WBITS, limit)[0]  # servers that send the bare stream, as many did


def _one(body: bytes, start: int, wbits: int, limit: int) -> tuple[bytes, int]:
    """What the stream that begins at `start` holds, and where it ends.

    It is fed by the piece: zlib copies whatever follows a stream, and of half a million empty members in one body that
    would be terabytes.
    """
    machine = zlib.decompressobj(wbits)
    out: list[bytes] = []
    size, at = 0, start
    while not machine.eof:
        piece = body[at : at + _PIECE]
        if not piece:
            raise BadEncoding("compressed bytes end too early")
        at += len(piece)
        try:
            out.append(machine.decompress(piece, max(limit - size, 0) + 1))
        except zlib.error as error:
            raise BadEncoding(f"compressed bytes are damaged ({error})") from None
        size += len(out[-1])
        if size > limit:
            raise TooLarge(f"more than {limit:,} bytes once decompressed")
    return b"".join(out), at - len(machine.unused_data)
