"""Document frequencies: counted, written, read again, and what is said of a file that is none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rasad.facts import frequencies
from rasad.facts.frequencies import Snapshot
from rasad.settings import SettingsError


def test_the_snapshot_that_ships_has_a_name_and_knows_common_words_from_rare_ones() -> None:
    shipped = frequencies.load(frequencies.SHIPPED)
    assert shipped.name.startswith("press-")
    assert len(shipped.counts) > 50_000
    assert shipped.rareness("في") < 0.1 < shipped.rareness("حكوم") < shipped.rareness("زلازل")
    assert shipped.rareness("كلمةلاوجودلها") == max(map(shipped.rareness, shipped.counts))


def test_a_word_counts_once_a_text_and_by_its_stem() -> None:
    counted = frequencies.count("mine-1", ["القرارات قرار، والقرار 7", "قرار المجلس", "سوق", "المجلس"])
    assert (counted.name, counted.documents) == ("mine-1", 4)
    assert dict(counted.counts) == {"قرار": 2, "مجلس": 2}


def test_written_and_read_it_is_the_same_and_so_are_the_bytes(tmp_path: Path) -> None:
    snapshot = Snapshot("mine-2", 10, {"قرار": 3, "سوق": 7}, 3)
    path = tmp_path / "mine.tsv.gz"
    path.write_bytes(frequencies.packed(snapshot))
    assert frequencies.load(path) == snapshot
    assert frequencies.packed(Snapshot("mine-2", 10, {"سوق": 7, "قرار": 3})) == path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress("قرار\t3\n".encode()),
        gzip.compress("#\tmine\tmany\nقرار\t3\n".encode()),
        gzip.compress("#\tmine\t10\nقرار\n".encode()),
        gzip.compress("#\tmine\t10\nقرار\t3\n".encode("utf-16")),
        gzip.compress("#\tmine\t10\nقرار\t3\n".encode())[:-6],
    ],
)
def test_a_file_that_is_none_is_told_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.tsv.gz"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"broken\.tsv\.gz is no table .* unset RASAD_DOCUMENT_FREQUENCIES"):
        frequencies.load(path)


def test_the_settings_name_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.tsv.gz"
    path.write_bytes(frequencies.packed(Snapshot("mine-3", 10, {"قرار": 3})))
    monkeypatch.setenv("RASAD_DOCUMENT_FREQUENCIES", str(path))
    frequencies.current.cache_clear()
    try:
        assert frequencies.current().name == "mine-3"
    finally:
        frequencies.current.cache_clear()
