"""What exporters do to the naive reader: one test per pitfall of DCGM, and AMD, Neuron and GKE in their own units."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import duckdb
import pytest
from samples import START, answer, load
from small_store import load_lines, machine_line

from data.model.settings import ModelSettings
from data.warehouse import Warehouse
from ingest.load_telemetry import load_telemetry
from ingest.source import Window
from ingest.sources.prometheus import Prometheus

UTIL, GR = "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
ENERGY, POWER, MEMORY = (
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
    "DCGM_FI_DEV_POWER_USAGE",
    "DCGM_FI_DEV_FB_USED",
)
NODE_DUTY = "kubernetes_io:node_accelerator_duty_cycle"
POD_DUTY = "kubernetes_io:container_accelerator_duty_cycle"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    with Warehouse.open(tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _empty(warehouse):
    for table in ("device_hour", "idle_stretch", "traffic", "traffic_latency", "load"):
        warehouse.con.execute(f"DELETE FROM {table}").fetchall()


def labels(uuid="GPU-1", **more):
    return {"UUID": uuid, "Hostname": "node-1", "gpu": "0", "modelName": "NVIDIA H100 80GB HBM3", **more}


def hours(warehouse):
    return answer(warehouse, "FROM device_hour ORDER BY hour, device_id, pod NULLS FIRST")


def minutes(metric, told, values):
    """One sample a minute."""
    return [(metric, told, 60 * n, value) for n, value in enumerate(values)]


# ---- DCGM ----


@pytest.mark.parametrize("code", range(4))
@pytest.mark.parametrize("blank", [0x7FFFFFF0, 2**47, 0x7FFFFFFFFFFFFFF0], ids=["int32", "fp64", "int64"])
@pytest.mark.parametrize("metric", [UTIL, GR, MEMORY, POWER])
def test_a_blank_is_no_reading(warehouse, metric, blank, code):
    """0 blank, 1 not found, 2 not supported, 3 not permitted; as a float the last ones are one number."""
    rows = minutes(GR, labels(), [0.0] * 60) + minutes(metric, labels(), [float(blank + code)] * 60)
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["busy_seconds"], hour["util_max"], hour["memory_max"]) == (0, 0, None)
    assert hour["energy_joules"] is None


@pytest.mark.parametrize("code", range(4))
def test_a_blank_energy_counter_is_no_reading(warehouse, code):
    rows = minutes(GR, labels(), [0.5] * 60)
    rows += minutes(ENERGY, labels(), [float(0x7FFFFFFFFFFFFFF0 + code)] * 30)
    load(warehouse, rows)
    assert hours(warehouse)[0]["energy_joules"] is None


def test_a_reading_below_zero_is_none(warehouse):
    """Such as AMD's driver gives for what it could not measure."""
    below = [0.5, -1.0] * 30
    load(warehouse, minutes(GR, labels(), below) + minutes(MEMORY, labels(), [100.0, -1.0] * 30))
    (hour,) = hours(warehouse)
    assert (hour["samples"], hour["util_avg"], hour["memory_avg"]) == (30, 0.5, 100)


def test_words_for_a_blank_are_no_error(tmp_path, warehouse):
    """As a label's value and as the sample itself: more than 1 % of such lines would stop a load."""
    path = tmp_path / "t.prom"
    path.write_text(
        'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",modelName="<<<NOT_SUPPORTED>>>"} 50 1790812800000\n'
        'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} <<<NOT_PERMISSIONED>>> 1790812800000\n'
        'DCGM_FI_DEV_FAN_SPEED{UUID="GPU-1"} <<<NOT_SUPPORTED>>> 1790812800000\n'
    )
    (result,) = load_telemetry(warehouse, "gpus", Prometheus(str(path)), Window())
    (hour,) = hours(warehouse)
    assert (result.rejected, hour["gpu_model"], hour["energy_joules"]) == (0, None, None)


