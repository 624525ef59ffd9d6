"""A TCP proxy before Postgres that counts what its clients send, and at a chosen byte does something."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable


class Proxy:
    """Between clients and a port of 127.0.0.1, while the context lasts.

    `sent` counts the bytes of all clients since `arm`; the one that makes them `at` has `happens` called first, and
    all connections reset after it where `cut` is true.
    """

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.arm(None)

    def arm(self, at: int | None, happens: Callable[[], object] = lambda: None, cut: bool = True) -> None:
        with self._lock:
            self.sent, self.done = 0, False
            self._at, self._happens, self._cut = at, happens, cut

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.reset()

    def reset(self) -> None:
        """Every connection ends with RST, on both sides."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = None
        with contextlib.suppress(OSError, ValueError):  # whoever closes the other end says so in one of many ways
            server = socket.create_connection(self._to)
            with self._lock:
                self._open |= {client, server}
            while True:
                for end in select.select([client, server], [], [], 0.5)[0]:
                    part = end.recv(65_536)
                    if not part:
                        return self._end(client, server)
                    if end is client:
                        self._count(len(part))
                    (server if end is client else client).sendall(part)
        return self._end(client, server)

    def _count(self, size: int) -> None:
        with self._lock:
            self.sent += size
            now = self._at is not None and not self.done and self.sent >= self._at
            self.done = self.done or now
        if now:
            self._happens()
            if self._cut:
                self.reset()

    def _end(self, *ends: socket.socket | None) -> None:
        with self._lock:
            self._open -= set(ends)
        for end in ends:
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
