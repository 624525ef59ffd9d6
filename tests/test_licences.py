"""What `make lint` lets through, and what it stops."""

from __future__ import annotations

from email.message import Message

import pytest
import yaml
from tests import licences


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", "permissive"),
        ("MIT OR GPL-3.0-only", "permissive"),
        ("BSD-3-Clause AND 0BSD AND CC0-1.0", "permissive"),
        ("MIT AND GPL-3.0-only", "no"),
        ("LGPL-3.0-only", "weak"),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "weak"),
        ("MIT AND MPL-2.0", "weak"),
        ("GPL-2.0-or-later", "no"),
        ("AGPL-3.0-only", "no"),
        ("SSPL-1.0", "no"),
        ("Commercial", "no"),
        ("", "no"),
    ],
)
def test_verdicts(expression: str, verdict: str) -> None:
    assert licences.verdict(expression) == verdict


def metadata(**headers: str | list[str]) -> Message:
    made = Message()
    for name, values in headers.items():
        for value in [values] if isinstance(values, str) else values:
            made[name.replace("_", "-")] = value
    return made


def test_several_classifiers_are_all_meant_until_somebody_has_looked() -> None:
    both = ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: GNU General Public License (GPL)"]
    assert licences.verdict(licences.declared(metadata(Classifier=both))) == "no"
    assert licences.verdict(licences.declared(metadata(Classifier=both[:1]))) == "permissive"
    assert licences.declared(metadata(Classifier=both, License_Expression="MIT")) == "MIT"
    assert licences.declared(metadata()) == ""


def test_each_problem_is_a_line_that_names_the_package() -> None:
    known = {"why": {"b": "it is imported whole"}, "read": {}, "elsewhere": {"e": "MIT", "gone": "MIT"}}
    packages = dict.fromkeys("abcdef", "1.0")
    installed = {"a": "MIT", "b": "LGPL-3.0-only", "c": "MPL-2.0", "d": "GPL-3.0-only"}
    lines = licences.problems(packages, installed, known)
    assert [line.split(":")[0] for line in lines] == ["c 1.0", "d 1.0", "f 1.0", "gone"]


def test_the_locks_pass() -> None:
    packages = {n: v for lock in licences.LOCKS for n, v in licences.locked((licences.ROOT / lock).read_text()).items()}
    assert len(packages) > 300
    known = yaml.safe_load(licences.LIST.read_text(encoding="utf-8"))
    assert licences.problems(packages, licences.of_folder(), known) == []
