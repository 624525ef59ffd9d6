"""What rises above noise, by counts alone."""

import math

import pytest

from rasad.warehouse import bursts


def test_a_count_as_expected_is_no_rise():
    assert bursts.z(5, 5, 140) == 0
    assert abs(bursts.z(5, 5.3, 140)) < 0.5


def test_twice_thirty_is_surer_than_twice_three():
    assert bursts.z(60, 30, 800) > bursts.z(6, 3, 84) > 1


def test_the_rare_are_held_down():
    assert bursts.z(1, 0, 0) < 1.96
    assert bursts.z(1, 0.01, 1) < 1.96
    assert bursts.z(2, 0.05, 1) < bursts.z(15, 5, 140)


def test_what_rests_on_little_is_less_sure():
    assert bursts.z(10, 4, 4) < bursts.z(10, 4, 112)


def test_a_fall_is_negative():
    assert bursts.z(10, 30, 800) < -1.96


@pytest.mark.parametrize("count", [0, 1, 10, 100_000])
@pytest.mark.parametrize("expected", [0.0, 0.1, 7.5, 1e5])
@pytest.mark.parametrize("known", [0, 3, 1_000_000])
def test_it_is_finite(count, expected, known):
    assert math.isfinite(bursts.z(count, expected, known))


def test_days_that_are_each_no_proof_are_one_together():
    usual = [3.0] * 29
    one_day = bursts.burst([3.0] * 28 + [6.0], usual)
    a_week = bursts.burst([3.0] * 22 + [6.0] * 7, usual)
    assert one_day == 0
    assert a_week == pytest.approx(7 * (6 * math.log(2) - 3))


def test_a_burst_that_is_over_weighs_nothing():
    assert bursts.burst([3.0] * 10 + [12.0] * 5 + [1.0] * 5, [3.0] * 20) == 0


def test_log_odds_of_what_keeps_its_share_are_zero():
    assert bursts.log_odds(5, 100, 50, 1000) == pytest.approx((0, 0))
    assert bursts.log_odds(10, 100, 50, 1000)[1] > 1
