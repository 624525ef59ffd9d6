"""Which machines may be asked: public ones only.

A page, a feed or a redirect may name the operator's own network. So a name is resolved once, each address found is
judged, and the connection goes to an address that passed: there is no second look-up that could answer differently.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 inside IPv6
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, 2.5.5.1, deprecated: likewise
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE)


class AddressRefused(ValueError):
    """The address is not one of the public internet."""


def literal(host: str) -> Address | None:
    """The address that a host name spells out, in any form that a resolver takes; None for a real name.

    127.0.0.1, 127.1, 2130706433, 0x7f000001, 0177.0.0.1 and [::1] are all loopback.
    """
    host = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if _NUMBERS.fullmatch(host):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            pass
    return None


def problem(address: Address) -> str | None:
    """Why an address is not public, in words; None when it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return problem(address.ipv4_mapped)
        inner = address.sixtofour or (address.teredo and address.teredo[1])
        if not inner and (address in _NAT64 or address in _COMPATIBLE) and int(address) > 1:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner and (why := problem(inner)):
            return why
        if address.is_site_local:
            return "a private address"
    if address.is_unspecified:
        return "no address at all"
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_private:
        return "a private address"
    if address.is_reserved or not address.is_global:
        return "a reserved address"
    return None


def check(host: str, port: int, allow: frozenset[str] = frozenset()) -> None:
    """Refuse a host that is, as written, not public. Names pass: `connect` judges what they resolve to.

    `allow` holds `host:port` as addresses of the operator's own choice write them. Raises AddressRefused.
    """
    if _allowed(host, port, allow):
        return
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        raise AddressRefused(_refusal(host, port, "this machine itself"))
    if (address := literal(host)) and (why := problem(address)):
        raise AddressRefused(_refusal(host, port, why))


def connect(
    host: str,
    port: int,
    timeout: float | None,
    allow: frozenset[str] = frozenset(),
    options: Sequence[tuple[Any, ...]] = (),
) -> socket.socket:
    """Resolve once, and connect to the first address that is public and answers.

    `timeout` is in seconds, for each address tried and then for each read. Raises AddressRefused when no address is
    public, socket.gaierror when there is none, OSError (TimeoutError) when none answers. How long the look-up may
    take is the system resolver's setting.
    """
    check(host, port, allow)
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    refused: str | None = None
    failure: OSError | None = None
    for family, kind, protocol, _, peer in found:
        why = None if _allowed(host, port, allow) else problem(ipaddress.ip_address(str(peer[0]).partition("%")[0]))
        if why:
            refused = f"{host} is {peer[0]}, {why}"
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            for option in options:
                connection.setsockopt(*option)
            connection.settimeout(timeout)
            connection.connect(peer)
            return connection
        except OSError as error:
            connection.close()
            failure = error
    if failure:
        raise failure
    raise AddressRefused(_refusal(host, port, refused or "no address at all"))


def _allowed(host: str, port: int, allow: frozenset[str]) -> bool:
    return f"{host}:{port}" in allow or f"[{host}]:{port}" in allow


def _refusal(host: str, port: int, why: str) -> str:
    return f"{host}:{port} is refused: {why}. If it is meant, add {host}:{port} to the allowed hosts"