def test_the_noise_of_an_idle_engine_is_idle_at_one_percent_and_not_at_zero(warehouse):
    load(warehouse, minutes(GR, labels(), [0.0, 0.0004, 0.003] * 20))
    (hour,) = hours(warehouse)
    assert hour["idle_seconds"] == 3600
    seconds = answer(
        warehouse, "SELECT threshold, max(seconds) AS longest FROM idle_stretch GROUP BY 1 ORDER BY 1"
    )
    assert {row["threshold"]: row["longest"] for row in seconds} == {
        0: 60,
        0.005: 3600,
        0.01: 3600,
        0.02: 3600,
        0.05: 3600,
        0.1: 3600,
    }


def test_ratios_of_dcgm_and_percents_of_gke_are_0_to_1(warehouse):
    """SM, DRAM and tensor activity beside the signal, each in its own column."""
    rows = []
    for name, value in (("SM", 0.5), ("DRAM", 0.25), ("PIPE_TENSOR", 0.125)):
        rows += minutes(f"DCGM_FI_PROF_{name}_ACTIVE", labels(), [value] * 60)
    for name, value in (
        ("duty_cycle", 50),
        ("memory_bandwidth_utilization", 25),
        ("tensorcore_utilization", 12.5),
    ):
        rows += minutes(f"kubernetes_io:node_accelerator_{name}", on_node("chip-1"), [value] * 60)
    load(warehouse, rows)
    told = [(hour["util_avg"], hour["dram_active"], hour["tensor_active"]) for hour in hours(warehouse)]
    assert told == [(0.5, 0.25, 0.125)] * 2
    assert [hour["sm_active"] for hour in hours(warehouse)] == [0.5, None]


def test_an_xid_code_is_sticky_and_says_nothing_about_work(warehouse):
    """DCGM_FI_DEV_XID_ERRORS holds the last code (31, 43 …) as a gauge; some configurations call it a counter."""
    rows = minutes(GR, labels(), [0.0] * 60) + minutes("DCGM_FI_DEV_XID_ERRORS", labels(), [43.0] * 60)
    rows += minutes("DCGM_FI_DEV_XID_ERRORS", labels("GPU-2"), [43.0] * 60)
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["device_id"], hour["busy_seconds"]) == ("GPU-1", 0)


def test_types_are_not_believed(tmp_path, warehouse):
    """Energy as a counter with prometheus_client's suffix, utilisation called a counter, memory without a TYPE."""
    lines = [
        "# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter",
        "# TYPE DCGM_FI_DEV_GPU_UTIL counter",
    ]
    for n in range(60):
        moment = 1790812800000 + 60_000 * n
        lines += [
            f'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION_total{{UUID="GPU-1"}} {6_000_000 * n} {moment}',
            f'DCGM_FI_DEV_GPU_UTIL{{UUID="GPU-1"}} {90 - n % 2} {moment}',
            f'DCGM_FI_DEV_FB_USED{{UUID="GPU-1"}} 1000 {moment}',
        ]
    path = tmp_path / "t.prom"
    path.write_text("\n".join(lines))
    load_telemetry(warehouse, "gpus", Prometheus(str(path)), Window())
    (hour,) = hours(warehouse)
    assert (hour["util_max"], hour["memory_avg"]) == (0.9, 1000)
    assert hour["energy_joules"] == pytest.approx(59 * 6000)


def test_churning_labels_are_one_device(warehouse):
    """A driver upgrade, Hostname becoming hostname, a new pod: three series, one device, each second once."""
    first = labels(DCGM_FI_DRIVER_VERSION="580.1", pod="a", namespace="chat")
    second = labels(DCGM_FI_DRIVER_VERSION="590.4", pod="a", namespace="chat")
    third = {name.replace("Hostname", "hostname"): value for name, value in second.items()} | {"pod": "b"}
    rows = []
    for n in range(60):
        told = first if n < 20 else second if n < 40 else third
        rows += [(GR, told, 60 * n, 0.5), (ENERGY, told, 60 * n, 10_000.0 * n)]
    load(warehouse, rows)
    a, b = hours(warehouse)
    assert (a["pod"], a["observed_seconds"], b["pod"], b["observed_seconds"]) == ("a", 2400, "b", 1200)
    assert {a["device_id"], b["device_id"]} == {"GPU-1"}
    assert {a["node"], b["node"]} == {"node-1"}
    assert a["energy_joules"] + b["energy_joules"] == pytest.approx(590)


