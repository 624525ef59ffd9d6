"""How far a count lies above what was to be expected, and how sure that is. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Daily counts of a name vary more than chance alone has it: stories run in fits. Relative variance beyond Poisson.
_OVERDISPERSION = 0.02
_PRIOR = 100.0  # articles that the prior of the log-odds weighs as much as
_BURST = 2.0  # how much higher the rate of a burst is
_RISE, _FALL = 3.0, 1.0  # what it costs to enter and to leave one, in natural logarithms of likelihood
SHORT_LIST = 1.5  # z from which on the two-state model looks at a name


def z(count: float, expected: float, known: float) -> float:
    """Signed root of the likelihood ratio of a negative binomial count against its expectation.

    `known`: articles that the expectation rests on. The fewer, the less sure it is: the rate is a gamma of that many,
    and the count's variance is expected + expected² (1 / (known + ½) + 0.02). The rare are held down by half an article
    of continuity and a floor of 0.1 expected. About normal: above 3.7 one in 10,000 names gets there by chance.
    """
    expected = max(expected, 0.1)
    size = 1 / (1 / (known + 0.5) + _OVERDISPERSION)
    y = count - 0.5 if count > expected else count + 0.5
    if (y - expected) * (count - expected) <= 0:
        return 0.0
    ratio = y * math.log(y / expected) - (y + size) * math.log((y + size) / (expected + size))
    return math.copysign(math.sqrt(max(0.0, 2 * ratio)), count - expected)


def log_odds(y: float, n: float, y0: float, n0: float) -> tuple[float, float]:
    """Log-odds of a name in one corpus (y of n) against another (y0 of n0), and their z value.

    With an informative Dirichlet prior that weighs 100 articles, spread as both together (Monroe, Colaresi, Quinn 2008,
    Fightin' Words, eq. 16 and 22).
    """
    if y + y0 <= 0:
        return 0.0, 0.0
    a = _PRIOR * (y + y0) / (n + n0)
    delta = math.log((y + a) / max(n + _PRIOR - y - a, 1e-9)) - math.log((y0 + a) / max(n0 + _PRIOR - y0 - a, 1e-9))
    return delta, delta / math.sqrt(1 / (y + a) + 1 / (y0 + a))


def burst(counts: Sequence[float], expected: Sequence[float]) -> float:
    """The weight of the burst that the last day stands in; 0 where it stands in none.

    Two states of Poisson rates, as expected and twice that (Kleinberg 2002, in batches), the way through them that
    explains all days best. The weight is what the state of a burst gains over its run, in natural logarithms.
    """
    low, high = 0.0, -_RISE
    weight = 0.0
    weights: list[float] = []
    states: list[tuple[bool, bool]] = []
    for y, e in zip(counts, expected, strict=True):
        gain = y * math.log(_BURST) - (_BURST - 1) * e
        weights.append(gain)
        from_high_to_low, from_low_to_high = high - _FALL > low, low - _RISE > high
        states.append((from_high_to_low, from_low_to_high))
        low, high = max(low, high - _FALL), max(high, low - _RISE) + gain
    if high <= low:
        return 0.0
    for gain, (_, entered) in zip(reversed(weights), reversed(states), strict=True):
        weight += gain
        if entered:
            break
    return max(weight, 0.0)
