"""From samples to device hours and idle stretches: hand-made cases, and a second computation, second by second."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import START, answer, load

from data.warehouse import Warehouse

UTIL, GR, SM = "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "DCGM_FI_PROF_SM_ACTIVE"
ENERGY, MEMORY = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "DCGM_FI_DEV_FB_USED"
THRESHOLDS = (0, 0.005, 0.01, 0.02, 0.05, 0.1)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    with Warehouse.open(tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _empty(warehouse):
    clear(warehouse)


def clear(warehouse):
    for table in ("device_hour", "idle_stretch", "traffic", "traffic_latency", "load"):
        warehouse.con.execute(f"DELETE FROM {table}").fetchall()


def labels(uuid="GPU-1", **more):
    return {"UUID": uuid, "Hostname": "node-1", "gpu": "0", "modelName": "NVIDIA H100 80GB HBM3", **more}


def hours(warehouse):
    return answer(warehouse, "FROM device_hour ORDER BY hour, device_id, pod NULLS FIRST")


def stretches(warehouse, threshold=0.01):
    return answer(
        warehouse,
        "FROM idle_stretch WHERE threshold = $threshold ORDER BY device_id, start_at",
        threshold=threshold,
    )


def seconds_at(**parts):
    return timedelta(**parts).total_seconds()


def test_a_sample_speaks_until_the_next_one_and_is_cut_at_the_hour(warehouse):
    rows = [(GR, labels(), seconds_at(minutes=55 + 10 * n), value) for n, value in enumerate([0.5, 0.0])]
    load(warehouse, rows)
    first, second = hours(warehouse)
    assert (first["observed_seconds"], first["busy_seconds"], first["idle_seconds"]) == (300, 300, 0)
    # 01:00–01:05 still speaks of the busy sample; the last one covers one step
    assert (second["observed_seconds"], second["busy_seconds"], second["idle_seconds"]) == (900, 300, 600)
    assert (first["samples"], second["samples"]) == (1, 1)
    assert second["util_avg"] == pytest.approx(0.5 / 3)


def test_a_gap_above_two_steps_is_not_observed_and_ends_a_stretch(warehouse):
    moments = [0, 60, 120, 180, 600, 660]
    load(warehouse, [(GR, labels(), moment, 0.0) for moment in moments])
    (hour,) = hours(warehouse)
    assert hour["observed_seconds"] == hour["idle_seconds"] == 240 + 120
    assert [stretch["seconds"] for stretch in stretches(warehouse)] == [240, 120]


def test_a_missed_scrape_is_covered(warehouse):
    load(warehouse, [(GR, labels(), moment, 0.0) for moment in (0, 60, 180, 240)])
    (hour,) = hours(warehouse)
    assert hour["observed_seconds"] == 300
    (stretch,) = stretches(warehouse)
    assert (stretch["seconds"], stretch["largest_gap"]) == (300, 120)


def test_a_stretch_runs_across_hours_and_days(warehouse):
    load(warehouse, [(GR, labels(), 600 * n, 0.0) for n in range(6 * 30)])
    (stretch,) = stretches(warehouse)
    assert stretch["start_at"] == START
    assert stretch["end_at"] == START + timedelta(hours=30)
    assert stretch["seconds"] == 30 * 3600
    assert len(hours(warehouse)) == 30
    assert {hour["observed_seconds"] for hour in hours(warehouse)} == {3600}


def test_a_single_scrape_speaks_for_thirty_seconds(warehouse):
    load(warehouse, [(UTIL, labels(), 5, 91)])
    (hour,) = hours(warehouse)
    assert (hour["observed_seconds"], hour["busy_seconds"], hour["util_avg"]) == (30, 30, 0.91)
    assert (hour["signal"], hour["step_seconds"]) == ("gpu_util", 30)


def test_the_better_signal_is_taken_per_hour(warehouse):
    rows = []
    for n in range(6):
        rows.append((UTIL, labels(), 1800 * n, 91))
        rows.append((GR, labels(), 1800 * n, 0.156))
        if n in (2, 3):
            rows.append((SM, labels(), 1800 * n, 0.004))
    load(warehouse, rows)
    assert [(hour["signal"], hour["util_max"]) for hour in hours(warehouse)] == [
        ("gr_engine_active", 0.156),
        ("sm_active", 0.004),
        ("gr_engine_active", 0.156),
    ]


def test_blank_sentinels_are_no_samples(warehouse):
    rows = [
        (UTIL, labels(), 60 * n, value) for n, value in enumerate([0, 2147483632, 9.223372036854776e18, 0])
    ]
    rows += [(MEMORY, labels(), 60 * n, value) for n, value in enumerate([100, 140737488355328, 300])]
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["samples"], hour["util_max"]) == (2, 0)
    assert (hour["memory_avg"], hour["memory_max"]) == (200, 300)


def test_energy_is_the_devices_counter_whatever_the_pod(warehouse):
    counter = [(1_000_000, "a"), (1_060_000, "a"), (1_160_000, "b"), (40_000, "b")]  # a new pod, then a reset
    rows = [(ENERGY, labels(pod=pod), 60 * n, value) for n, (value, pod) in enumerate(counter)]
    rows += [(GR, labels(pod=pod), 60 * n, 0.5) for n, (_, pod) in enumerate(counter)]
    load(warehouse, rows)
    assert {hour["pod"]: hour["energy_joules"] for hour in hours(warehouse)} == {"a": 60, "b": 100 + 40}


def test_time_slicing_prices_a_device_once(warehouse):
    """Every series is repeated per pod, and the device's own series comes in addition."""
    rows = []
    for n in range(60):
        for pod in ({}, {"pod": "one", "namespace": "n"}, {"pod": "two", "namespace": "n"}):
            rows.append((UTIL, labels(**pod), 60 * n, 0 if n < 30 else 80))
            rows.append((ENERGY, labels(**pod), 60 * n, 1000 * 60 * n))
    load(warehouse, rows)
    one, two = hours(warehouse)
    assert (one["pod"], two["pod"]) == ("one", "two")
    assert one["observed_seconds"] == two["observed_seconds"] == 1800
    assert one["busy_seconds"] == two["idle_seconds"] == 900
    assert one["energy_joules"] + two["energy_joules"] == pytest.approx(59 * 60)
    assert [stretch["seconds"] for stretch in stretches(warehouse)] == [900, 900]
    assert {stretch["end_at"] - stretch["start_at"] for stretch in stretches(warehouse)} == {
        timedelta(minutes=30)
    }