def test_a_swapped_board_is_another_device_at_the_same_index(warehouse):
    """Its energy begins at its own counter: never a difference across UUIDs."""
    rows = []
    for n in range(60):
        told = labels("GPU-old" if n < 30 else "GPU-new", gpu="3", device="nvidia3")
        counter = 9e12 + 6000.0 * n if n < 30 else 6000.0 * (n - 30)
        rows += [(GR, told, 60 * n, 0.5), (ENERGY, told, 60 * n, counter)]
    load(warehouse, rows)
    new, old = hours(warehouse)
    assert (new["device_id"], old["device_id"]) == ("GPU-new", "GPU-old")
    assert (new["energy_joules"], old["energy_joules"]) == pytest.approx((29 * 6, 29 * 6))
    assert (old["observed_seconds"], new["observed_seconds"]) == (1800, 1800)


def test_indices_that_change_places_on_a_reboot_move_nothing(warehouse):
    rows = []
    for n in range(60):
        for uuid, place in (("GPU-1", n >= 30), ("GPU-2", n < 30)):
            told = labels(uuid, gpu=str(int(place)), device=f"nvidia{int(place)}")
            rows.append((GR, told, 60 * n, 0.9 if uuid == "GPU-1" else 0.0))
    load(warehouse, rows)
    assert [(hour["device_id"], hour["busy_seconds"]) for hour in hours(warehouse)] == [
        ("GPU-1", 3600),
        ("GPU-2", 0),
    ]


def test_an_exporter_that_was_away_leaves_a_gap_and_no_energy_reset(warehouse):
    moments = [n for n in range(60) if not 20 <= n < 40]
    rows = [(GR, labels(), 60 * n, 0.5) for n in moments]
    rows += [(ENERGY, labels(), 60 * n, 1e9 + 6000.0 * n) for n in moments]
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert hour["observed_seconds"] == 40 * 60
    assert hour["energy_joules"] == pytest.approx(59 * 6)


WEEKS = 1e12  # mJ: what 400 W take in four weeks


@pytest.mark.parametrize(
    ("read", "joules"),
    [
        ([WEEKS, WEEKS + 24e6, WEEKS + 12e6, WEEKS + 48e6], 48e3),  # told late: taken back, and made good
        ([WEEKS, WEEKS + 24e6, 12e6, 36e6], 24e3 + 12e3 + 24e3),  # the driver was loaded again
        (
            [WEEKS, WEEKS + 24e6, WEEKS / 2, WEEKS / 2 + 24e6],
            24e3 + 24e3,
        ),  # another board's: its past is not ours
    ],
    ids=["late", "reset", "another"],
)
def test_an_energy_counter_begins_again_only_where_so_much_can_have_been_used(warehouse, read, joules):
    load(warehouse, minutes(GR, labels(), [0.5] * len(read)) + minutes(ENERGY, labels(), read))
    assert hours(warehouse)[0]["energy_joules"] == pytest.approx(joules)


