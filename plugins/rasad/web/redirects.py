"""Redirects that lead from an article to what is none: home pages, log-ins, consent, bot walls, "not found"."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from rasad.web import autodiscovery

_LOGIN = re.compile(r"/(?:login|log-in|signin|sign-in|users?/login|account/login|wp-login\.php)(?:[/.]|$)")
_GONE = re.compile(r"/(?:404|410|not[-_]?found|page[-_]?not[-_]?found|error(?:[-_]?page|[-_]?404)?)(?:\.\w{2,5})?/?$")
_HOME = re.compile(r"/?(?:ar|ara|arabic|en|fr|default)?(?:/?(?:home|index|main))?(?:\.\w{2,5})?/?")
_WALL = re.compile(r"(?:^|\.)(?:captcha-delivery\.com|perfdrive\.com|ddos-guard\.net)$")
_CONSENT = re.compile(r"^(?:consent|cmp|guce)\.")


def astray(asked: str, final: str) -> tuple[str, str] | None:
    """Outcome (gone, login, consent, blocked) and reason; None where the redirect may lead to the article.

    Both addresses are canonical. What was asked for under such an address is not astray there. Up from an article
    into a folder that it lay in is gone as well: so do sites that took it down.
    """
    here, there = urlsplit(asked), urlsplit(final)
    source, target = unquote(here.path).lower(), unquote(there.path).lower()
    if here.hostname != there.hostname:
        if _WALL.search(there.hostname or ""):
            return "blocked", "it leads to a bot wall"
        if _CONSENT.search(there.hostname or ""):
            return "consent", f"it leads to a consent page, {there.hostname}"
    if target == source and (there.query or not here.query):
        return None
    if "/.well-known/sgcaptcha" in target:
        return "blocked", "it leads to a bot wall"
    for pattern, outcome, what in ((_LOGIN, "login", "a log-in"), (_GONE, "gone", "a page of what was not found")):
        if pattern.search(target) and not pattern.search(source):
            return outcome, f"it leads to {what}"
    if there.query:
        return None
    if _HOME.fullmatch(source) and not here.query:
        return None
    if _HOME.fullmatch(target):
        return "gone", "it leads to the home page"
    up = source.startswith(target.rstrip("/") + "/")
    if up and autodiscovery.like_article(asked) and not autodiscovery.like_article(final):
        return "gone", "it leads to the section that it lay in"
    return None
