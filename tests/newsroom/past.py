"""The newsroom's past: five weeks of articles before its clock, composed by rule from the texts in `storylines/`.

So that trends have a baseline and dashboards are full. Nothing of it happened: every address has /generated/ in it, and
every page says so in its head. The same ports give the same bytes, on any machine and on any day.

    python -m tests.newsroom.past FILE --base-port P     write it as a WARC file
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.newsroom import render
from tests.newsroom.articles import HERE, Article, load_yaml
from tests.newsroom.articles import articles as live_articles
from tests.newsroom.publishers import BY_ID, PUBLISHERS

from rasad.model import Page
from rasad.web import archive

CLOCK = datetime(2026, 3, 10, 18, tzinfo=timezone.utc)
FIRST = date(2026, 2, 3)  # 35 days before
AGENCY = "وكالة أنباء المرسى"
GENERATED = "/generated/"  # begins the path of every address
MARK = '<meta name="generated" content="Composed by tests/newsroom/past.py. No news: nothing of it happened.">\n'
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
NUMBERS = {  # by the gender of what is counted
    "m": ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"),
    "f": ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"),
}
ROUNDS = ("التاسعة عشرة", "العشرين", "الحادية والعشرين", "الثانية والعشرين", "الثالثة والعشرين", "الرابعة والعشرين")
QUOTATION_MARKS = {"sada": '""', "difaf": '""', "nahrain": "“”"}  # the others write «»
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
BUSY = {FRIDAY: 0.6, SATURDAY: 0.8}  # share of an ordinary day's articles

Story = Mapping[str, Any]  # an entry of storylines/*.yaml
Draft = tuple[bool, list[Article]]  # whether it waits for the evening; its versions, the first one first


@dataclass(frozen=True, slots=True)
class Outage:
    """A publisher's silence: nothing of these hours is in the archive."""

    publisher: str
    since: datetime
    until: datetime


