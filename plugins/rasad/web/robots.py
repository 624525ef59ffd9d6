"""What a site asks of robots (RFC 9309), read by protego."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

AGENT = "rasad"  # the product token that a robots.txt may name
READ = 500 * 1024  # characters that count; RFC 9309, 2.5, asks for at least 500 KiB
MAX_BYTES = 5_000_000  # to fetch at most; what lies past `READ` is ignored
MAX_DELAY = 86_400.0  # seconds; whoever asks for more than a day between two requests is asked once a day

_NAMES_AGENT = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """One host's wishes. `why` says where no rule of a file decides: unreachable, no file."""

    file: Protego | None
    otherwise: bool  # the answer where there is no file to ask
    why: str | None = None

    @classmethod
    def parse(cls, status: int, body: bytes | str) -> Rules:
        """The rules in the answer to a request for /robots.txt, redirects followed.

        As RFC 9309, 2.3.1: a file that is not there or not shown (4xx) forbids nothing; a server that fails (5xx)
        forbids everything for now. Status 429 and 0 (no answer at all) count as failing.
        """
        if status == 429 or status >= 500 or status < 200:
            return cls(None, False, f"robots.txt gave status {status}" if status else "robots.txt could not be had")
        if not 200 <= status < 300:
            return cls(None, True, f"robots.txt gave status {status}")
        text = body[:READ] if isinstance(body, str) else body[:READ].decode("utf-8", "replace")
        return cls(Protego.parse(_ours(text.removeprefix("\ufeff"))), True)

    def allowed(self, url: str) -> bool:
        """Whether this robot may ask for the address."""
        return self.file.can_fetch(url, AGENT) if self.file else self.otherwise

    def delay(self, default: float) -> float:
        """Seconds to leave between requests: what the site asks for (Crawl-delay, Request-rate), at least `default`."""
        if not self.file:
            return default
        asked = [default, self.file.crawl_delay(AGENT) or 0.0]
        if rate := self.file.request_rate(AGENT):
            asked.append(rate.seconds / rate.requests)
        return min(max(asked), max(MAX_DELAY, default))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the file names, as written; at most 100."""
        return tuple(self.file.sitemaps)[:100] if self.file else ()


def _ours(text: str) -> str:
    """Give all other robots one name.

    Only the groups of `*` and of our own token matter, and a file of twenty thousand robots before thirty thousand
    rules would else be kept as their product. The token is compared whole, as RFC 9309, 2.2.1, wants.
    """
    lines = []
    for line in text.splitlines():
        if named := _NAMES_AGENT.match(line):
            token = re.split(r"[/\s]", named.group(1).strip().lower(), maxsplit=1)[0]
            line = f"User-agent: {token if token in ('*', AGENT) else 'other'}"
        lines.append(line)
    return "\n".join(lines)