def test_a_stretch_is_cut_where_the_number_of_sharers_changes(warehouse):
    """So that seconds are even within each, and a day's part of one is exact."""
    both = ({"pod": "one"}, {"pod": "two"})
    rows = [(GR, labels(pod="one"), 600 * n, 0.0) for n in (0, 1, 4, 5)]
    rows += [(GR, labels(**pod), 600 * n, 0.0) for n in (2, 3) for pod in both]
    load(warehouse, rows)
    cut = [
        (stretch["pod"], (stretch["start_at"] - START).seconds, stretch["seconds"])
        for stretch in stretches(warehouse)
    ]
    assert sorted(cut) == [("one", 0, 1200), ("one", 1200, 600), ("one", 2400, 1200), ("two", 1200, 600)]


def test_mig_instances_stand_for_their_parent(warehouse):
    """The parent's series repeat what the instances say; its energy is shared over them by compute slices."""
    small, big = (
        {"GPU_I_ID": str(n), "GPU_I_PROFILE": profile} for n, profile in ((13, "1g.5gb"), (2, "3g.20gb"))
    )
    rows = []
    for n in range(60):
        rows.append((GR, labels(), 60 * n, 0.99))
        rows.append((ENERGY, labels(), 60 * n, 400_000 * n))
        rows.append((GR, labels(**small), 60 * n, 0.0))
        rows.append((GR, labels(**big), 60 * n, 0.9))
    load(warehouse, rows)
    idle, busy = hours(warehouse)
    assert (idle["device_id"], busy["device_id"]) == ("GPU-1/13", "GPU-1/2")
    assert {idle["parent_id"], busy["parent_id"]} == {"GPU-1"}
    assert (idle["idle_seconds"], busy["busy_seconds"]) == (3600, 3600)
    assert (idle["energy_joules"], busy["energy_joules"]) == pytest.approx((59 * 100, 59 * 300))


