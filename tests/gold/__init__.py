"""Short texts written for the gold: forms of quotations, dates, counts and names that the sample newsroom has few of.

One YAML a text, marked by hand as the newsroom's articles are (see `tests/newsroom/README.md`), with `topics` (codes of
the top level that are right, two digits, the likeliest first) and `event` (None: there is no main event to tell).
`newsroom.yaml` tells these two of the newsroom's articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.newsroom.articles import load_yaml
from tests.newsroom.gold import MarksLost, Row, place
from tests.newsroom.gold import gold as newsroom_gold

HERE = Path(__file__).parent
NEWSROOM = HERE / "newsroom.yaml"


def gold() -> Iterator[Row]:
    """The texts in the layout that `rasad facts` writes, and with what it reads. Raises MarksLost, naming every one."""
    lost = []
    for path in sorted(HERE.glob("*.yaml")):
        if path == NEWSROOM:
            continue
        row = load_yaml(path)
        text, marks = "\n".join(row.pop("paragraphs")), row.pop("marks")
        try:
            yield {"id": f"gold/{path.stem}", "text": text} | row | place(text, marks)
        except MarksLost as error:
            lost.append(f"{path.name}: {error}")
    if lost:
        raise MarksLost("\n".join(lost))


def judged() -> Iterator[Row]:
    """The texts and the newsroom's marked articles, each with `topics` and, where it is beyond doubt, `event`."""
    yield from gold()
    judgements = load_yaml(NEWSROOM)
    for row in newsroom_gold():
        yield row | judgements[row["id"]]
