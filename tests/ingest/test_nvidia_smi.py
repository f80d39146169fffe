"""Logs of nvidia-smi: units, words for nothing, local times, masked UUIDs; hours computed by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from samples import answer

from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.nvidia_smi import NvidiaSmi

HEADER = "timestamp, uuid, index, name, utilization.gpu [%], memory.used [MiB], power.draw [W]"
NOON = datetime(2026, 10, 1, 12)


def load(wh, location, window=None, **options):
    (result,) = load_telemetry(wh, "smi", NvidiaSmi(str(location), **options), window or Window())
    return result


def devices(wh):
    return answer(wh, "FROM device_hour ORDER BY hour, device_id")


def line(moment, util, uuid="GPU-a", index=0, memory="1000 MiB", power="100.00 W"):
    return f"{moment:%Y/%m/%d %H:%M:%S.000}, {uuid}, {index}, NVIDIA L4, {util}, {memory}, {power}"


def write(path, *lines, header=HEADER):
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def minutes(count, start=NOON):
    return [start + timedelta(minutes=n) for n in range(count)]


def test_an_hour_of_one_gpu(tmp_path, wh):
    """20 minutes at 50 %, 40 at 0; 100 W throughout are 360,000 J."""
    path = write(
        tmp_path / "gpu.csv", *[line(m, "50 %" if n < 20 else "0 %") for n, m in enumerate(minutes(60))]
    )
    result = load(wh, path, timezone="UTC", host="gpu-7")
    (hour,) = devices(wh)
    assert (hour["device_id"], hour["node"], hour["gpu_model"]) == ("GPU-a", "gpu-7", "NVIDIA L4")
    assert (hour["signal"], hour["step_seconds"], hour["samples"]) == ("gpu_util", 60, 60)
    assert (hour["busy_seconds"], hour["idle_seconds"], hour["observed_seconds"]) == (1200, 2400, 3600)
    assert (hour["util_max"], hour["memory_avg"], hour["energy_joules"]) == (0.5, 1000, 360_000)
    assert (hour["namespace"], hour["pod"]) == (None, None)
    assert (result.rejected, result.message) == (0, None)
    (stretch,) = answer(wh, "SELECT start_at, seconds FROM idle_stretch WHERE threshold = 0.01")
    assert stretch == {"start_at": NOON + timedelta(minutes=20), "seconds": 2400}


def test_without_units_in_the_cells_the_header_tells_them(tmp_path, wh):
    for name, cells in (("plain", ("50", "1000", "100.0")), ("units", ("50 %", "1000 MiB", "100.0 W"))):
        lines = [line(m, cells[0], uuid=f"GPU-{name}", memory=cells[1], power=cells[2]) for m in minutes(60)]
        write(tmp_path / f"{name}.csv", *lines)
    load(wh, tmp_path, timezone="UTC")
    plain, units = devices(wh)
    measured = ("util_avg", "memory_max", "energy_joules", "busy_seconds")
    assert (
        [plain[name] for name in measured] == [units[name] for name in measured] == [0.5, 1000, 360_000, 3600]
    )


@pytest.mark.parametrize(
    "absent", ["[N/A]", "N/A", "[Not Supported]", "[Unknown Error]", "[GPU requires reset]"]
)
def test_what_is_not_available_is_not_zero(tmp_path, wh, absent):
    write(
        tmp_path / "gpu.csv",
        *[
            line(m, "0 %" if n < 30 else absent, power=absent, memory=absent)
            for n, m in enumerate(minutes(60))
        ],
    )
    assert load(wh, tmp_path).rejected == 0
    (hour,) = devices(wh)
    assert (hour["observed_seconds"], hour["idle_seconds"]) == (1800, 1800)
    assert (hour["memory_avg"], hour["energy_joules"]) == (None, None)


def test_local_times_become_utc(tmp_path, wh):
    write(tmp_path / "gpu.csv", *[line(m, "0 %") for m in minutes(60)])
    result = load(wh, tmp_path, timezone="Europe/Berlin")
    (hour,) = devices(wh)
    assert hour["hour"] == NOON - timedelta(hours=2)
    assert "UTC" not in (result.message or "")


def test_a_zone_that_nobody_told_is_said(tmp_path, wh):
    write(tmp_path / "gpu.csv", *[line(m, "0 %") for m in minutes(60)])
    result = load(wh, tmp_path)
    (hour,) = devices(wh)
    assert hour["hour"] == NOON
    assert "taken as UTC; --timezone says better" in result.message
    assert "--host says which one" in result.message


def test_a_rotation_inside_an_hour_keeps_the_fuller_part(tmp_path, wh):
    """Cut at 13:40: of 13:00, 40 minutes stay and the 20 of the next log do not stand in their place."""
    cut = NOON + timedelta(minutes=100)
    for name, times in (("1", minutes(100)), ("2", minutes(80, cut))):
        path = write(tmp_path / f"gpu-{name}.csv", *[line(m, "0 %") for m in times])
        result = load(wh, path, timezone="UTC", host="gpu-7")
    assert result.message == (
        "2026-10-01 13:00 is kept as loaded before: this load tells only a part of it (--replace takes it all the same)"
    )
    assert (result.rows, result.window) == (1, Window(NOON + timedelta(hours=2), NOON + timedelta(hours=3)))
    assert [hour["observed_seconds"] for hour in devices(wh)] == [3600, 2400, 3600]
    stretches = answer(
        wh, "SELECT start_at, seconds FROM idle_stretch WHERE threshold = 0.01 ORDER BY start_at"
    )
    assert [(row["start_at"], row["seconds"]) for row in stretches] == [
        (NOON, 6000),
        (NOON + timedelta(hours=2), 3600),
    ]
    assert load(wh, path, timezone="UTC", host="gpu-7").status == "unchanged"
    both = write(tmp_path / "both.csv", *[line(m, "0 %") for m in minutes(180)])
    assert load(wh, both, timezone="UTC", host="gpu-7").message is None
    assert [hour["observed_seconds"] for hour in devices(wh)] == [3600, 3600, 3600]


def test_a_window_inside_hours_loads_them_whole(tmp_path, wh):
    path = write(tmp_path / "gpu.csv", *[line(m, "0 %") for m in minutes(180)])
    load(wh, path, timezone="UTC")
    window = Window(NOON + timedelta(minutes=30), NOON + timedelta(minutes=90))
    result = load(wh, path, window, timezone="UTC", host="gpu-7")
    assert result.window == Window(NOON, NOON + timedelta(hours=2))
    assert [hour["observed_seconds"] for hour in devices(wh)] == [3600, 3600, 3600]


def test_the_hour_that_a_zone_has_twice_is_two_hours(tmp_path, wh):
    """In Berlin 2026-10-25 02:00 to 02:59 comes twice: at 00:00 and at 01:00 UTC; two GPUs, written in turn."""
    twice = [datetime(2026, 10, 25, 2) + timedelta(minutes=n) for n in (*range(60), *range(60))]
    write(
        tmp_path / "gpu.csv",
        *[line(m, "0 %", f"GPU-{gpu}") for m in twice for gpu in "ab"],
    )
    load(wh, tmp_path, timezone="Europe/Berlin")
    told = [(hour["device_id"], hour["hour"].hour, hour["observed_seconds"]) for hour in devices(wh)]
    assert told == [("GPU-a", 0, 3600), ("GPU-b", 0, 3600), ("GPU-a", 1, 3600), ("GPU-b", 1, 3600)]


def test_masked_uuids_of_two_hosts_are_no_single_gpu(tmp_path, wh):
    masked = "GPU-00000000-0000-0000-0000-000000000000"
    for host, util in (("one", "0 %"), ("two", "90 %")):
        write(tmp_path / f"{host}.csv", *[line(m, util, masked, gpu) for m in minutes(60) for gpu in (0, 1)])
    load(wh, tmp_path)
    told = [(hour["device_id"], hour["idle_seconds"]) for hour in devices(wh)]
    assert told == [("one/0", 3600), ("one/1", 3600), ("two/0", 0), ("two/1", 0)]


def test_a_header_that_is_written_again_is_no_sample(tmp_path, wh):
    """`>> gpu.csv` from cron writes the header each minute."""
    lines = [text for m in minutes(60) for text in (line(m, "0 %"), HEADER)]
    write(tmp_path / "gpu.csv", *lines)
    assert load(wh, tmp_path).rejected == 0
    assert [hour["samples"] for hour in devices(wh)] == [60]


def test_a_torn_line_is_kept_with_its_reason(tmp_path, wh):
    path = write(
        tmp_path / "gpu.csv", *[line(m, "0 %") for m in minutes(300)], "2026/10/01 17:00:00.000, GPU-a"
    )
    assert load(wh, path).rejected == 1
    (reject,) = answer(wh, "SELECT line_no, raw FROM reject")
    assert reject == {"line_no": 301, "raw": "2026/10/01 17:00:00.000, GPU-a"}


def test_too_many_unreadable_lines_change_nothing(tmp_path, wh):
    path = write(tmp_path / "gpu.csv", *[line(m, "many") for m in minutes(10)])
    with pytest.raises(SourceError, match=r"line 2: utilization.gpu 'many' is not a number of %"):
        load(wh, path)


def test_another_table_is_refused_with_the_query_to_use(tmp_path, wh):
    path = write(tmp_path / "gpu.csv", "1, 2", header="timestamp, temperature.gpu")
    with pytest.raises(SourceError, match=r"its header lacks utilization.gpu. Write it with --query-gpu="):
        load(wh, path)
    with pytest.raises(SourceError, match="no time zone 'CEST'"):
        load(wh, path, timezone="CEST")


def test_a_window_loads_its_part_and_the_same_again_changes_nothing(tmp_path, wh):
    write(tmp_path / "gpu.csv", *[line(m, "0 %") for m in minutes(180)])
    window = Window(NOON + timedelta(hours=1), NOON + timedelta(hours=2))
    assert [load(wh, tmp_path, window).status for _ in range(2)] == ["loaded", "unchanged"]
    assert [hour["hour"] for hour in devices(wh)] == [window.start]


@pytest.mark.parametrize(
    ("recording", "util", "memory", "moment"),
    [("h100-80gb-hbm3__590.48.01__idle", 0.0, 0, datetime(2026, 7, 14, 8)),
     ("h100-80gb-hbm3__590.48.01__load", 1.0, 19818, datetime(2026, 7, 14, 8)),
     ("geforce-rtx-4080-super__595.71.05__load", 0.07, 1474, datetime(2026, 6, 26, 11))],
)  # fmt: skip
def test_recorded_machines(recordings, wh, recording, util, memory, moment):
    """About 212 columns; power of the H100: 69.85 W idle, 631.95 W at work, over the 30 s a lone sample speaks for."""
    load(wh, recordings / f"telemetry/nvidia-smi/linux-x86_64__nvidia-{recording}__gpu.csv", host="gpu-1")
    (hour,) = devices(wh)
    assert (hour["hour"], hour["device_id"], hour["util_avg"], hour["memory_max"]) == (
        moment,
        "gpu-1/0",
        util,
        memory,
    )
    watts = hour["energy_joules"] / hour["observed_seconds"]
    assert watts == pytest.approx({0.0: 69.85, 1.0: 631.95, 0.07: 84.24}[util])


@pytest.mark.parametrize("state", ["idle", "load"])
def test_a_partitioned_gpu_is_unobserved_and_not_idle(recordings, wh, state):
    """434 W, and no utilisation."""
    name = f"telemetry/nvidia-smi/linux-x86_64__nvidia-h100-mig__590.48.01__{state}__gpu.csv"
    result = load(wh, recordings / name)
    assert devices(wh) == []
    assert answer(wh, "FROM idle_stretch") == []
    assert "stay unobserved: 1" in result.message
