"""The one source that tests of measuring and of the marts load from."""

from rasad.model import Article, Batch, ReadArticle, Source
from rasad.stages.extract import VERSIONS, read_facts
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load

SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",), rights="full")


def with_nahar(dsn):
    """A warehouse that knows the source nahar."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.source VALUES ('nahar', '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)")
    return dsn


def publish(dsn, hour, text, title="حريق", url="https://a.example/1", published="2026-03-10T08:00:00+02:00"):
    """Load an article with its facts, as it read at an hour (UTC) of 10 March 2026."""
    article = Article(url, title, text, published, source_id="nahar", country="LB", months="egypt",
                      fetched_at=f"2026-03-10T{hour:02}:00:00+00:00")  # fmt: skip
    read = read_facts(ReadArticle(article, (), url))
    assert isinstance(read, ReadArticle)
    load(dsn, Batch(f"{url} {hour}", "run", "nahar", (read,)), {"nahar": SOURCE}, VERSIONS)
