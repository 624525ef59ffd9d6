"""Two publishers of the sample newsroom with a handful of articles, which answer as badly as they are told to."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from tests.newsroom import server
from tests.newsroom.articles import Article, articles
from tests.newsroom.publishers import BY_ID, Publisher
from tests.newsroom.render import link
from tests.newsroom.stream import CORRECTION

SOURCES = ("atlas", "shiraa")
SHOWN = 4  # articles of a publisher in the first edition
EDITIONS = (1, 2)

# What a publisher does instead of answering: it has the handler's connection, the answer as it would be, and `over`,
# which is set when nobody waits any more.
Misdeed = Callable[[socket.socket, bytes, threading.Event], None]


class Press(server.Newsroom):
    """Open while the context lasts. `misdeed` decides about each request of a stage: None answers it as it is."""

    def __init__(self, sources_dir: Path) -> None:
        super().__init__(sources_dir=sources_dir, publishers=tuple(BY_ID[name] for name in SOURCES))
        self.over = threading.Event()
        self._drawn: dict[tuple[str, int], Mapping[str, server.Answer]] = {}
        self.behave()

    def __enter__(self) -> Press:
        super().__enter__()
        for path in Path(self.sources_dir).glob("*.yaml"):  # nobody is spared here, and nobody waits
            path.write_text(
                yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | {"delay": 0}, allow_unicode=True),
                encoding="utf-8",
            )
        return self

    def behave(self) -> None:
        """Answer everything, as soon as it is asked for."""
        self.over.set()
        self.over = threading.Event()
        self.count, self.misdeed = 0, lambda number: None

    def announced_now(self) -> list[str]:
        """The addresses that the feeds name."""
        return [link(one, self.origins[name]) for name in SOURCES for one in self.shown(BY_ID[name])]

    def shown(self, publisher: Publisher) -> list[Article]:
        """The first edition lacks the newest article; in the second one article is corrected and one withdrawn."""
        own = [one for one in articles(1) if one.publisher == publisher.id and one.language == "ar"][: SHOWN + 1]
        if self.edition == 1:
            return own[1:]
        corrected = dataclasses.replace(
            own[2], paragraphs=(*own[2].paragraphs, CORRECTION.format(number=31, right=84)),
            updated_at=own[0].published_at,
        )  # fmt: skip
        return [own[0], own[1], corrected, *own[3:-1], dataclasses.replace(own[-1], status=410)]

    def answers(self, publisher: Publisher) -> Mapping[str, server.Answer]:
        now = publisher.id, self.edition
        if now not in self._drawn:
            drawn = server.drawn(publisher, self.shown(publisher), self.origins[publisher.id])
            self._drawn[now] = {path: dataclasses.replace(answer, fails_first=None) for path, answer in drawn.items()}
        return self._drawn[now]

    def respond(self, connection: socket.socket, answer: bytes) -> bool:
        """Whether the publisher misbehaved instead of answering."""
        with self._lock:
            self.count += 1
            misdeed, over = self.misdeed(self.count), self.over
        if misdeed is None:
            return False
        with contextlib.suppress(OSError):
            misdeed(connection, answer, over)
        return True


def reset(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def reset_midway(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(answer[: len(answer) * 2 // 3])
    time.sleep(0.05)  # so that something of it arrives
    reset(connection, answer, over)


def closed_midway(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(answer[: len(answer) * 2 // 3])
    connection.shutdown(socket.SHUT_RDWR)


def half_open(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    """The connection stands, and nothing ever comes."""
    over.wait(60)
    connection.shutdown(socket.SHUT_RDWR)


def stalling(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(answer[: len(answer) // 2])
    half_open(connection, answer, over)


def dripping(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    """A byte now and then: never silent for long, and never done."""
    for place in range(len(answer)):
        connection.sendall(answer[place : place + 1])
        if over.wait(0.2):
            break
    connection.shutdown(socket.SHUT_RDWR)


def babbling(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(b"\x16\x03\x01 what is HTTP?\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def busy(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    connection.shutdown(socket.SHUT_RDWR)


def failing(connection: socket.socket, answer: bytes, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops")
    connection.shutdown(socket.SHUT_RDWR)
