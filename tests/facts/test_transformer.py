"""A model of one's own: what can be told without one; and with one, in an environment that has what it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rasad.facts import transformer
from rasad.facts.transformer import Label
from rasad.settings import ROOT, SettingsError

ENVIRONMENT = Path(os.environ.get("RASAD_TRANSFORMERS_ENVIRONMENT", ROOT / ".venv-transformers"))


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ("B-PERS", Label("PER", True, False)),
        ("I-PER", Label("PER", False, False)),
        ("B-GPE", Label("LOC", True, False)),
        ("I_loc", Label("LOC", False, False)),
        ("U-ORG", Label("ORG", True, True)),
        ("S-Organization", Label("ORG", True, True)),
        ("E-PERSON", Label("PER", False, True)),
        ("LOCATION", Label("LOC", False, False)),
        ("O", None),
        ("B-MISC", None),
        ("LABEL_1", None),
    ],
)
def test_labels_of_many_schemes_are_ours(label, read):
    assert Label.of(label) == read


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        ("O B-PER I-PER O", [(1, 3, "PER")]),
        ("B-PER B-PER I-PER", [(0, 1, "PER"), (1, 3, "PER")]),
        ("I-LOC I-LOC O I-LOC", [(0, 2, "LOC"), (3, 4, "LOC")]),
        ("B-ORG I-LOC", [(0, 1, "ORG"), (1, 2, "LOC")]),
        ("PER PER O LOC", [(0, 2, "PER"), (3, 4, "LOC")]),
        ("B-PER E-PER I-PER U-PER", [(0, 2, "PER"), (2, 3, "PER"), (3, 4, "PER")]),
        ("B-MISC O", []),
        ("", []),
    ],
)
def test_labels_in_a_row_are_names(labels, spans):
    assert list(transformer._spans([Label.of(label) for label in labels.split()])) == spans


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="holds no model: give the folder"):
        transformer.load(tmp_path)


@pytest.mark.slow
def test_a_model_that_is_made_here_finds_its_names():
    """tests/facts/with_transformers.py, in the environment that `make test-slow` makes for it."""
    python = ENVIRONMENT / "bin" / "python"
    assert python.exists(), f"there is no {python}: `make test-slow` makes it"
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/facts/with_transformers.py"],
        cwd=ROOT, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    print(done.stdout[-6000:], done.stderr[-2000:])
    assert done.returncode == 0
    assert " passed" in done.stdout.splitlines()[-1]
    assert " skipped" not in done.stdout


def test_without_the_extra_a_model_is_refused_with_the_way_out(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    for name in ("torch", "transformers"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match="RASAD_NER_MODEL is set, and torch is not installed: `make transformers`"):
        transformer.load(tmp_path)