def test_an_instances_number_is_another_slice_after_the_gpu_was_cut_anew(warehouse):
    """Instance 1 is 1g and then 3g, instance 2 is 3g and then 4g: 400 W go 1:3, then 3:4."""
    rows = [(ENERGY, labels(), 60 * n, 60 * 400_000 * n) for n in range(120)]
    for n in range(120):
        for instance, profile in enumerate(["1g.10gb", "3g.40gb"] if n < 60 else ["3g.40gb", "4g.40gb"], 1):
            rows.append((GR, labels(GPU_I_ID=str(instance), GPU_I_PROFILE=profile), 60 * n, 0.5))
    load(warehouse, rows)
    told = [(hour["device_id"], hour["mig_profile"], hour["observed_seconds"]) for hour in hours(warehouse)]
    assert told == [
        ("GPU-1/1", "1g.10gb", 3600),
        ("GPU-1/2", "3g.40gb", 3600),
        ("GPU-1/1", "3g.40gb", 3600),
        ("GPU-1/2", "4g.40gb", 3600),
    ]
    assert [hour["energy_joules"] for hour in hours(warehouse)] == pytest.approx(
        [400 * 59 * 60 / 4, 400 * 59 * 60 * 3 / 4, 400 * 3600 * 3 / 7, 400 * 3600 * 4 / 7]
    )


def test_a_device_that_is_cut_later_is_itself_before(warehouse):
    rows = [(GR, labels(), 600 * n, 0.5) for n in range(12)]
    rows += [(GR, labels(GPU_I_ID="1", GPU_I_PROFILE="7g.80gb"), 600 * n, 0.5) for n in range(6, 12)]
    load(warehouse, rows)
    assert [(hour["device_id"], hour["observed_seconds"]) for hour in hours(warehouse)] == [
        ("GPU-1", 3600),
        ("GPU-1/1", 3600),
    ]


@pytest.mark.parametrize(
    ("told", "holder"),
    [
        ({}, (None, None)),
        ({"pod": "", "namespace": ""}, (None, None)),
        ({"pod": "web-1", "namespace": "chat"}, ("chat", "web-1")),
        ({"pod_name": "web-1", "pod_namespace": "chat"}, ("chat", "web-1")),
        ({"pod": "nvidia-dcgm-exporter-wqqqn", "namespace": "gpu-operator"}, (None, None)),
        ({"pod": "x-7", "container": "nvidia-dcgm-exporter", "namespace": "gpu-operator"}, (None, None)),
        ({"pod": "gpu-metrics-x8k2c", "job": "gpu-metrics", "namespace": "ops"}, (None, None)),
        (
            {"pod": "gpu-metrics-load-test", "job": "gpu-metrics", "namespace": "ops"},
            ("ops", "gpu-metrics-load-test"),
        ),
        (
            {
                "exported_pod": "web-1",
                "exported_namespace": "chat",
                "pod": "dcgm-exporter-2",
                "namespace": "ops",
            },
            ("chat", "web-1"),
        ),
        ({"exported_pod": "", "exported_namespace": "", "pod": "odd-name", "namespace": "ops"}, (None, None)),
    ],
)
def test_who_holds_the_device(warehouse, told, holder):
    load(warehouse, [(UTIL, labels(**told), 0, 0)])
    (hour,) = hours(warehouse)
    assert (hour["namespace"], hour["pod"]) == holder