def test_time_slicing_takes_the_devices_reading_and_not_the_processes(warehouse):
    """Per-process utilisation and memory come beside the device's own; `vgpu` numbers the shares."""
    rows = []
    for n in range(60):
        rows += [(UTIL, labels(), 60 * n, 80), (MEMORY, labels(), 60 * n, 30_000)]
        for share, pod in enumerate(("one", "two")):
            told = labels(pod=pod, namespace="n", vgpu=str(share))
            rows += [
                (UTIL, told, 60 * n, 50 if share else 30),
                (MEMORY, told, 60 * n, 20_000 if share else 10_000),
                (POWER, told, 60 * n, 400),
            ]
    load(warehouse, rows)
    one, two = hours(warehouse)
    assert {one["util_avg"], two["util_avg"]} == {0.8}
    assert {one["memory_max"], two["memory_max"]} == {30_000}
    assert one["observed_seconds"] + two["observed_seconds"] == 3600
    assert one["energy_joules"] + two["energy_joules"] == pytest.approx(400 * 3600)


def test_power_and_energy_under_mig_are_the_parents_once(warehouse):
    """Instances have PROF series only; GPU_UTIL is blank at the parent; DRA's names of an instance change nothing."""
    rows = minutes(UTIL, labels(), [9.223372036854776e18] * 60) + minutes(POWER, labels(), [300.0] * 60)
    rows += minutes(ENERGY, labels(), [18_000_000.0 * n for n in range(60)])
    rows += minutes(GR, labels(), [0.5] * 60)
    for instance in ("1", "2"):
        told = labels(
            GPU_I_ID=instance,
            GPU_I_PROFILE="3g.40gb",
            dra_mig_device_uuid=f"MIG-{instance}",
            dra_mig_profile="3g.40gb",
        )
        rows += minutes(GR, told, [0.5] * 60)
        rows += minutes("DCGM_FI_DEV_XID_ERRORS", told, [0.0] * 60)
    load(warehouse, rows)
    told = hours(warehouse)
    assert [hour["device_id"] for hour in told] == ["GPU-1/1", "GPU-1/2"]
    assert {hour["parent_id"] for hour in told} == {"GPU-1"}
    assert sum(hour["energy_joules"] for hour in told) == pytest.approx(59 * 18_000)


def test_old_names_and_nvlinks_labels_are_the_same_device(warehouse):
    """dcgm-exporter 1.x, a lower-casing distribution, and the labels that NVLink series carry."""
    rows = minutes("dcgm_gpu_utilization", {"uuid": "GPU-1", "hostname": "node-1"}, [70] * 60)
    rows += minutes("dcgm_fb_used", {"gpu_uuid": "GPU-1", "model_name": "NVIDIA H100"}, [500] * 60)
    rows += minutes("dcgm_power_usage", {"uuid": "GPU-1", "pod_name": "p", "pod_namespace": "n"}, [100] * 60)
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["device_id"], hour["gpu_model"], hour["signal"]) == ("GPU-1", "NVIDIA H100", "gpu_util")
    assert (hour["pod"], hour["memory_avg"], hour["energy_joules"]) == ("p", 500, 360_000)


def test_a_series_that_names_no_device_is_counted(warehouse):
    rows = [*minutes(UTIL, labels(), [7] * 3), *minutes(UTIL, {"job": "x"}, [7] * 3)]
    assert "1 DCGM series name no UUID and no GPU index" in load(warehouse, rows).message


# ---- AMD ----


def amd(**more):
    return {
        "gpu_id": "0",
        "serial_number": "692251001124",
        "card_series": "AMD Instinct MI300X",
        "hostname": "amd-1",
        **more,
    }


def test_amd_in_its_own_units(warehouse):
    """Percent, MB, W under three names by generation, and µJ."""
    held = amd(pod="llama-0", namespace="chat", container="vllm")
    rows = minutes("gpu_gfx_activity", held, [0, 80, 80, 0] * 15)
    rows += minutes("gpu_umc_activity", held, [25] * 60)
    rows += minutes("gpu_used_vram", held, [100_000] * 60)
    rows += minutes("gpu_package_power", held, [500] * 60)
    rows += minutes("gpu_energy_consumed", held, [30_000_000_000.0 * n for n in range(60)])
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["device_kind"], hour["gpu_model"], hour["node"]) == ("gpu", "AMD Instinct MI300X", "amd-1")
    assert (hour["signal"], hour["busy_seconds"], hour["util_max"]) == ("gfx_activity", 1800, 0.8)
    assert (hour["dram_active"], hour["memory_avg"], hour["pod"]) == (0.25, 100_000, "llama-0")
    assert hour["energy_joules"] == pytest.approx(59 * 30_000)


