"""Whether Rasad may be given away with all that the locks name: `make lint` runs this.

The licence of what .venv has is read from its metadata; that of locked packages that are not in it (of servers,
dashboards, other Pythons) stands in requirements-licences.yaml, out of their metadata. Permissive ones pass. LGPL and
MPL pass where that file says why. GPL, AGPL and what is not known fail.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-server.txt", "requirements-dev.txt", "requirements-dashboards.txt")
LIST = ROOT / "requirements-licences.yaml"

PERMISSIVE = frozenset(
    [
        *("0bsd", "apache-2.0", "artistic-1.0", "bsd", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cnri-python", "isc"),
        *("mit", "mit-0", "mit-cmu", "psf-2.0", "python-2.0", "unlicense", "zlib", "zpl-2.1"),
    ]
)
WEAK = re.compile(r"lgpl|mpl", re.IGNORECASE)  # changes to the library itself are to be given away, nothing else
_CLASSIFIERS = {
    "Apache Software License": "apache-2.0",
    "BSD License": "bsd",
    "MIT License": "mit",
    "ISC License (ISCL)": "isc",
    "Python Software Foundation License": "psf-2.0",
    "The Unlicense (Unlicense)": "unlicense",
    "Mozilla Public License 2.0 (MPL 2.0)": "mpl-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "lgpl",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "lgpl-3.0-or-later",
}
_HABITS = {
    "apache license": "apache-2.0",
    "3-clause bsd license": "bsd-3-clause",
    "simplified bsd": "bsd-2-clause",
    "bsd-3-clause and public-domain": "bsd-3-clause",
}


def folded(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, str]:
    """Package → version of a lock."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", lock, re.MULTILINE)
    return {folded(name): version for name, version in found}


def declared(metadata: Any) -> str:
    """What a package's metadata say, as an SPDX expression where they can be read as one; "" where they say nothing."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    names = [line.rpartition("::")[2].strip() for line in metadata.get_all("Classifier") or [] if "License ::" in line]
    names = [name for name in names if name not in ("OSI Approved", "DFSG approved")]
    if names:  # several are all meant, until somebody has looked: AND
        return " AND ".join(_CLASSIFIERS.get(name, name) for name in names)
    said = " ".join((metadata.get("License") or "").split())[:60]
    return _HABITS.get(said.lower(), said)


def verdict(expression: str) -> str:
    """permissive, weak or no, of an SPDX expression; of `OR` the best, of `AND` the worst counts."""
    ranks = ("no", "weak", "permissive")

    def rank(expression: str) -> int:
        expression = expression.strip()
        for word, choose in ((" OR ", max), (" AND ", min)):
            if word in expression:
                return choose(rank(part) for part in expression.split(word))
        name = expression.strip("() ").lower()
        return 2 if name in PERMISSIVE else 1 if WEAK.match(name) else 0

    return ranks[rank(expression)]


def problems(packages: Mapping[str, str], installed: Mapping[str, str], known: Mapping[str, Any]) -> list[str]:
    """A line for each locked package (name → version) that may not be there. `known` is the list's three tables."""
    out = []
    for name, version in sorted(packages.items()):
        licence = known["read"].get(name) or installed.get(name) or known["elsewhere"].get(name)
        if licence is None:
            out.append(
                f"{name} {version}: not in .venv: read its licence, and write it under `elsewhere` in {LIST.name}"
            )
            continue
        found = verdict(licence)
        if found == "no":
            out.append(
                f"{name} {version}: {licence or 'no licence is named'}: take another package, or read its licence"
            )
        elif found == "weak" and name not in known["why"]:
            out.append(f"{name} {version}: {licence} needs a line under `why` in {LIST.name}")
    unused = [name for table in known.values() for name in table if name not in packages]
    return out + [f"{name}: {LIST.name} names it, and no lock does: take it out" for name in unused]


def of_folder(paths: Iterable[str] | None = None) -> dict[str, str]:
    """Package → licence of what is installed in these folders, or here."""
    found = importlib.metadata.distributions(path=list(paths)) if paths else importlib.metadata.distributions()
    return {folded(one.metadata["Name"]): declared(one.metadata) for one in found}


def main() -> int:
    packages = {name: version for lock in LOCKS for name, version in locked((ROOT / lock).read_text()).items()}
    wrong = problems(packages, of_folder(), yaml.safe_load(LIST.read_text(encoding="utf-8")))
    for line in wrong:
        print(f"licences: {line}", file=sys.stderr)
    print(f"licences: {len(packages)} packages, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