def test_one_workload_seen_behind_a_target_tells_how_to_read_its_other_series(warehouse):
    target = {"job": "gpus", "instance": "10.0.0.1:9400", "pod": "oddly-named", "namespace": "ops"}
    rows = [(UTIL, labels("GPU-1", **target, exported_pod="web-1", exported_namespace="chat"), 0, 0)]
    rows += [(UTIL, labels("GPU-2", **target), 0, 0)]
    load(warehouse, rows)
    assert [hour["pod"] for hour in hours(warehouse)] == ["web-1", None]


def test_lower_case_names_and_labels_are_the_same(warehouse):
    told = {
        "uuid": "GPU-1",
        "hostname": "node-1",
        "modelname": "NVIDIA A100",
        "gpu_i_id": "3",
        "gpu_i_profile": "1g.5gb",
    }
    load(warehouse, [(GR.lower(), told, 0, 0.2)])
    (hour,) = hours(warehouse)
    assert (hour["device_id"], hour["gpu_model"], hour["node"]) == ("GPU-1/3", "NVIDIA A100", "node-1")


def test_loading_again_replaces_hours_and_cuts_stretches(warehouse):
    idle = [(GR, labels(), 600 * n, 0.0) for n in range(6 * 6)]
    load(warehouse, idle)
    load(warehouse, [(GR, labels(), 600 * n, 0.9) for n in range(6 * 2, 6 * 4)])
    assert [hour["idle_seconds"] for hour in hours(warehouse)] == [3600, 3600, 0, 0, 3600, 3600]
    kept = [
        (stretch["start_at"] - START, stretch["end_at"] - START, stretch["seconds"])
        for stretch in stretches(warehouse)
    ]
    assert kept == [
        (timedelta(0), timedelta(hours=2), 7200),
        (timedelta(hours=4), timedelta(hours=6), 7200),
    ]


def test_the_same_content_twice_changes_nothing(warehouse):
    rows = [(GR, labels(), 600 * n, 0.0) for n in range(6)]
    assert load(warehouse, rows, delivery_id="same").status == "loaded"
    again = load(warehouse, rows, delivery_id="same")
    assert (again.status, again.rows) == ("unchanged", 1)
    assert len(hours(warehouse)) == 1


def test_content_that_was_replaced_since_is_loaded_again(warehouse):
    rows = [(GR, labels(), 600 * n, 0.0) for n in range(6)]
    load(warehouse, rows, delivery_id="old")
    load(warehouse, [(GR, labels(), 600 * n, 0.9) for n in range(6)], delivery_id="newer")
    assert [hour["idle_seconds"] for hour in hours(warehouse)] == [0]
    assert load(warehouse, rows, delivery_id="old").status == "loaded"
    assert [hour["idle_seconds"] for hour in hours(warehouse)] == [3600]


def test_every_month_that_was_touched_is_built_again(warehouse):
    warehouse.con.execute("DELETE FROM dirty_month").fetchall()
    load(warehouse, [(GR, labels(), seconds_at(days=day), 0.0) for day in (30, 31)])
    months = warehouse.con.execute("SELECT month FROM dirty_month ORDER BY 1").fetchall()
    assert [str(month) for (month,) in months] == ["2026-10-01", "2026-11-01"]


# ---- a second computation: every second of a device is looked at by itself ----

GAPS = st.sampled_from([10, 10, 10, 15, 20, 21, 45, 2000])
SIGNALS = st.sampled_from([0.0, 0.004, 0.005, 0.006, 0.01, 0.011, 0.02, 0.04, 0.05, 0.1, 0.2, 0.9])
HOLDERS = st.sampled_from([(), (), ("a",), ("b",), ("a", "b"), ("a", "b", "c")])
TICK = st.tuples(GAPS, SIGNALS, HOLDERS, st.booleans())
FLEET = st.lists(
    st.tuples(st.integers(3000, 3700), st.lists(TICK, min_size=1, max_size=25)), min_size=1, max_size=3
)


