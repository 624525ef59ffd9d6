"""What is asked of HTML before a tree is made of it."""

from __future__ import annotations

from lxml import etree

MOST_ATTRIBUTES = 1_000  # of one element; news pages have some twenty


class _Elements:
    """Is told each element by the parser, and keeps none."""

    crowded = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.crowded = self.crowded or len(attributes) > MOST_ATTRIBUTES

    def close(self) -> bool:
        return self.crowded


def crowded(raw: bytes, encoding: str | None) -> bool:
    """Whether an element has more than MOST_ATTRIBUTES: such a page is not to be made a tree.

    libxml2's tree walks the attributes of an element for each one that is added: a hundred thousand take it half a
    CPU minute. Its parser alone takes them in linear time, and some 7 ms for a page of 1 MB, so it is asked and not a
    pattern, which would have to know all that the parser takes for comments, scripts and quotation marks.
    """
    parser = etree.HTMLParser(encoding=encoding, no_network=True, remove_comments=True, target=_Elements())
    try:
        return bool(etree.fromstring(raw, parser))
    except (etree.LxmlError, ValueError, AssertionError):
        return False  # nothing in it: the tree's parser says so too
