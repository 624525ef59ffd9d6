"""Addresses of pages: one spelling for comparing and storing, one for showing.

Two addresses are one article when `canonical` gives the same text for both.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlsplit, urlunsplit

from rasad.logs import redacted

LIMIT = 2048  # characters of a canonical address; longer ones are no articles, and do not fit a database's index

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOBILE = ("m.", "mobile.", "amp.")
_ESCAPED = re.compile(r"&(?:amp|#0?38|#x26);", re.IGNORECASE)  # escaped once too often, as feeds do
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = re.compile(r"[A-Za-z]?(?:%[0-9A-Fa-f]{2})+")  # with the letter before, which a mark may belong to

# What campaign tools, social networks and the publishers' own feeds add to an address, and no page depends on.
_TRACKING = re.compile(
    r"(?:utm|hsa|pk|mtm|matomo|piwik|at|vero|oly|fb|sc|wt|_hs|gad|_x_tr|__cf_chl|amp)_.*"
    r"|(?:fb|g|dc|y|tw|tt|ms|rb_|wick|li_fat_|s_k)cl(?:id|src)|gbraid|wbraid|igshid?|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|mkt_tok"
    r"|__twitter_impression|ncid|ocid|cmpid|cmp|xtor|maca|traffic_source|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|guccounter|guce_.*|spm|smid|icid|ftag|wprov|tblci|tbclid|dicbo|trk|sfnsn|mibextid|ref_src|ref_url|share_from"
    r"|srsltid|_branch_match_id|_openstat|epik|replytocom|phpsessid|amp|isamp|no-?amp|non-?amp",
    re.IGNORECASE,
)
_TRACKING_VALUES = {  # parameters that track only with these values
    "ref": {"rss", "feed", "twitter", "facebook", "fb", "telegram", "whatsapp", "share"},
    "source": {"rss", "feed"},
    "src": {"rss", "feed"},
    "from": {"rss", "feed"},
    "outputtype": {"amp"},
    "output": {"amp"},
    **{name: {"amp"} for name in ("mode", "view", "type", "format", "tmpl")},
    "share": {"facebook", "twitter", "x", "whatsapp", "telegram", "email", "linkedin", "pinterest", "reddit"},
    "rss": {"1", "true", "yes"},
    "feed": {"rss", "rss2", "atom"},
}
_BLOGGER = re.compile(r"/\d{4}/\d{2}/[^/]+\.html")  # whose pages take ?m=1 on telephones
# What searches and networks put around an address: host, path, and the parameter that holds it.
_WRAPPERS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:l|lm|www)\.facebook\.com"), "/l.php", ("u",)),
)
_AMP_CACHE = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[vci](/s)?/|(?:www\.)?google\.[a-z.]{2,6}/amp(/s)?/)(?=[^/]+\.)",
    re.IGNORECASE,
)
_AMP_SUFFIX = re.compile(r"(?<=[^/])/amp(/?)$|\.amp(?=(?:\.html?)?$)", re.IGNORECASE)


def canonical(url: str, hosts: Iterable[str] = ()) -> str:
    """The one spelling under which an address is compared, stored and asked for.

    Scheme and host are lower case; user, default port, fragment and tracking parameters go; raw and percent-encoded
    letters become percent-encoded UTF-8 in NFC with upper-case digits (bytes of another charset stay as they are);
    what an AMP cache, a search or a network put around an address goes; AMP forms become the page's own address where
    that is sure (/amp/… is not: the page itself says where it belongs). A mobile host (m., mobile., amp.) becomes the
    one among `hosts` (those of the source) that is the same but for that prefix, else the name without it. `www.`
    stays, since not every site answers without it.

    Raises ValueError, with a line that a person can read, for what is no web address.
    """
    parts = _unwrapped(_split(url))
    if cached := _AMP_CACHE.match(parts.geturl()):
        secure = cached.group(1) or cached.group(2)
        parts = _split(("https://" if secure else "http://") + parts.geturl()[cached.end() :])
    query = "&".join(p for p in parts.query.split("&") if p and not _tracks(p))
    if query == "m=1" and _BLOGGER.fullmatch(parts.path):
        query = ""
    path = _AMP_SUFFIX.sub(lambda m: m.group(1) or "", _without_dots(parts.path))
    result = urlunsplit(
        (
            parts.scheme,
            _without_mobile(_host(parts), hosts),
            _encoded(path, "/:@!$&'()*+,;=") or "/",
            _encoded(query, "/:@!$&'()*+,;=?"),
            "",
        )
    )
    if len(result) > LIMIT:
        raise ValueError(f"an address of {len(result)} characters, more than the {LIMIT} of any article: {url[:80]!r}")
    return result


def netloc(url: str) -> str:
    """The host, lower case and in ASCII, with the port where it is not the scheme's own: what politeness counts by.

    Raises ValueError as `canonical` does.
    """
    return _host(_split(url))


def readable(url: str) -> str:
    """The address as a reader would write it: Arabic letters in place of their percent codes and of punycode.

    For showing only. What could deceive the eye or break the line (spaces, controls, marks of direction) stays
    encoded. Tokens and keys in it are hidden. Text that is no web address comes back as it is but for those.
    """
    url = redacted(url)
    try:
        parts = _split(url)
        host = _host(parts)
    except ValueError:
        return url
    if "xn--" in host:
        with contextlib.suppress(UnicodeError):
            host = host.encode("ascii").decode("idna")
    path, query = (_ENCODED.sub(_shown, part) for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, host, path, query, parts.fragment))


def _unwrapped(parts: SplitResult) -> SplitResult:
    for host, path, names in _WRAPPERS:
        if parts.path == path and host.fullmatch(parts.hostname or ""):
            given = dict(parse_qsl(parts.query))
            inner = next((given[name] for name in names if given.get(name, "").startswith(("http://", "https://"))), "")
            return _unwrapped(_split(inner)) if inner else parts  # the inner one is shorter: this ends
    return parts


def _split(url: str) -> SplitResult:
    url = url.strip().replace("\\", "/")  # as browsers read it; parsers that disagree here are how checks are fooled
    url = _ESCAPED.sub("&", url)
    shown = repr(url[:80])
    if len(url) > LIMIT * 3:  # tracking parameters, which go, may be most of it
        raise ValueError(f"an address of {len(url)} characters, more than any article has: {shown}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"not a web address ({error}): {shown}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not a web address, it must begin with http:// or https://: {shown}")
    if not parts.hostname:
        raise ValueError(f"not a web address, it names no host: {shown}")
    if port == 0:
        raise ValueError(f"not a web address, port 0: {shown}")
    return parts


def _host(parts: SplitResult) -> str:
    host = unicodedata.normalize("NFKC", (parts.hostname or "")).rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError(f"not a web address, no such host name can exist: {host[:80]!r}") from None
    host = host.lower()
    if ":" in host:
        host = f"[{host}]"
    elif not re.fullmatch(r"[a-z0-9._-]{1,253}", host) or ".." in host or host.startswith("."):
        raise ValueError(f"not a web address, no such host name can exist: {host[:80]!r}")
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _without_mobile(host: str, hosts: Iterable[str]) -> str:
    bare = host
    for prefix in _MOBILE:
        if host.startswith(prefix) and host.count(".") >= 2:
            bare = host.removeprefix(prefix)
    if bare == host:
        return host
    return next((h for h in hosts if h.removeprefix("www.") == bare.removeprefix("www.")), bare)


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` segments (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _tracks(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return bool(_TRACKING.fullmatch(name)) or value.lower() in _TRACKING_VALUES.get(name.lower(), ())


def _encoded(text: str, safe: str) -> str:
    """Percent-encode what must be, in one way; what is encoded and means something as such (%2F) stays encoded."""
    text = unicodedata.normalize("NFC", text)
    text = quote(text, safe + "%", errors="replace")
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return _ENCODED.sub(_normal, text)


def _normal(match: re.Match[str]) -> str:
    text = unquote_to_bytes(match.group()).decode("utf-8", "surrogateescape")
    return "".join(c if c in _UNRESERVED else _percent(c) for c in unicodedata.normalize("NFC", text))


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


def _shown(match: re.Match[str]) -> str:
    text = unquote_to_bytes(match.group()).decode("utf-8", "surrogateescape")
    return "".join(c if c in _UNRESERVED or (c > "\x7f" and c.isprintable()) else _percent(c) for c in text)