def samples_of(fleet):
    """Rows to load, and per device its (second, signal, holders, has the better metric)."""
    rows, told = [], {}
    for number, (first, ticks) in enumerate(fleet):
        moment, seen = first, []
        for gap, signal, holders, better in ticks:
            seen.append((moment, signal, holders, better))
            for pod in holders or (None,):
                told_labels = labels(f"GPU-{number}", **({"pod": pod} if pod else {}))
                rows.append((UTIL, told_labels, moment, 50))
                rows += [(GR, told_labels, moment, signal)] if better else []
            moment += gap
        told[f"GPU-{number}"] = seen
    return rows, told


def second_by_second(told):
    """(device, second) → (signal, holders), as the definitions say, without any interval arithmetic."""
    kept = {}
    for device, seen in told.items():
        better = {moment // 3600 for moment, _, _, good in seen if good}
        kept[device] = [
            (moment, signal if good else 0.5, holders)
            for moment, signal, holders, good in seen
            if good or moment // 3600 not in better
        ]
    steps = {}
    for device, seen in kept.items():
        gaps = [b[0] - a[0] for a, b in itertools.pairwise(seen)]
        if gaps:
            steps[device] = min(statistics.median_low(gaps), 3600)
    finest = min(steps.values(), default=30)
    end = (max(moment for seen in told.values() for moment, *_ in seen) // 3600 + 1) * 3600
    state = {}
    for device, seen in kept.items():
        step = steps.get(device, finest)
        for place, (moment, signal, holders) in enumerate(seen):
            following = seen[place + 1][0] if place + 1 < len(seen) else None
            until = following if following is not None and following - moment <= 2 * step else moment + step
            for second in range(moment, min(until, end)):
                state[device, second] = (signal, holders or (None,))
    return state


def expected_hours(state):
    table = defaultdict(lambda: [0.0, 0.0])
    for (device, second), (signal, holders) in state.items():
        for pod in holders:
            table[device, second // 3600, pod][signal > 0.01] += 1 / len(holders)
    return table


def expected_stretches(state, threshold):
    """Runs of consecutive idle seconds of one device and holder, each with the same number of sharers."""
    runs = []
    ordered = sorted(
        (device, str(pod), second, len(holders))
        for (device, second), (signal, holders) in state.items()
        for pod in holders
        if signal <= threshold
    )
    for device, pod, second, sharers in ordered:
        if runs and runs[-1][:2] == [device, pod] and runs[-1][3] == second and runs[-1][4] == sharers:
            runs[-1][3] += 1
        else:
            runs.append([device, pod, second, second + 1, sharers])
    return [(device, pod, start, end, (end - start) / sharers) for device, pod, start, end, sharers in runs]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fleet=FLEET)
def test_hours_and_stretches_equal_a_count_of_seconds(warehouse, fleet):
    clear(warehouse)
    rows, told = samples_of(fleet)
    load(warehouse, rows)
    state = second_by_second(told)
    found = {
        (hour["device_id"], (hour["hour"] - START) // timedelta(hours=1), hour["pod"]): hour
        for hour in hours(warehouse)
    }
    wanted = expected_hours(state)
    assert set(found) == set(wanted)
    for key, (idle, busy) in wanted.items():
        assert (found[key]["idle_seconds"], found[key]["busy_seconds"]) == pytest.approx((idle, busy))
        assert found[key]["observed_seconds"] == pytest.approx(idle + busy)
        assert found[key]["first_seen"] <= found[key]["last_seen"]
    for threshold in THRESHOLDS:
        spans = [
            (
                stretch["device_id"],
                str(stretch["pod"]),
                (stretch["start_at"] - START).total_seconds(),
                (stretch["end_at"] - START).total_seconds(),
                pytest.approx(stretch["seconds"]),
            )
            for stretch in stretches(warehouse, threshold)
        ]
        assert sorted(expected_stretches(state, threshold)) == sorted(spans, key=lambda span: span[:4])
    idle = sum(hour["idle_seconds"] for hour in found.values())
    assert sum(stretch["seconds"] for stretch in stretches(warehouse)) == pytest.approx(idle, abs=1e-9)
