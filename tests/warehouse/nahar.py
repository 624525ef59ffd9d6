"""The one source that tests of measuring load from."""

from rasad.warehouse.connection import connect


def with_nahar(dsn):
    """A warehouse that knows the source nahar."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.source VALUES ('nahar', '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)")
    return dsn
