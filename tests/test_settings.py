"""Settings: the defaults of a laptop, and one line for each that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rasad.settings import ROOT, Settings, SettingsError


def test_an_empty_environment_is_a_laptop():
    settings = Settings.from_env({})
    assert settings == Settings(var=ROOT / "var", landing=(ROOT / "var" / "landing").as_uri())
    assert (settings.warehouse, settings.contact, settings.landing_days) == (None, None, 7)
    assert Settings.from_env(dict.fromkeys(("RASAD_VAR", "RASAD_WAREHOUSE", "RASAD_CONTACT"), "")) == settings


def test_every_variable_is_read(tmp_path: Path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    settings = Settings.from_env(
        {
            "RASAD_VAR": str(tmp_path),
            "RASAD_WAREHOUSE": "postgresql://db.example/news",
            "RASAD_LANDING": "memory://landing",
            "RASAD_SOURCES": os.pathsep.join(map(str, [*folders, ""])),
            "RASAD_CONTACT": " desk@example.org ",
            "RASAD_ALLOW_HOSTS": "127.0.0.1:8001, Localhost:8002,[::1]:8003",
            "RASAD_LANDING_DAYS": "30",
            "RASAD_LEDGER_DAYS": "90",
            "RASAD_NER_MODEL": str(tmp_path / "one"),
            "RASAD_DOCUMENT_FREQUENCIES": __file__,
            "RASAD_WATCHLISTS": str(tmp_path / "two"),
            "RASAD_OPERATORS": "ops@example.org, rasad_webhook,ops@example.org",
        }
    )
    assert settings == Settings(
        var=tmp_path,
        landing="memory://landing",
        warehouse="postgresql://db.example/news",
        source_dirs=tuple(folders),
        contact="desk@example.org",
        allow_hosts=frozenset({"127.0.0.1:8001", "localhost:8002", "[::1]:8003"}),
        landing_days=30,
        ledger_days=90,
        ner_model=tmp_path / "one",
        document_frequencies=Path(__file__),
        watchlist_dirs=(tmp_path / "two",),
        operators=("ops@example.org", "rasad_webhook"),
    )


def test_the_landing_zone_lies_under_var_unless_it_is_named(tmp_path: Path):
    assert Settings.from_env({"RASAD_VAR": str(tmp_path)}).landing == (tmp_path / "landing").as_uri()
    assert Settings.from_env({"RASAD_LANDING": "/data/landing"}).landing == "file:///data/landing"
    assert Settings.from_env({"RASAD_VAR": "~/x"}).var == Path.home() / "x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RASAD_VAR", __file__),
        ("RASAD_LANDING", "landing"),
        ("RASAD_LANDING", "nosuch://bucket/landing"),
        ("RASAD_SOURCES", "/no/such/folder"),
        ("RASAD_DOCUMENT_FREQUENCIES", "/no/such/file"),
        ("RASAD_SOURCES", __file__),
        ("RASAD_CONTACT", "desk@example.org\r\nX-Evil: 1"),
        ("RASAD_CONTACT", "مكتب الأخبار"),
        ("RASAD_ALLOW_HOSTS", "http://127.0.0.1:8001"),
        ("RASAD_ALLOW_HOSTS", "127.0.0.1:8001/path"),
        ("RASAD_WATCHLISTS", "/no/such/folder"),
        ("RASAD_OPERATORS", "https://hooks.example.org/secret"),
        ("RASAD_OPERATORS", "ops@example.org\nBcc: all@example.org"),
        ("RASAD_LANDING_DAYS", "0"),
        ("RASAD_LANDING_DAYS", "-1"),
        ("RASAD_LANDING_DAYS", "a week"),
        ("RASAD_LANDING_DAYS", "1.5"),
        ("RASAD_LANDING_DAYS", "1" * 20),
        ("RASAD_LEDGER_DAYS", "59"),
        ("RASAD_LEDGER_DAYS", "for ever"),
        ("RASAD_NER_MODEL", "/no/such/folder"),
        ("RASAD_NER_MODEL", __file__),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it_and_the_way_out(name, value):
    with pytest.raises(SettingsError) as failure:
        Settings.from_env({name: value})
    assert name in str(failure.value)
    assert ":" in str(failure.value)
    assert "\n" not in str(failure.value)
    assert "\r" not in str(failure.value)


def test_every_variable_is_explained_where_it_is_read():
    code = Path(Settings.from_env.__code__.co_filename).read_text(encoding="utf-8")
    table = {line.split("|")[1].strip() for line in (Settings.__doc__ or "").splitlines() if "| RASAD_" in line}
    assert len(table) == 13
    for name in table:
        assert f'"{name}"' in code