@pytest.mark.parametrize("power", ["gpu_package_power", "gpu_average_package_power", "GPU_POWER_USAGE"])
def test_amd_power_by_generation(warehouse, power):
    load(warehouse, minutes("GPU_GFX_ACTIVITY", amd(), [50] * 60) + minutes(power, amd(), [200] * 60))
    assert hours(warehouse)[0]["energy_joules"] == 200 * 3600


def test_a_partitioned_amd_gpu_is_unobserved_and_not_idle(warehouse):
    """GFX activity is for unpartitioned GPUs; what is printed instead is no percentage."""
    rows = minutes("gpu_gfx_activity", amd(), [65535] * 60) + minutes("gpu_package_power", amd(), [700] * 60)
    load(warehouse, rows)
    assert hours(warehouse) == []


def test_devices_without_any_signal_are_counted(warehouse):
    """A partitioned AMD GPU whose exporter leaves the activity out; a MIG parent is no such device."""
    rows = minutes("gpu_package_power", amd(), [700] * 60) + minutes(POWER, labels(), [300] * 60)
    rows += minutes(GR, labels(GPU_I_ID="1", GPU_I_PROFILE="7g.80gb"), [0.5] * 60)
    result = load(warehouse, rows)
    assert [hour["device_id"] for hour in hours(warehouse)] == ["GPU-1/1"]
    assert result.message == "devices that report nothing of their activity, and stay unobserved: 1"


def test_amds_exporter_holds_no_gpu(warehouse):
    told = amd(pod="device-metrics-exporter-x8k2c", namespace="kube-amd-gpu")
    load(warehouse, minutes("gpu_gfx_activity", told, [0] * 60))
    assert [hour["pod"] for hour in hours(warehouse)] == [None]


# ---- AWS Neuron ----

TRN = {"instance_id": "i-0abc123def", "instance_type": "trn1.32xlarge", "runtime_tag": "7"}
HARDWARE = ("neuron_hardware_info", {**TRN, "neuron_device_count": "16", "neuroncore_per_device_count": "2"})


def test_neuron_cores_are_counted_as_the_devices_that_are_billed(warehouse):
    """Cores 0 and 1 are device 0: busy while either works. Core 2 is device 1. The other 14 devices are unobserved."""
    rows = minutes(*HARDWARE, [1] * 60)
    for core, values in ((0, [0.0] * 60), (1, [0.0, 0.6] * 30), (2, [0.0] * 60)):
        rows += minutes("neuroncore_utilization_ratio", {**TRN, "neuroncore": str(core)}, values)
    load(warehouse, rows)
    first, second = hours(warehouse)
    assert (first["device_id"], second["device_id"]) == ("i-0abc123def/neuron0", "i-0abc123def/neuron1")
    assert (first["busy_seconds"], second["busy_seconds"]) == (1800, 0)
    assert (first["node"], first["device_kind"], first["signal"]) == (
        "i-0abc123def",
        "neuron",
        "neuroncore_utilization",
    )


def test_neuron_cores_of_unknown_hardware_are_left_out_and_counted(warehouse):
    """Two cores priced as two devices would double the machine's share that is in use."""
    rows = minutes("neuroncore_utilization_ratio", {**TRN, "neuroncore": "0"}, [0.5] * 60)
    result = load(warehouse, rows + minutes(UTIL, labels(), [0] * 60))
    assert [hour["device_kind"] for hour in hours(warehouse)] == ["gpu"]
    assert "1 NeuronCore series left out: no neuron_hardware_info" in result.message


# ---- GKE ----


