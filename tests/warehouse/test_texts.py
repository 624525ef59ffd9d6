"""The warehouse's own texts, and the document frequencies that it writes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rasad.facts import frequencies
from rasad.warehouse import texts
from rasad.warehouse.connection import connect

ROOT = Path(__file__).parents[2]


def export(dsn: str) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT / "plugins"), "RASAD_WAREHOUSE": dsn}
    return subprocess.run(
        [sys.executable, "-m", "rasad", "frequencies"], env=env, capture_output=True, check=False, timeout=120
    )


@pytest.mark.postgres
def test_what_is_exported_counts_the_current_texts_and_weighs_phrases(loaded, tmp_path: Path):
    with connect(loaded.dsn) as link:
        kept = list(texts.current(link))
        with link.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM mart.articles WHERE kept = 'full'")
            (expected,) = cursor.fetchone()
    assert len(kept) == expected > 20
    done = export(loaded.dsn)
    assert done.returncode == 0
    assert f"of {len(kept)} articles" in done.stderr.decode()
    path = tmp_path / "mine.tsv.gz"
    path.write_bytes(done.stdout)
    snapshot = frequencies.load(path)
    assert snapshot.name.startswith("warehouse-20")
    assert snapshot.documents == len(kept)
    assert snapshot.rareness("في") < snapshot.rareness("زلزال")


@pytest.mark.postgres
def test_a_warehouse_without_texts_is_told(warehouse):
    done = export(warehouse)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"holds no article with its text" in done.stderr
