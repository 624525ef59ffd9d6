"""The newsroom in fast time: its past comes out again period by period, over real HTTP.

A period of the stream brings new articles or, as at night, none; some articles are corrected two periods later, some
withdrawn after three. The same number of periods gives the same articles at the same periods.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from tests.newsroom import past
from tests.newsroom.articles import Article
from tests.newsroom.publishers import PUBLISHERS, Publisher
from tests.newsroom.server import Answer, Newsroom, drawn

CORRECTED_EVERY, CORRECTED_AFTER = 7, 2  # every so manieth article, so many periods after it was published
WITHDRAWN_EVERY, WITHDRAWN_AFTER = 31, 3
SHOWN = 60  # periods for which an article is to be had: longer than anybody looks at it again
CORRECTION = "تصحيح: ورد في نسخة سابقة من هذا الخبر أن عدد الحاضرين بلغ {number} شخصا، والصواب {right} شخصا."


@dataclasses.dataclass(frozen=True, slots=True)
class Coming:
    """An article of the stream, and the period in which it is published."""

    period: int
    number: int
    article: Article


@cache
def coming(periods: int) -> tuple[Coming, ...]:
    """The past's articles, spread over so many periods as they were over its weeks."""
    first, last = (past.articles()[i].published_at for i in (0, -1))
    span = (last - first) / max(1, periods - 1)
    return tuple(
        Coming(int((article.published_at - first) / span), number, article)
        for number, article in enumerate(past.articles())
    )


class Stream(Newsroom):
    """A newsroom whose articles come period by period: `periods` of `length` each, the first one at `start`."""

    def __init__(
        self, periods: int, start: datetime, length: timedelta, base_port: int = 0, sources_dir: Path | None = None
    ) -> None:
        super().__init__(base_port, sources_dir=sources_dir)
        self.periods, self.start, self.length = periods, start, length
        self.period = 0

    def advance(self) -> int:
        """The next period begins. Returns how many articles it publishes, corrects or withdraws."""
        before = {article for publisher in PUBLISHERS for article in self.shown(publisher)}
        self.period += 1
        after = {article for publisher in PUBLISHERS for article in self.shown(publisher)}
        with self._lock:
            self._requests.clear()  # nobody reads them here, and there are many
        return len(after - before)

    def answers(self, publisher: Publisher) -> Mapping[str, Answer]:
        return _drawn(publisher, self.shown(publisher), self.origins[publisher.id])

    def shown(self, publisher: Publisher) -> tuple[Article, ...]:
        """What a publisher has to show now, the newest first; before its first article, that one."""
        own = [one for one in coming(self.periods) if one.article.publisher == publisher.id]
        upto = max(1, bisect.bisect_right([one.period for one in own], self.period))
        recent = [one for one in own[:upto] if one.period > self.period - SHOWN] or own[upto - 1 : upto]
        return tuple(self._now(one) for one in reversed(recent))

    def _now(self, one: Coming) -> Article:
        """An article as it stands now: dated by the stream's clock, corrected or withdrawn where it is time for it."""
        article, age = one.article, self.period - one.period
        at = (self.start + one.period * self.length).astimezone(article.published_at.tzinfo)
        at += timedelta(seconds=one.number % 3600)
        article = dataclasses.replace(article, published_at=at, updated_at=None)
        if one.number % WITHDRAWN_EVERY == 0 and age >= WITHDRAWN_AFTER:
            return dataclasses.replace(article, status=410)
        if one.number % CORRECTED_EVERY == 0 and age >= CORRECTED_AFTER:
            words = CORRECTION.format(number=20 + one.number % 50, right=80 + one.number % 50)
            return dataclasses.replace(
                article,
                paragraphs=(*article.paragraphs, words),
                updated_at=at + CORRECTED_AFTER * self.length,
            )
        return article


@lru_cache(maxsize=2 * len(PUBLISHERS))
def _drawn(publisher: Publisher, own: tuple[Article, ...], origin: str) -> dict[str, Answer]:
    return drawn(publisher, list(own), origin)