def on_node(chip, **more):
    return {
        "monitored_resource": "k8s_node",
        "node_name": "gke-tpu-1",
        "cluster_name": "prod",
        "make": "cloud-tpu",
        "model": "tpu-v5-lite-podslice",
        "accelerator_id": chip,
        **more,
    }


def in_pod(chip, **more):
    return {
        "monitored_resource": "k8s_container",
        "namespace_name": "chat",
        "pod_name": "llama-0",
        "container_name": "server",
        "cluster_name": "prod",
        "make": "cloud-tpu",
        "model": "tpu-v5-lite-podslice",
        "accelerator_id": chip,
        **more,
    }


def test_a_tpu_is_seen_by_its_node_and_held_by_the_pod_that_container_series_name(warehouse):
    """Container series exist only while a pod runs, and are not sampled at the node's instants. Free is not missing."""
    rows = []
    for n in range(60):
        rows += [(NODE_DUTY, on_node(f"47219860{k}-{k}"), 60 * n, 90 if k == 0 else 1) for k in range(2)]
        if n < 30:
            rows.append((POD_DUTY, in_pod("472198600-0"), 60 * n + 17, 90))
    rows += [("kubernetes_io:node_accelerator_memory_used", on_node("472198600-0"), 0, 8 * 2**30)]
    load(warehouse, rows)
    free, held, other = hours(warehouse)
    assert {hour["device_kind"] for hour in (free, held, other)} == {"tpu"}
    assert (held["pod"], held["observed_seconds"], held["busy_seconds"]) == ("llama-0", 1800, 1800)
    assert (free["pod"], free["observed_seconds"]) == (None, 1800)
    assert (other["device_id"], other["idle_seconds"], other["node"]) == ("472198601-1", 3600, "gke-tpu-1")
    assert (held["signal"], held["step_seconds"], held["memory_max"]) == ("duty_cycle", 60, 8192)


def test_the_lowest_duty_cycle_of_gke_is_one_percent(warehouse):
    """Google documents 1 to 100: idle at the default threshold, and never below it."""
    load(warehouse, minutes(NODE_DUTY, on_node("472198600-0"), [1] * 60))
    (hour,) = hours(warehouse)
    assert hour["idle_seconds"] == 3600
    at = answer(warehouse, "SELECT DISTINCT threshold FROM idle_stretch ORDER BY 1")
    assert [row["threshold"] for row in at] == [0.01, 0.02, 0.05, 0.1]


def test_gke_and_dcgm_see_one_gpu(warehouse):
    """GKE names a GPU by its UUID; DCGM's signal is the finer one, and its name for the model counts."""
    gpu = {"make": "nvidia", "model": "nvidia-h100-80gb"}
    rows = minutes(GR, labels("GPU-9f"), [0.0] * 60)
    rows += minutes(NODE_DUTY, on_node("GPU-9f", **gpu), [100] * 60)
    load(warehouse, rows)
    (hour,) = hours(warehouse)
    assert (hour["device_kind"], hour["signal"], hour["busy_seconds"]) == ("gpu", "gr_engine_active", 0)
    assert hour["gpu_model"] == "NVIDIA H100 80GB HBM3"


def test_an_index_is_a_device_of_its_node_only(warehouse):
    rows = [
        row
        for node in ("n1", "n2")
        for row in minutes(NODE_DUTY, on_node("0", node_name=node), [50 if node == "n1" else 1] * 60)
    ]
    rows += minutes(POD_DUTY, in_pod("0"), [50] * 60)
    result = load(warehouse, rows)
    assert [(hour["device_id"], hour["busy_seconds"]) for hour in hours(warehouse)] == [
        ("n1/0", 3600),
        ("n2/0", 0),
    ]
    assert "1 accelerator series of GKE name neither a device nor the node" in result.message


# ---- every hour says how it was measured ----