OUTAGES = (  # a whole day, and the hours in which most is published
    Outage("sada", datetime.fromisoformat("2026-02-18T00:00+03:00"), datetime.fromisoformat("2026-02-19T00:00+03:00")),
    Outage(
        "minbar", datetime.fromisoformat("2026-02-25T09:00+02:00"), datetime.fromisoformat("2026-02-25T18:00+02:00")
    ),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of the archive: an article as it stood when it was fetched."""

    article: Article
    at: datetime


class Number(int):
    """A number that agrees with its noun: f"{Number(3):قتيل}" is ثلاثة قتلى, 12 gives 12 قتيلا."""

    def __format__(self, noun: str) -> str:
        return counted(self, noun) if noun else str(int(self))


@cache
def _yaml(name: str) -> Any:
    return load_yaml(HERE / "storylines" / f"{name}.yaml")


def counted(number: int, noun: str) -> str:
    """A number from 2 on with its noun, as the press writes it without case endings but for the accusative's alif."""
    dual, plural, accusative, singular, gender = _yaml("nouns")[noun]
    if number == 2:
        return str(dual)
    if 3 <= number <= 10:
        return f"{NUMBERS[gender][number - 3]} {plural}"
    rest = number % 100
    return f"{number} {plural if 3 <= rest <= 10 else singular if rest < 3 else accusative}"


@cache
def past() -> tuple[Fetched, ...]:
    """The whole archive, in the order in which it was fetched. A corrected article is there twice."""
    press = _Press()
    day = FIRST
    while day <= CLOCK.date():
        press.day(day)
        day += timedelta(days=1)
    return tuple(sorted(press.archive, key=lambda f: (f.at, f.article.ref)))


def articles() -> tuple[Article, ...]:
    """Each article as it stands in the end, in the order of publication."""
    last = {fetched.article.ref: fetched.article for fetched in past()}
    return tuple(sorted(last.values(), key=lambda a: (a.published_at, a.ref)))


def pages(origins: Mapping[str, str], fetches: Iterable[Fetched] | None = None) -> Iterator[Page]:
    """What publishers at these addresses (`Newsroom.origins`) would have served: the past, unless told otherwise."""
    before: dict[str, deque[Article]] = {p.id: deque(maxlen=2 * render.RELATED) for p in PUBLISHERS}
    for fetched in past() if fetches is None else fetches:
        article = fetched.article
        publisher, origin = BY_ID[article.publisher], origins[article.publisher]
        html = render.page(publisher, article, list(before[publisher.id]), origin)
        if GENERATED in (article.path or ""):
            html = html.replace("</head>", f"{MARK}</head>", 1)
        before[publisher.id].appendleft(article)
        yield Page(
            url=render.address(article, origin),
            source_id="",  # as in an archive of anybody's: the host tells
            status=200,
            headers=(("content-type", publisher.content_type),),
            body=html.encode(publisher.charset, "xmlcharrefreplace"),
            fetched_at=fetched.at,
        )


def second_edition(at: datetime) -> Iterator[Fetched]:
    """What edition 2 of the live articles has changed or added, fetched at that time."""
    first = set(live_articles(1))
    return (Fetched(article, at) for article in live_articles(2) if article not in first)


def write(path: Path, origins: Mapping[str, str], fetches: Iterable[Fetched] | None = None) -> int:
    """Write pages as a WARC file: the past, unless told otherwise. Returns how many. Raises OSError."""
    return len(archive.write(path, pages(origins, fetches)))


class _Press:
    """Composes day after day: whose turn it is and which texts were used last goes from one day to the next."""

    def __init__(self) -> None:
        self.archive: list[Fetched] = []
        self._given: dict[str, list[tuple[date, tuple[str, ...]]]] = defaultdict(list)
        self._desks = {p.id: deque(_desks_of(p.id, number)) for number, p in enumerate(PUBLISHERS)}
        self._live = Counter((a.publisher, a.published_at.date()) for a in live_articles())

    def day(self, day: date) -> None:
        drafts: dict[str, list[Draft]] = {p.id: [] for p in PUBLISHERS}
        for event in _yaml("events"):
            self._event(event, day, drafts)
        for number, publisher in enumerate(PUBLISHERS):
            own = drafts[publisher.id]
            if day.weekday() in (FRIDAY, SATURDAY, SUNDAY):
                own.append((True, [self._match(publisher.id, day)]))
            ordinary = _yaml("locals")[publisher.id]["quota"] + 0.2 * ((day.toordinal() + number) % 3 - 1)
            wanted = round(ordinary * BUSY.get(day.weekday(), 1)) - self._live[publisher.id, day]
            while len(own) < wanted:
                own.append((False, [self._desk(publisher.id, day)]))
            self._publish(publisher.id, day, own)

    def _publish(self, publisher: str, day: date, drafts: list[Draft]) -> None:
        """Give the day's articles their hours, and the archive what was not lost in an outage."""
        rng = random.Random(f"{publisher} {day}")
        rng.shuffle(drafts)
        zone = ZoneInfo(BY_ID[publisher].timezone)
        opens = datetime.combine(day, time(7, 30), zone)
        closes = min(datetime.combine(day, time(21), zone), CLOCK - timedelta(minutes=40))
        for number, (late, versions) in enumerate(drafts):
            at = opens + (closes - opens) * ((number + rng.uniform(0.2, 0.8)) / len(drafts))
            if late:
                at = closes + timedelta(minutes=rng.randint(10, 110))
            at = at.replace(second=0, microsecond=0).astimezone(zone)
            if any(o.publisher == publisher and o.since <= at < o.until for o in OUTAGES):
                continue
            for again, article in enumerate(versions):
                changed = at + timedelta(hours=3 * again)
                article = dataclasses.replace(article, published_at=at, updated_at=changed if again else None)
                fetched = changed + timedelta(minutes=rng.randint(3, 25))
                self.archive.append(Fetched(article, fetched.astimezone(timezone.utc)))

    def _event(self, event: Story, day: date, drafts: dict[str, list[Draft]]) -> None:
        late = bool(event.get("late"))
        for beat in _beats(event, day):
            phase = [phase for phase in event["phases"] if phase["from"] <= day][-1]
            values = {k: v for k, v in beat.items() if k not in ("day", "articles", "agency", "first_said")}
            for number in range(beat["articles"]):
                texts, turn = self._texts(event, phase, day)
                publisher = event["publishers"][turn % len(event["publishers"])]
                wrong = beat.get("first_said", {}) if number == 0 else {}
                versions = [values | wrong, values] if wrong else [values]
                drafts[publisher].append((late, [_compose(publisher, day, event, turn, texts, v) for v in versions]))
            if carriers := beat.get("agency"):
                texts, turn = self._texts(event, phase, day)
                text = _compose(carriers[0], day, event, turn, texts, values)
                text = dataclasses.replace(text, authors=(), agency=AGENCY)
                for carrier in carriers:
                    drafts[carrier].append((late, [dataclasses.replace(text, publisher=carrier)]))

    def _desk(self, publisher: str, day: date) -> Article:
        desks = self._desks[publisher]
        while True:  # the desk that has rested longest
            desk = desks[0]
            desks.rotate(-1)
            if desk.get("from", day) <= day:
                texts, turn = self._texts(desk, desk, day, parallel=True)
                return _compose(publisher, day, desk, turn, texts, {})

    def _match(self, publisher: str, day: date) -> Article:
        """One match of the week's round: three are played, one a day from Friday to Sunday."""
        place = _yaml("locals")[publisher]
        week = (day - FIRST).days // 7
        pairs, coming = _round(place["teams"], week), _round(place["teams"], week + 1)
        home, away = pairs[day.weekday() - FRIDAY]
        rng = random.Random(f"{home} {away} {day}")
        goals = rng.choice([(1, 0), (2, 1), (2, 0), (3, 1), (1, 1), (0, 0), (2, 2), (0, 1), (1, 2)])
        won, lost = (home, away) if goals[0] >= goals[1] else (away, home)
        values = {
            "winner": won,
            "loser": lost,
            "score": f"{max(goals)}-{min(goals)}",
            "round": ROUNDS[week % len(ROUNDS)],
            "league": place["league"],
            "player": rng.choice(place["players"]),
            "coach": rng.choice(place["coaches"]),
            "minute": str(rng.randint(4, 88)),
            "k": Number(rng.randint(3, 40)),
            "next": next(a if b == won else b for a, b in coming if won in (a, b)),
        }
        kind = "drawn" if goals[0] == goals[1] else "won"
        sport = _yaml("sport")[kind] | {"id": f"match-{kind}", "section": "رياضة"}
        texts, turn = self._texts(sport, sport, day)
        return _compose(publisher, day, sport, turn, texts, values)

    def _texts(self, story: Story, phase: Story, day: date, parallel: bool = False) -> tuple[tuple[str, ...], int]:
        """A title, its lead and a paragraph of each group, still with their slots; and how many there were before.

        They have the least in common with what the story's other articles of the week were given: two that shared
        most of their sentences would be taken for copies of one text.
        """
        choices = [
            (title, lead, *paragraphs)
            for number, (title, lead) in enumerate(zip(phase["titles"], phase["leads"], strict=True))
            for paragraphs in itertools.product(*story["groups"])
            if not parallel or paragraphs[0] == story["groups"][0][number]
        ]
        given = self._given[story["id"]]
        recent = [set(texts) for then, texts in given if then >= day - timedelta(days=8)]
        texts = min(choices, key=lambda choice: sum(len(other.intersection(choice)) ** 3 for other in recent))
        given.append((day, texts))
        return texts, len(given) - 1


def _compose(
    publisher: str, day: date, story: Story, number: int, texts: tuple[str, ...], values: Mapping[str, Any]
) -> Article:
    """An article out of texts, their slots filled with the values given, the story's own and the publisher's."""
    slug = f"{story['id']}-{day:%m%d}-{number}"
    rng = random.Random(f"{slug} {publisher}")
    chance = random.Random(f"{story['id']} {publisher}") if story.get("steady") else rng
    words = _words(publisher, day, rng) | _slots(story.get("slots", {}), chance, publisher)
    words |= {name: Number(value) if isinstance(value, int) else value for name, value in values.items()}
    title, *paragraphs = (_marks(text.format_map(words), publisher) for text in texts)
    return Article(
        publisher=publisher,
        slug=slug,
        path=f"{GENERATED}{day:%Y/%m/%d}/{slug}",
        title=title,
        first_title=title,
        published_at=datetime.combine(day, time(12), ZoneInfo(BY_ID[publisher].timezone)),
        date_line=f"{WEEKDAYS[day.weekday()]} {_date(day, publisher)} {day.year}",
        paragraphs=tuple(paragraphs),
        authors=(rng.choice(_yaml("locals")[publisher]["authors"]),),
        section=story["section"],
        tags=("مولّد",),
    )


def _desks_of(publisher: str, number: int) -> list[Story]:
    """The desks that a publisher has; each publisher begins with another one."""
    desks = [desk for desk in _yaml("desks") if publisher in desk.get("publishers", (publisher,))]
    start = number * len(desks) // len(PUBLISHERS)
    return desks[start:] + desks[:start]


def _beats(event: Story, day: date) -> list[dict[str, Any]]:
    if "beats" in event:
        return [beat for beat in event["beats"] if beat["day"] == day]
    regular = (day - FIRST).days % event["every"] == 0
    return [{"articles": 1}] * (regular + (day in event.get("also", ())))


def _round(teams: list[str], number: int) -> list[tuple[str, str]]:
    """Who plays whom: the circle method, so that each team plays once a round, and each other team in turn."""
    fixed, *others = teams
    turn = number % len(others)
    circle = [fixed, *others[turn:], *others[:turn]]
    return [(circle[i], circle[-1 - i]) for i in range(len(circle) // 2)]


def _words(publisher: str, day: date, rng: random.Random) -> dict[str, Any]:
    """What every text may name: the publisher's own places and officials, and the days around."""
    place = _yaml("locals")[publisher]
    city, city2 = rng.sample([city for city in place["cities"] if city != place["capital"]], 2)
    words: dict[str, Any] = {name: value for name, value in place.items() if isinstance(value, str)}
    for office, (whole, surname) in place["officials"].items():
        words |= {office: whole, f"{office}_s": surname}
    return words | {
        **place["people"],
        "city": city,
        "city2": city2,
        "port": rng.choice(place["ports"]),
        "farm": rng.choice(place["farms"]),
        "rate": rng.choice(place["rates"]),
        "day": WEEKDAYS[day.weekday()],
        "yesterday": WEEKDAYS[(day.weekday() - 1) % 7],
        "tomorrow": f"يوم {WEEKDAYS[(day.weekday() + 1) % 7]}",
        "ahead": _date(day + timedelta(days=rng.randint(6, 20)), publisher),
        "last_month": place["months"][day.month - 2],
        "next_month": place["months"][day.month],
        "years": Number(rng.randint(3, 9)),
        "months": Number(rng.randint(11, 30)),
        "days": Number(rng.randint(3, 10)),
        "hours": Number(rng.randint(3, 9)),
    }


def _slots(slots: Mapping[str, Any], rng: random.Random, publisher: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, slot in slots.items():
        if isinstance(slot, date):
            found[name] = _date(slot, publisher)
        elif isinstance(slot[0], str):
            found[name] = rng.choice(slot)
        elif isinstance(slot[0], float):
            found[name] = f"{rng.randint(round(slot[0] * 10), round(slot[1] * 10)) / 10:g}"
        else:
            first, last, step = slot
            found[name] = Number(rng.randrange(first, last + 1, step))
    return found


def _date(day: date, publisher: str) -> str:
    return f"{day.day} {_yaml('locals')[publisher]['months'][day.month - 1]}"


def _marks(text: str, publisher: str) -> str:
    opening, closing = QUOTATION_MARKS.get(publisher, "«»")
    return text.replace("«", opening).replace("»", closing)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom.past", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--base-port", type=int, default=8711, help="port of the first publisher; the others follow")
    args = parser.parse_args()
    origins = {p.id: f"http://127.0.0.1:{args.base_port + offset}" for offset, p in enumerate(PUBLISHERS)}
    print(f"{write(args.file, origins)} pages in {args.file}")


if __name__ == "__main__":
    main()
