"""vLLM's counters: exact growth, reset-aware, summed only afterwards."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import START, answer, load, ms

from data.warehouse import Warehouse

FINISHED = "vllm:request_success_total"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    with Warehouse.open(tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _empty(warehouse):
    clear(warehouse)


def clear(warehouse):
    for table in ("traffic", "traffic_latency", "load"):
        warehouse.con.execute(f"DELETE FROM {table}").fetchall()


def server(**more):
    return {"model_name": "llama", "engine": "0", "pod": "llama-1", "namespace": "chat", **more}


def series(metric, values, step=60, first=0, **more):
    return [
        (metric, server(**more), first + step * n, value)
        for n, value in enumerate(values)
        if value is not None
    ]


def traffic(warehouse):
    return answer(warehouse, "FROM traffic ORDER BY hour, pod, model")


def test_growth_by_hand_is_150_and_not_what_increase_extrapolates(warehouse):
    load(warehouse, series(FINISHED, [100, 160, 40, 90, 90], finished_reason="stop"))
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["requests_failed"]) == (60 + 40 + 50 + 0, 0)


def test_growth_belongs_to_the_hour_of_the_later_sample(warehouse):
    load(warehouse, series(FINISHED, [10, 15, 35], step=1800, first=900, finished_reason="stop"))
    assert [(hour["hour"] - START, hour["requests_ok"]) for hour in traffic(warehouse)] == [
        (timedelta(0), 5),
        (timedelta(hours=1), 20),
    ]


def test_engines_are_summed_after_their_growth(warehouse):
    rows = series(FINISHED, [100, 110, 120], finished_reason="stop")
    rows += series(FINISHED, [500, 3, 4], engine="1", finished_reason="stop")
    load(warehouse, rows)
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 20 + (3 + 1)


def test_how_a_request_ended_says_whether_it_counts(warehouse):
    rows = []
    for reason, grown in {"stop": 1, "length": 2, "repetition": 4, "abort": 8, "error": 16}.items():
        rows += series(FINISHED, [0, grown], finished_reason=reason)
    load(warehouse, rows)
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["requests_failed"]) == (1 + 2 + 4, 8 + 16)


def test_the_first_sample_counts_only_if_the_server_was_born_within(warehouse):
    """`_created` is a gauge that holds the time of birth; it is no counter."""
    born = ms(START) / 1000
    rows = [("vllm:generation_tokens_total", server(pod="old"), 0, 7000)]
    rows += series("vllm:generation_tokens_total", [1000, 1010], pod="old")
    rows += series("vllm:generation_tokens_created", [born - 3600] * 2, pod="old")
    rows += series("vllm:generation_tokens_total", [500, 510], first=600, pod="new")
    rows += series("vllm:generation_tokens_created", [born + 550] * 2, first=600, pod="new")
    load(warehouse, [row for row in rows if row[3] != 7000])
    assert {hour["pod"]: hour["output_tokens"] for hour in traffic(warehouse)} == {"old": 10, "new": 510}


BORN = 1790812800.0  # START


@pytest.mark.parametrize(
    ("created", "counted"),
    [
        (
            [-7200, -7200, 90, 90],
            2 + 30 + 3,
        ),  # began again after the second sample, and had overtaken it by the third
        ([-7200, -7200, -7200, -7200], 2 + 18 + 3),
        ([-7200, -7200, -3600, -3600], 2 + 18 + 3),  # another process of long ago behind one address
    ],
)
def test_a_restart_that_nobody_saw_fall_is_told_by_its_birth(warehouse, created, counted):
    """A pod of a StatefulSet comes back under its name, its series too."""
    rows = series(FINISHED, [10, 12, 30, 33], finished_reason="stop")
    born = [BORN + seconds for seconds in created]
    load(warehouse, rows + series("vllm:request_success_created", born, finished_reason="stop"))
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == counted


def test_names_with_and_without_total_are_one_counter(warehouse):
    rows = series("vllm:prompt_tokens_total", [0, 100]) + series("vllm:prompt_tokens", [0, 100])
    rows += series("vllm:generation_tokens", [0, 30])
    rows += series("vllm:gpu_prefix_cache_hits_total", [0, 40]) + series(
        "vllm:prompt_tokens_cached_total", [0, 41]
    )
    load(warehouse, rows)
    (hour,) = traffic(warehouse)
    assert (hour["input_tokens"], hour["output_tokens"], hour["cached_tokens"]) == (100, 30, 41)


def test_what_a_server_does_not_report_is_unknown_and_not_zero(warehouse):
    load(warehouse, series(FINISHED, [0, 5], finished_reason="stop"))
    (hour,) = traffic(warehouse)
    unknown = (
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "prefill_seconds",
        "latency_seconds",
        "version",
        "team",
    )
    assert [hour[name] for name in unknown] == [None] * len(unknown)


def test_iteration_tokens_total_is_a_histogram_and_stays_out(warehouse):
    rows = series(FINISHED, [0, 5], finished_reason="stop")
    for name in ("_bucket", "_sum", "_count", "_created", ""):
        rows += series(f"vllm:iteration_tokens_total{name}", [0, 1_000_000], le="8.0")
    load(warehouse, rows)
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["output_tokens"]) == (5, None)


def test_buckets_come_apart_and_merge_over_engines(warehouse):
    rows = []
    for engine in ("0", "1"):
        for bound, grown in {"0.5": 3, "1.0": 10, "+Inf": 12}.items():
            rows += series("vllm:e2e_request_latency_seconds_bucket", [5, 5 + grown], le=bound, engine=engine)
        rows += series("vllm:e2e_request_latency_seconds_sum", [100, 109.5], engine=engine)
        rows += series("vllm:request_prefill_time_seconds_sum", [1, 2.5], engine=engine)
        rows += series("vllm:request_decode_time_seconds_sum", [1, 8.5], engine=engine)
        for bound, grown in {"0.25": 12, "+Inf": 12}.items():
            rows += series("vllm:time_to_first_token_seconds_bucket", [0, grown], le=bound, engine=engine)
    load(warehouse, rows)
    buckets = answer(warehouse, "SELECT measure, le, requests FROM traffic_latency ORDER BY measure, le")
    assert [tuple(bucket.values()) for bucket in buckets] == [
        ("end_to_end", 0.5, 6),
        ("end_to_end", 1.0, 14),
        ("end_to_end", float("inf"), 4),
        ("time_to_first_token", 0.25, 24),
    ]
    (hour,) = traffic(warehouse)
    assert (hour["latency_seconds"], hour["prefill_seconds"], hour["decode_seconds"]) == (19, 3, 15)


def test_without_finish_reasons_all_that_finished_count(warehouse):
    load(warehouse, series("vllm:e2e_request_latency_seconds_count", [10, 17]))
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 7


def test_samples_that_come_twice_count_once(warehouse):
    once = series(FINISHED, [10, 20, 5, 9], finished_reason="stop")
    load(warehouse, once + once)
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 10 + 5 + 4


def test_a_counter_below_zero_is_no_sample(warehouse):
    load(warehouse, series(FINISHED, [10, -5, 20, -1, 3], finished_reason="stop"))
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 10 + 3


def grown(values):
    """Growth by hand: pair by pair, a smaller value means that the counter began again."""
    seen = [value for value in values if value is not None]
    return sum(b - a if b >= a else b for a, b in itertools.pairwise(seen))


VALUES = st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(engines=st.lists(VALUES, min_size=1, max_size=3).filter(lambda engines: any(filter(any, engines))))
def test_growth_equals_a_sum_over_pairs(warehouse, engines):
    clear(warehouse)
    rows = [
        row
        for engine, values in enumerate(engines)
        for row in series("vllm:prompt_tokens_total", values, step=600, engine=str(engine))
    ]
    load(warehouse, rows)
    assert sum(hour["input_tokens"] for hour in traffic(warehouse)) == sum(map(grown, engines))


def buckets(per_bound, **more):
    """Cumulative buckets of one histogram: bound → its values scrape by scrape; None = not told."""
    return [
        row
        for bound, values in per_bound.items()
        for row in series("vllm:e2e_request_latency_seconds_bucket", values, le=bound, **more)
    ]


def in_buckets(warehouse):
    found = answer(warehouse, "SELECT le, requests FROM traffic_latency ORDER BY le")
    return {bucket["le"]: bucket["requests"] for bucket in found}


def test_engines_of_two_releases_with_other_bounds_merge_without_loss(warehouse):
    old = buckets({"1.0": [0, 4], "2.0": [0, 9], "+Inf": [0, 10]}, engine="0")
    new = buckets({"0.5": [0, 6], "1.0": [0, 7], "5.0": [0, 8], "+Inf": [0, 8]}, engine="1")
    load(warehouse, old + new)
    assert in_buckets(warehouse) == {0.5: 6, 1.0: 4 + 1, 2.0: 5, 5.0: 1, float("inf"): 1}


def test_bounds_that_change_with_a_restart_within_the_hour_keep_every_request(warehouse):
    """A scrape later the new release tells its finer bound's growth; until then its requests stand in the next one."""
    load(
        warehouse,
        buckets(
            {
                "0.5": [None, None, 1, 3],
                "1.0": [0, 10, 3, 6],
                "2.0": [0, 15, None, None],
                "5.0": [None, None, 4, 8],
                "+Inf": [0, 20, 5, 10],
            }
        ),
    )
    assert in_buckets(warehouse) == {0.5: 2, 1.0: 10 + 3 + 1, 2.0: 5, 5.0: 1, float("inf"): 5 + 2 + 1}


def test_a_bound_that_comes_back_after_a_release_was_taken_back_counts_from_then_on(warehouse):
    load(
        warehouse,
        buckets({"1.0": [0, 4, 4, 6, 7], "2.0": [0, 5, None, 40, 42], "+Inf": [0, 5, 5, 8, 11]}),
    )
    assert in_buckets(warehouse) == {1.0: 4 + 2 + 1, 2.0: 1 + 1, float("inf"): 1 + 1}