def test_signal_kind_and_step_are_stored_with_each_hour(warehouse):
    rows = minutes(GR, labels(), [0.5] * 60)
    rows += [("gpu_gfx_activity", amd(), 30 * n, 50) for n in range(120)]
    rows += minutes(NODE_DUTY, on_node("472198600-0"), [50] * 60)
    load(warehouse, rows)
    told = {
        (hour["device_kind"], hour["signal"], hour["step_seconds"], hour["observed_seconds"])
        for hour in hours(warehouse)
    }
    assert told == {
        ("gpu", "gr_engine_active", 60, 3600),
        ("gpu", "gfx_activity", 30, 3600),
        ("tpu", "duty_cycle", 60, 3600),
    }


def test_recorded_answers_of_other_exporters_are_read(tmp_path, warehouse):
    metric = {"__name__": "gpu_gfx_activity", **amd()}
    told = {"status": "success", "data": {"resultType": "vector", "result": [{"metric": metric}]}}
    told["data"]["result"][0]["value"] = [1790812800.5, "33"]
    (tmp_path / "a.json").write_text(json.dumps(told))
    load_telemetry(warehouse, "amd", Prometheus(str(tmp_path / "a.json")), Window())
    (hour,) = hours(warehouse)
    assert (hour["util_avg"], hour["first_seen"]) == (0.33, START + timedelta(milliseconds=500))
    assert hour["hour"] == datetime(2026, 10, 1)


def test_two_neuron_devices_of_sixteen_are_two_sixteenths_of_the_bill(tmp_path):
    """$16 an hour: $2 observed, of which one device was busy all the time; 14 devices nobody saw stay unobserved."""
    rows = minutes(*HARDWARE, [1] * 60)
    for core, value in ((0, 0.5), (1, 0.0), (2, 0.0)):
        rows += minutes("neuroncore_utilization_ratio", {**TRN, "neuroncore": str(core)}, [value] * 60)
    with Warehouse.open(tmp_path / "own") as own:
        load_lines(own, [machine_line(START, "i-0abc123def", "16", instance_type="trn1.32xlarge")])
        load(own, rows)
        path = own.publish(ModelSettings()).path
    with duckdb.connect(str(path), read_only=True) as con:
        told = con.execute(
            "SELECT device_kind, signal, step_seconds, count(*), sum(cost), sum(busy_cost), "
            "sum(observed_seconds) / sum(billed_seconds) FROM gpu_hour GROUP BY ALL ORDER BY signal"
        ).fetchall()
    assert told == [
        ("neuron", "neuroncore_utilization", 60, 2, 2, 1, 1),
        ("neuron", None, None, 14, 14, 0, 0),
    ]


# ---- Slurm ----


@pytest.mark.parametrize(
    ("told", "holder"),
    [
        ({"hpc_job": "4711"}, ("slurm", "4711")),
        # Prometheus writes the exporter's own pod where no pod holds the device; the job does
        ({"hpc_job": "4711", "pod": "dcgm-exporter-x8k2c", "namespace": "gpu-operator"}, ("slurm", "4711")),
        ({"hpc_job": "4711", "pod": "llama-0", "namespace": "serve"}, ("serve", "llama-0")),
        ({"hpc_job": ""}, (None, None)),
        ({"pod": "dcgm-exporter-x8k2c", "namespace": "gpu-operator"}, (None, None)),
    ],
)
def test_a_job_of_slurm_holds_its_device(warehouse, told, holder):
    """dcgm-exporter names the jobs of a cluster without Kubernetes in hpc_job: held, and not free."""
    load(warehouse, minutes(GR, labels(**told), [0.5] * 60))
    (hour,) = hours(warehouse)
    assert (hour["namespace"], hour["pod"]) == holder


def test_two_jobs_on_one_device_share_it(warehouse):
    rows = [row for job in ("1", "2") for row in minutes(GR, labels(hpc_job=job), [0.5] * 60)]
    load(warehouse, rows)
    assert [(hour["pod"], hour["observed_seconds"]) for hour in hours(warehouse)] == [
        ("1", 1800),
        ("2", 1800),
    ]
