"""The threat model names tests that exist, and the operator's password stays where it belongs."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from rasad.warehouse.dump import dump

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/security.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_the_test_that_guards_it_exists(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_line_names_one() -> None:
    table = (ROOT / "docs/security.md").read_text(encoding="utf-8").split("|---|---|---|---|\n")[1].split("\n\n")[0]
    lines = table.splitlines()
    assert len(lines) >= 15
    assert all("::" in line for line in lines)


@pytest.mark.postgres
def test_the_loaders_password_is_in_no_file_and_no_table(loaded) -> None:
    password = unquote(urlsplit(loaded.loader).password or "").encode()
    assert len(password) >= 8
    files = [path for path in loaded.settings.var.rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        assert password not in data
        while data.startswith(b"\x1f\x8b"):
            member = zlib.decompressobj(31)
            assert password not in member.decompress(data)
            data = member.unused_data
    tables = dump(loaded.dsn)
    assert tables["run"]
    assert password.decode() not in repr(tables)


@pytest.mark.parametrize("name", ["", "-server", "-dev", "-dashboards"])
def test_every_locked_package_has_its_hash(name: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / f"requirements{name}.txt").read_text(encoding="utf-8"), flags=re.M)
    entries = [entry for entry in entries if "==" in entry.split("\n")[0]]
    assert len(entries) > 40
    assert all("--hash=sha256:" in entry for entry in entries)
