"""Measures in the International System of Units: 120 كيلومترا في الساعة is 33.3 m/s, 25 درجة مئوية 298.15 K."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasad.arabic.text import key


@dataclass(frozen=True, slots=True)
class Measure:
    """How a unit is said in SI: `symbol`, how many of it one is, and what is added before that (as for °C)."""

    symbol: str
    factor: float
    offset: float = 0.0

    def of(self, value: float) -> float:
        """A value of the unit, in SI; twelve significant digits."""
        return float(f"{(value + self.offset) * self.factor:.12g}")


@lru_cache(maxsize=1)
def _table() -> dict[str, Measure]:
    lines = (Path(__file__).parent / "data" / "measures.tsv").read_text(encoding="utf-8").splitlines()
    table: dict[str, Measure] = {}
    for line in lines:
        if not line.startswith("#"):
            unit, symbol, factor, *offset = line.split("\t")
            table[key(unit)] = Measure(symbol, float(factor), float(offset[0]) if offset else 0.0)
    return table


def measure(unit_key: str) -> Measure | None:
    """The measure of a unit's group (`Quantity.unit_key`), where SI has one: متر مربع, كيلومتر في الساعة."""
    return _table().get(key(unit_key))
