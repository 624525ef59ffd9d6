"""The two-state model: what a burst costs to enter, and that it costs nothing to leave."""

import math

import pytest

from rasad.warehouse.bursts import burst


def test_the_burst_state_is_entered_at_a_cost_and_left_at_none():
    assert burst([3] * 20, [3] * 20) is None
    found = burst([3] * 15 + [8, 9, 8], [3] * 18)
    assert found is not None
    assert found.start == 15
    assert found.weight == pytest.approx(25 * math.log(2) - 9)
    dip = burst([3] * 10 + [9, 9, 9, 4, 9], [3] * 15)
    assert dip is not None
    assert dip.start == 10  # one low day does not end it
    assert burst([3] * 10 + [9, 9, 9, 3], [3] * 14) is None
    assert burst([0] * 10 + [2], [0.1] * 11) is None  # rare
    assert burst([], []) is None
    assert burst([5, 5], [0, 0]) is not None  # nothing else was ever read
