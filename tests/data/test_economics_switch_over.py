"""Self-host or API, worked out by hand, against published figures, and against a scan of every volume."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from data.economics.roi import Baseline
from data.economics.switch_over import (
    ALWAYS,
    NEVER,
    SelfHost,
    TokenPrice,
    Tokens,
    api_cost,
    outline,
    switch_over,
    where,
)

# one GPU of $2 an hour, 1,000 requests an hour: a step costs 730 × 2 = 1,460 and carries 730,000 requests
HOST = SelfHost(price=2.0, gpu_hours=0.001)


def test_a_request_of_an_api_costs_its_tokens():
    """Published: 1,000 input and 500 output tokens at $2.50 and $10 per 1M are $0.0025 + $0.0050 = $0.0075; 10,000 such
    requests a day are $2,250 in 30 days (codelint.dev, LLM cost calculator guide)."""
    cost = api_cost(Tokens(1000, 0, 500), TokenPrice(2.50, 10.00, 1.25))

    assert cost.per_request == pytest.approx(0.0075)
    assert cost.monthly(300_000) == pytest.approx(2250)


def test_cached_tokens_are_a_part_of_the_input():
    """200 tokens in, of which 20 cached, 50 out: (180 × 10 + 20 × 1 + 50 × 40) ÷ 1M = 0.00382; and 0.001 a request."""
    price = TokenPrice(10, 40, 1, 0.001)

    assert api_cost(Tokens(200, 20, 50), price).per_request == pytest.approx(0.00482)


def test_an_api_without_a_price_of_cached_tokens_charges_them_as_input():
    priced, unknown = Tokens(200, 20, 50), Tokens(200, None, 50)

    assert api_cost(priced, TokenPrice(10, 40)).per_request == pytest.approx(0.004)
    assert api_cost(unknown, TokenPrice(10, 40)) == api_cost(priced, TokenPrice(10, 40))


@pytest.mark.parametrize(
    ("tokens", "unknown"),
    [
        (Tokens(None, None, 50), ("input",)),
        (Tokens(200, 20, None), ("output",)),
        (Tokens(None, None, None), ("input", "output")),
    ],
)
def test_what_nobody_reports_is_unknown_and_not_free(tokens, unknown):
    cost = api_cost(tokens, TokenPrice(10, 40))

    assert (cost.per_request, cost.unknown, cost.monthly(1000)) == (None, unknown, None)


def test_a_token_that_costs_nothing_need_not_be_reported():
    assert api_cost(Tokens(500, None, None), TokenPrice(0.2, 0)).per_request == pytest.approx(0.0001)


def test_where_nobody_reports_cached_tokens_the_cost_is_the_most_it_may_be():
    cost = api_cost(Tokens(200, None, 50), TokenPrice(10, 40, 1))

    assert (cost.per_request, cost.uncached) == (pytest.approx(0.004), True)
    assert not api_cost(Tokens(200, 0, 50), TokenPrice(10, 40, 1)).uncached


def test_machines_come_whole():
    assert (HOST.step_cost, HOST.step_volume) == (1460, pytest.approx(730_000))
    assert [HOST.monthly(v) for v in (0, 1, 730_000, 730_001)] == [0, 1460, 1460, 2920]
    machine = SelfHost(price=2.0, gpu_hours=0.001, step_devices=8, rest=0.001)
    assert machine.monthly(1000) == pytest.approx(8 * 1460 + 1)


def test_headroom_makes_a_request_hold_more():
    base = Baseline(price=2, utilisation=0.5, throughput=2000, volume=100_000, rest=50)

    assert SelfHost.of(base, 1).gpu_hours == pytest.approx(0.001)
    assert SelfHost.of(base, 1, 0.25).gpu_hours == pytest.approx(0.002)
    assert SelfHost.of(base, 1).rest == pytest.approx(0.0005)
    with pytest.raises(ValueError, match=r"not at 1\.5"):
        SelfHost.of(base, 1, 1.5)


def test_they_cross_once_where_a_second_machine_pays_at_once():
    """$0.004 a request: 1,460 ÷ 0.004 = 365,000; a second machine at 730,000 costs what the API does there: 2,920."""
    found = switch_over(HOST, 0.004)

    assert (found.volume, found.first, found.crossings) == (pytest.approx(365_000), pytest.approx(365_000), 1)


def test_they_cross_again_with_each_machine_that_is_not_full():
    """$0.0025 a request: n machines pay from n × 584,000; the fourth from 2,336,000, in its step of 2,190,000 to
    2,920,000; the fifth costs 7,300 at 2,920,000, and the API 7,300 too: from the fourth on it stays so."""
    found = switch_over(HOST, 0.0025)

    assert (found.volume, found.first, found.crossings) == (
        pytest.approx(2_336_000),
        pytest.approx(584_000),
        4,
    )
    assert HOST.monthly(700_000) < 0.0025 * 700_000
    assert HOST.monthly(800_000) > 0.0025 * 800_000


def test_a_full_machine_that_costs_more_never_pays():
    """MODEL 5: $10 an hour ÷ 2,000,000 tokens an hour = $5 per 1M. An API at $5 is never beaten, one at $5.01 late."""
    host = SelfHost(price=10, gpu_hours=1000 / 2_000_000)  # requests of 1,000 tokens
    price = api_cost(Tokens(1000, 0, 0), TokenPrice(5, 0)).per_request

    assert switch_over(host, price).why == NEVER
    assert switch_over(host, 0.004).volume is None
    late = switch_over(host, 0.00501)
    assert (late.crossings, late.volume) == (500, pytest.approx(500 * 7300 / 0.00501))


def test_what_costs_nothing_always_pays():
    assert switch_over(SelfHost(0.0, 0.001), 0.004).why == ALWAYS
    assert switch_over(SelfHost(0.0, 0.001, rest=0.01), 0.004).why == NEVER


@given(
    st.floats(0.1, 50), st.floats(1e-4, 1e-1), st.integers(1, 16), st.floats(0.3, 6), st.floats(0, 0.5),
)  # fmt: skip
@example(2.0, 0.001, 1, 1.25, 0.0)
@example(2.0, 0.001, 1, 2.0, 0.0)
def test_the_switch_over_is_what_a_scan_of_every_volume_finds(price, gpu_hours, devices, dear, rest):
    """dear: the API's cost of a request ÷ that on full machines; the scan walks 40 points of each step, and one to
    either side of each step's end."""
    assume(abs(dear - 1) > 0.02)
    full = price * gpu_hours
    host = SelfHost(price, gpu_hours, devices, rest * full)
    per_request = (dear + rest) * full
    found = switch_over(host, per_request)
    last = found.crossings + 6
    volumes = sorted(
        step * host.step_volume * factor + part * host.step_volume
        for step in range(last)
        for part, factor in [(n / 40 + 1e-6, 1) for n in range(40)] + [(0.0, 1 - 1e-6)]
    )
    cheaper = [host.monthly(v) <= per_request * v * (1 + 1e-9) for v in volumes if v > 0]
    volumes = [v for v in volumes if v > 0]
    if dear < 1:
        assert found.why == NEVER
        assert not any(cheaper[1:])
        return
    dearer = [v for v, so in zip(volumes, cheaper, strict=True) if not so]
    assert found.volume is not None
    assert max(dearer) <= found.volume * (1 + 1e-6)
    assert found.volume - max(dearer) <= host.step_volume / 30
    assert min(v for v, so in zip(volumes, cheaper, strict=True) if so) >= found.first * (1 - 1e-6)


@given(st.floats(0, 3e6), st.floats(1, 3e6), st.integers(2, 500))
def test_the_outline_lies_on_the_costs(low, width, most):
    host = SelfHost(2.0, 0.001, 1, 0.0001)
    corners = outline(host, low, low + width, most)

    assert (corners[0][0], corners[-1][0]) == (pytest.approx(low), pytest.approx(low + width))
    for volume, cost in corners:
        # at a step's end two corners lie above each other
        assert cost == pytest.approx(host.monthly(volume)) or cost == pytest.approx(
            host.monthly(volume) + host.step_cost
        )


def test_a_volume_is_measured_or_not():
    assert [where(v, (10, 20)) for v in (9, 10, 20, 21)] == ["below", "within", "within", "above"]
