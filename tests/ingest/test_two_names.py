"""One GPU as DCGM and as nvidia-smi name it, from files to the figures: joined, or said and not counted twice."""

from __future__ import annotations

import json

import duckdb
import pytest
from click.testing import CliRunner

from data.home import work_file
from data.snapshot import open_latest
from ingest.__main__ import main

SHARED = "gpu-7.example"
ZEROS = "GPU-00000000-0000-0000-0000-000000000000"  # as the recorded logs mask theirs
DAY = "2026-10-01"


@pytest.fixture
def call(home, monkeypatch, tmp_path):  # noqa: ARG001 - home sets INFERLEDGER_HOME
    monkeypatch.chdir(tmp_path)

    def invoke(*words):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


@pytest.fixture
def machine(call, tmp_path):
    """A machine of two H100 at $20 for an hour, and DCGM's hour of it: GPU 0 half busy, GPU 1 idle."""
    (tmp_path / "bill.csv").write_text(
        "date,resource,gpu_model,gpu_count,hours,cost,currency\n"
        f"{DAY}T00:00:00Z,{SHARED},H100 80GB,2,1,20,USD\n"
    )
    call("gpu-csv", "bill.csv", "--provider", "CoreWeave")

    def dcgm(*labels):
        lines = [
            f'DCGM_FI_DEV_GPU_UTIL{{gpu="{k}",UUID="{uuid(k)}",Hostname="{SHARED}"{more}}} '
            f"{100 * (k == 0 and minute < 30)} {1790812800 + 60 * minute}"
            for k, more in enumerate(labels)
            for minute in range(60)
        ]
        text = "\n".join(lines).replace('gpu="0",', "" if "nameless" in labels[0] else 'gpu="0",')
        text = text.replace('gpu="1",', "" if "nameless" in labels[0] else 'gpu="1",')
        (tmp_path / "dcgm.om").write_text(f"# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n{text}\n# EOF\n")
        call("prometheus", "dcgm.om", "--source", "dcgm")

    return dcgm


def uuid(k):
    return f"GPU-{k}d5c0ac5-74d7-3130-46f1-e93ed57f469{k}"


def smi(path, *cards):
    """A log in which every card idles, one sample a minute; cards: (uuid, index, bus)."""
    lines = [
        f"2026/10/01 00:{minute:02}:05.000, {', '.join(card)}, NVIDIA H100, 0 %"
        for minute in range(60)
        for card in cards
    ]
    header = "timestamp, uuid, index, pci.bus_id, name, utilization.gpu [%]"
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def hours(home):
    query = "SELECT device_id, source, sum(busy_seconds), sum(cost) FROM gpu_hour GROUP BY ALL ORDER BY ALL"
    return open_latest(home).cursor().execute(query).fetchall()


DCGMS = [(uuid(0), "dcgm", 1800, 10), (uuid(1), "dcgm", 0, 10)]


@pytest.mark.parametrize(
    ("labels", "cards"),
    [
        pytest.param(("", ""), [(ZEROS, "0", "[N/A]"), (ZEROS, "1", "[N/A]")], id="by index"),
        pytest.param(
            (',pci_bus_id="00000000:37:00.0"', ',pci_bus_id="00000000:A8:00.0"'),
            [(ZEROS, "1", "00000000:37:00.0"), (ZEROS, "0", "00000000:A8:00.0")],
            id="by bus, against the index",
        ),
        pytest.param(
            (',nameless="x"', ',nameless="x"'),
            [("GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxx4690", "0", ""), ("GPU-1d5c********", "1", "")],
            id="by what is left of the UUID",
        ),
    ],
)
def test_a_masked_log_of_the_same_machine_counts_nothing_again(call, machine, home, tmp_path, labels, cards):
    machine(*labels)
    said = call("nvidia-smi", smi(tmp_path / "gpu.csv", *cards), "--host", SHARED, "--timezone", "UTC")
    assert "devices, billed for" not in said
    assert hours(home) == DCGMS


def test_what_cannot_be_joined_is_said_everywhere(call, machine, home, tmp_path):
    machine(',nameless="x"', ',nameless="x"')
    log = smi(tmp_path / "gpu.csv", (ZEROS, "0", ""), (ZEROS, "1", ""))
    (tmp_path / "inferledger.toml").write_text(
        f'[sources.smi]\nkind = "nvidia-smi"\nlocation = "{log.name}"\nhost = "{SHARED}"\ntimezone = "UTC"\n'
    )
    sentence = f"machine {SHARED} shows 4 devices, billed for 2 ({DAY}, told by dcgm, smi)"
    assert sentence in call("run", "smi")
    assert hours(home) == DCGMS
    assert sentence in call("status")
    assert "pci.bus_id" in call("status")
    (told,) = json.loads(call("status", "--json"))["device_excess"]
    assert (told["resource_id"], told["devices_told"], told["left_out"]) == (SHARED, 4, ["smi"])
    assert sentence in CliRunner().invoke(main, ["doctor"]).output


def test_a_log_that_tells_its_bus_later_is_joined_again(call, machine, home, tmp_path):
    """The remedy that is named helps."""
    machine(',nameless="x",pci_bus_id="00000000:37:00.0"', ',nameless="x",pci_bus_id="00000000:A8:00.0"')
    log = smi(tmp_path / "gpu.csv", (ZEROS, "0", ""), (ZEROS, "1", ""))
    assert "devices, billed for" in call("nvidia-smi", log, "--host", SHARED, "--timezone", "UTC")
    smi(log, (ZEROS, "0", "00000000:37:00.0"), (ZEROS, "1", "00000000:A8:00.0"))
    assert "devices, billed for" not in call("nvidia-smi", log, "--host", SHARED, "--timezone", "UTC")
    assert hours(home) == DCGMS


def test_a_log_of_a_real_machine_names_its_bus(recordings, call, home):
    """An H100 of 2026-07-14, its UUID masked: the domain of its bus is left out."""
    path = recordings / "telemetry/nvidia-smi/linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01__load__gpu.csv"
    call("nvidia-smi", path, "--host", "h", "--timezone", "UTC")
    with duckdb.connect(str(work_file(home)), read_only=True) as con:
        told = con.execute(
            "SELECT device_id, device_index, pci_bus_id, uuid_mask FROM device_hour"
        ).fetchall()
    assert told == [("h/0", "0", "00:09.0", None)]
