from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest

from rasad.web import addresses
from rasad.web.addresses import AddressRefused

PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
    "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::1", "[::1]", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1",
    "localhost", "LOCALHOST.", "db.localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_addresses_that_are_not_public_are_refused_as_written(host: str) -> None:
    with pytest.raises(AddressRefused, match="refused"):
        addresses.check(host, 80)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "134744072", "2606:4700::1111", "::ffff:8.8.8.8", "example.com", "10.example.com", "0x.example"]
)
def test_public_addresses_and_names_pass(host: str) -> None:
    addresses.check(host, 80)


def test_the_allowed_host_passes_at_its_port_only() -> None:
    allow = frozenset({"127.0.0.1:8080", "[::1]:8080"})
    addresses.check("127.0.0.1", 8080, allow)
    addresses.check("::1", 8080, allow)
    with pytest.raises(AddressRefused):
        addresses.check("127.0.0.1", 5432, allow)


def test_literal_forms_are_one_address() -> None:
    forms = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"]
    assert {addresses.literal(form) for form in forms} == {ipaddress.ip_address("127.0.0.1")}
    assert addresses.literal("4294967296") is None
    assert addresses.literal("example.com") is None


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5)
    yield server
    server.close()


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let the resolver give these addresses, a round at each look-up; returns the names that were looked up."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = rounds[min(len(asked), len(rounds)) - 1]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    asked = answers(monkeypatch, ["127.0.0.1", "::1"])
    with pytest.raises(AddressRefused, match="rebinder"):
        addresses.connect("rebinder.example", port, 1)
    assert asked == ["rebinder.example"]
    listener.settimeout(0.05)
    with pytest.raises(TimeoutError):
        listener.accept()  # nobody even knocked


def test_the_connection_goes_to_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    """Rebinding: the second look-up would answer otherwise, so there is none."""
    port = listener.getsockname()[1]
    asked = answers(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    with addresses.connect("newsroom.example", port, 1, frozenset({f"newsroom.example:{port}"})) as made:
        assert made.getpeername() == ("127.0.0.1", port)
    assert asked == ["newsroom.example"]


def test_a_public_answer_beside_a_private_one_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    answers(monkeypatch, ["10.0.0.1", "203.0.113.9", "8.8.8.8"])

    def connect(self: socket.socket, peer: object) -> None:
        tried.append(peer)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "socket", type("Socket", (socket.socket,), {"connect": connect}))
    with pytest.raises(ConnectionRefusedError):
        addresses.connect("mixed.example", 80, 1)
    assert tried == [("8.8.8.8", 80)]


def test_no_answer_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError):
        addresses.connect("127.0.0.1", port, 1, frozenset({f"127.0.0.1:{port}"}))
