"""Who may do what in the warehouse: the owner migrates, the loader writes rows, the reader reads schema mart.

`sql/roles.sql` makes the two roles beside the owner, `sql/grants.sql` gives them their rights.
"""

from __future__ import annotations

from pathlib import Path

from psycopg2.extensions import cursor as Cursor

from rasad.settings import ROOT

LOADER = "rasad_loader"
READER = "rasad_reader"
ROLES = (LOADER, READER)

MISSING = (
    "the roles rasad_loader and rasad_reader are missing, and this role may not create roles: as a superuser run "
    "`psql --dbname=DATABASE --file=sql/roles.sql`, then migrate again; until then everything runs as the owner"
)


def missing(cursor: Cursor) -> list[str]:
    """Those of the two that this server does not have."""
    cursor.execute("SELECT name FROM unnest(%s) name WHERE to_regrole(name) IS NULL", (list(ROLES),))
    return [name for (name,) in cursor.fetchall()]


def create(cursor: Cursor, sql: Path = ROOT / "sql") -> bool:
    """Make those that are missing, without a password; False where this role may not."""
    if missing(cursor):
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        (may,) = cursor.fetchone() or (False,)
        if not may:
            return False
        cursor.execute((sql / "roles.sql").read_text(encoding="utf-8"))
    return True


def grant(cursor: Cursor, sql: Path) -> None:
    """Give both their rights, new or again."""
    cursor.execute((sql / "grants.sql").read_text(encoding="utf-8"))


def granted(cursor: Cursor) -> bool:
    """Whether both are there and may enter schema mart."""
    cursor.execute(
        "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s) AND has_schema_privilege(rolname, 'mart', 'USAGE')",
        (list(ROLES),),
    )
    return bool(cursor.fetchone() == (len(ROLES),))


def owns(cursor: Cursor) -> bool:
    """Whether this role may change the schema: the owner of `news`, a member of it, or anyone while there is none."""
    cursor.execute("SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'news'")
    (owner,) = cursor.fetchone() or (True,)
    return bool(owner)
