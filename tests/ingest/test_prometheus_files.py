"""Telemetry in files: the Parquet dump in every spelling, exposition text, recorded answers."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families
from samples import START, answer

from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, SourceFile, Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.openmetrics import labels_of, read_text
from ingest.telemetry.staging import Staging

UTIL = "DCGM_FI_DEV_GPU_UTIL"


def load(warehouse, location, window=None, source="gpus", **more):
    (result,) = load_telemetry(warehouse, source, Prometheus(str(location), **more), window or Window())
    return result


def facts(warehouse):
    """Everything that came of a load but its provenance."""
    return answer(warehouse, "SELECT * EXCLUDE (load_id, file_id) FROM device_hour ORDER BY ALL")


ROWS = """
    SELECT 'DCGM_FI_DEV_GPU_UTIL' AS metric, '{"UUID": "GPU-' || g || '", "Hostname": "n", "pod": "p"}' AS labels,
        TIMESTAMP '2026-10-01' + n * INTERVAL 10 MINUTE AS ts, CAST(g * n % 3 * 20 AS DOUBLE) AS value
    FROM range(3) AS gpu(g), range(200) AS tick(n)
    UNION ALL SELECT 'node_load1', '{"a": "b"}', TIMESTAMP '2026-10-01', 1.0
    UNION ALL SELECT 'DCGM_FI_DEV_GPU_UTIL', '{"UUID": "GPU-0"}', TIMESTAMP '2026-10-01', CAST('nan' AS DOUBLE)
"""


@pytest.mark.parametrize(
    "columns",
    [
        "* REPLACE (epoch(ts) AS ts)",
        "* REPLACE (CAST(epoch(ts) AS BIGINT) AS ts)",
        "* REPLACE (epoch_ms(ts) AS ts)",
        "* REPLACE (epoch_us(ts) AS ts)",
        "* REPLACE (epoch_ns(ts) AS ts)",
        "* REPLACE (timezone('UTC', ts) AS ts)",
        "* REPLACE (CAST(ts AS TIMESTAMP_NS) AS ts)",
        "* REPLACE (CAST(labels AS MAP(VARCHAR, VARCHAR)) AS labels)",
        "* REPLACE (CAST(value AS FLOAT) AS value), 1 AS tenant",
    ],
)
def test_every_spelling_of_the_dump_says_the_same(tmp_path, warehouse, columns):
    plain, spelled = tmp_path / "plain.parquet", tmp_path / "spelled.parquet"
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.sql(f"SELECT * FROM ({ROWS})").write_parquet(str(plain))
    if "MAP" in columns:
        columns = columns.replace(
            "CAST(labels AS MAP(VARCHAR, VARCHAR))", "from_json(labels, '\"MAP(VARCHAR, VARCHAR)\"')"
        )
    con.sql(f"SELECT {columns} FROM ({ROWS})").write_parquet(str(spelled))
    load(warehouse, plain)
    told = facts(warehouse)
    assert sum(hour["observed_seconds"] for hour in told) == 3 * 200 * 600
    warehouse.con.execute("DELETE FROM device_hour").fetchall()
    load(warehouse, spelled)
    assert facts(warehouse) == told


def test_a_folder_of_days_is_one_load_and_hours_know_their_file(tmp_path, warehouse):
    con = duckdb.connect()
    days = tmp_path / "dump"
    days.mkdir()
    for day in (1, 2):
        con.sql(f"SELECT * FROM ({ROWS}) WHERE day(ts) = {day}").write_parquet(
            str(days / f"day-{day}.parquet")
        )
    result = load(warehouse, days)
    assert (result.status, result.window) == ("loaded", Window(START, START + timedelta(hours=34)))
    files = answer(
        warehouse,
        "SELECT f.uri, f.rows, min(hour) AS first, max(hour) AS last "
        "FROM device_hour AS d JOIN file AS f USING (file_id) GROUP BY ALL ORDER BY 1",
    )
    assert [(file["first"], file["last"]) for file in files] == [
        (START, START + timedelta(hours=23)),
        (START + timedelta(hours=24), START + timedelta(hours=33)),
    ]
    assert [file["rows"] for file in files] == [3 * 144 + 2, 3 * 56]
    assert load(warehouse, days).status == "unchanged"


def test_a_window_loads_only_its_hours(tmp_path, warehouse):
    duckdb.connect().sql(f"SELECT * FROM ({ROWS})").write_parquet(str(tmp_path / "d.parquet"))
    window = Window(START + timedelta(hours=5), START + timedelta(hours=7))
    assert load(warehouse, tmp_path / "d.parquet", window).window == window
    assert {hour["hour"] for hour in facts(warehouse)} == {
        START + timedelta(hours=5),
        START + timedelta(hours=6),
    }


def minutely(path, first, count):
    """One idle GPU and one vLLM that answers a request a minute, in minutes `first` … of START on."""
    gpu, served = (
        f'{UTIL}{{UUID="GPU-a",modelName="NVIDIA L4"}}',
        'vllm:request_success_total{model_name="m"}',
    )
    begin = int(START.replace(tzinfo=UTC).timestamp())
    lines = [
        f"{series} {value} {begin + 60 * n}"
        for n in range(first, first + count)
        for series, value in ((gpu, 0), (served, n))
    ]
    path.write_text("\n".join([*lines, "# EOF"]) + "\n")
    return path


def seconds_and_requests(warehouse):
    """By hour: seconds seen of the GPU, requests that vLLM answered."""
    rows = answer(
        warehouse,
        "SELECT observed_seconds AS s, requests_ok AS r FROM device_hour JOIN traffic USING (hour) ORDER BY hour",
    )
    return [(row["s"], row["r"]) for row in rows]


def test_files_cut_inside_an_hour_keep_its_fuller_part(tmp_path, warehouse):
    """Cut at 1:40. Of the first sample of a file nobody knows what it grew by: 59 requests in the first hour."""
    load(warehouse, minutely(tmp_path / "1.om", 0, 100))
    result = load(warehouse, minutely(tmp_path / "2.om", 100, 80))
    assert "01:00 is kept as loaded before: this load tells only a part of it" in result.message
    assert seconds_and_requests(warehouse) == [(3600, 59), (2400, 40), (3600, 60)]
    load(warehouse, minutely(tmp_path / "3.om", 0, 180))
    assert seconds_and_requests(warehouse) == [(3600, 59), (3600, 60), (3600, 60)]


def test_a_window_inside_an_hour_loads_it_whole(tmp_path, warehouse):
    path = minutely(tmp_path / "1.om", 0, 180)
    window = Window(START + timedelta(minutes=30), START + timedelta(minutes=90))
    assert load(warehouse, path, window).window == Window(START, START + timedelta(hours=2))
    assert seconds_and_requests(warehouse) == [(3600, 59), (3600, 60)]


def test_a_dump_without_a_column_says_what_there_is(tmp_path, warehouse):
    duckdb.connect().sql("SELECT 'm' AS metric, 1.0 AS value, TIMESTAMP '2026-10-01' AS time").write_parquet(
        str(tmp_path / "d.parquet")
    )
    with pytest.raises(SourceError, match="column labels, ts is missing; there is metric, value, time"):
        load(warehouse, tmp_path / "d.parquet")
    ((status, message),) = warehouse.con.execute("SELECT status, message FROM load").fetchall()
    assert status == "failed"
    assert "labels, ts" in message


def test_labels_that_are_no_object_stop_the_load(tmp_path, warehouse):
    duckdb.connect().sql(f"SELECT * REPLACE ('pod=p' AS labels) FROM ({ROWS})").write_parquet(
        str(tmp_path / "d.parquet")
    )
    with pytest.raises(SourceError, match=r"no sample of a metric that we know|cannot be read"):
        load(warehouse, tmp_path / "d.parquet")


def test_a_place_without_telemetry_says_so(tmp_path, warehouse):
    (tmp_path / "notes.md").write_text("nothing")
    with pytest.raises(SourceError, match="holds no telemetry"):
        load(warehouse, tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        load(warehouse, tmp_path / "absent")


# ---- exposition text ----


def staged(tmp_path, text, scraped_at=None, name="t.prom"):
    """(metric, labels, ms, value) of every staged sample, and what was refused."""
    path = tmp_path / name
    packed = name.endswith(".gz")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    con = duckdb.connect()
    staging = Staging(con)
    read_text(staging, SourceFile(str(path), path, lambda: "etag", path.stat().st_size), Window(), scraped_at)
    named = {number: (metric, labels) for number, metric, labels in staging.series()}
    rows = con.execute("SELECT series, ts, value FROM sample").fetchall()
    return [(*named[series], ts, value) for series, ts, value in rows], staging.refused


def samples(families):
    """The client library's answer in our shape; without a timestamp, 0."""
    return [
        (sample.name, sample.labels, round(float(sample.timestamp or 0) * 1000), sample.value)
        for family in families
        for sample in family.samples
    ]


def plain(told):
    """In one order, whatever the order of lines and labels."""
    return sorted(
        (name, sorted(labels.items()), moment, float(value)) for name, labels, moment, value in told
    )


def test_text_is_read_as_the_client_library_reads_it(tmp_path):
    text = r"""# HELP DCGM_FI_DEV_GPU_UTIL said
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",path="C:\\dir\\n",said="a \"b\" {c} # d",line="one\ntwo",empty=""} 91 1790812800000
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-2", pod="x",} 1.5e+01 1790812800000
DCGM_FI_DEV_GPU_UTIL 3 1790812800000
DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-1"} 1e-05 1790812800000
"""
    told, refused = staged(tmp_path, text)
    assert plain(told) == plain(samples(text_families(text)))
    assert refused == []


def test_openmetrics_counts_seconds_and_has_exemplars(tmp_path):
    text = """# TYPE vllm:e2e_request_latency_seconds histogram
vllm:e2e_request_latency_seconds_bucket{le="0.5"} 3 1790812800.25 # {trace_id="a}b"} 0.3 1790812800
vllm:e2e_request_latency_seconds_bucket{le="+Inf"} 4 1790812800.25 # {trace_id="# {"} 0.7
vllm:e2e_request_latency_seconds_sum 1.8e0 1790812800.25
vllm:e2e_request_latency_seconds_count 4 1790812800.25
# EOF
"""
    told, refused = staged(tmp_path, text, name="t.om.gz")
    assert plain(told) == plain(samples(openmetrics_families(text)))
    assert refused == []


def test_not_a_number_and_infinity_are_no_samples(tmp_path):
    lines = [f'{UTIL}{{UUID="GPU-{value}"}} {value} 1790812800' for value in ("NaN", "+Inf", "-Inf", "7")]
    told, refused = staged(tmp_path, "\n".join(lines))
    assert [value for *_, value in told] == [7]
    assert refused == []


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-zA-Z_][a-zA-Z0-9_]{0,5}\Z"),
        st.text(st.characters(exclude_categories=["Cs"])),
        max_size=4,
    )
)
def test_labels_survive_any_text(told):
    escaped = {
        name: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for name, value in told.items()
    }
    assert labels_of(",".join(f'{name}="{value}"' for name, value in escaped.items())) == told


def test_a_line_that_cannot_be_read_is_refused_with_its_number(tmp_path, warehouse):
    good = "".join(f'{UTIL}{{UUID="GPU-1"}} {n % 7} {1790812800 + 60 * n}\n' for n in range(200))
    path = tmp_path / "t.prom"
    path.write_text(good + f'{UTIL}{{UUID="GPU-1"}} much 1790812800\n')
    assert load(warehouse, path).rejected == 1
    (reject,) = answer(warehouse, "SELECT line_no, reason, raw FROM reject")
    assert (reject["line_no"], reject["reason"]) == (201, "'much' is not a number")
    path.write_text(good + f'{UTIL}{{UUID="GPU-1" 1\n' * 3)
    with pytest.raises(SourceError, match="3 of 203 lines cannot be used"):
        load(warehouse, path)


def test_text_without_times_is_one_scrape_of_a_stated_instant(tmp_path, warehouse):
    path = tmp_path / "t.prom"
    path.write_text(f'{UTIL}{{UUID="GPU-1"}} 7\n')
    stamp = datetime(2026, 10, 1, 6, 30, tzinfo=UTC).timestamp()
    os.utime(path, (stamp, stamp))
    result = load(warehouse, path)
    assert "has no timestamps" in result.message
    assert result.window == Window(START + timedelta(hours=6), START + timedelta(hours=7))
    (hour,) = facts(warehouse)
    assert (hour["first_seen"], hour["observed_seconds"]) == (START + timedelta(hours=6, minutes=30), 30)
    told = load(warehouse, path, at=datetime(2026, 9, 1, 1, 0))
    assert (told.message, told.window.start) == (None, datetime(2026, 9, 1, 1, 0))


def test_a_matrix_answer_in_a_file_is_read(tmp_path, warehouse):
    stamp = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
    metric = {"__name__": UTIL, "UUID": "GPU-1"}
    values = [[stamp + 60 * n, str(value)] for n, value in enumerate(["0", "NaN", "20", "0"])]
    answered = {
        "status": "success",
        "data": {"resultType": "matrix", "result": [{"metric": metric, "values": values}]},
    }
    (tmp_path / "a.json").write_text(json.dumps(answered))
    load(warehouse, tmp_path / "a.json")
    (hour,) = facts(warehouse)
    assert (hour["observed_seconds"], hour["busy_seconds"], hour["samples"]) == (240, 60, 3)


COUNTED = ["10", "NaN", "15", "+Inf", "-Inf", "20", "4"]  # grows by 5 + 5, begins again, 4


def counted_as_answer(folder):
    metric = {"__name__": "vllm:prompt_tokens_total", "model_name": "llama"}
    stamp = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
    values = [[stamp + 60 * n, value] for n, value in enumerate(COUNTED)]
    (folder / "a.json").write_text(json.dumps({"data": {"result": [{"metric": metric, "values": values}]}}))


def counted_as_dump(folder, moment="TIMESTAMP '2026-10-01' + n * INTERVAL 1 MINUTE"):
    rows = ", ".join(f"({n}, CAST('{value}' AS DOUBLE))" for n, value in enumerate(COUNTED))
    duckdb.connect().sql(f"""
        SELECT 'vllm:prompt_tokens_total' AS metric, '{{"model_name": "llama"}}' AS labels, {moment} AS ts, value
        FROM (VALUES {rows}) AS told(n, value)
    """).write_parquet(str(folder / "a.parquet"))


def counted_as_numbered_dump(folder):
    counted_as_dump(folder, "1790812800 + 60 * n")


def counted_as_text(folder):
    lines = [
        f'vllm:prompt_tokens_total{{model_name="llama"}} {value} {1790812800 + 60 * n}\n'
        for n, value in enumerate(COUNTED)
    ]
    (folder / "a.om").write_text("".join(lines))


@pytest.mark.parametrize(
    "write", [counted_as_answer, counted_as_dump, counted_as_numbered_dump, counted_as_text]
)
def test_what_is_no_number_is_no_sample_of_a_counter(tmp_path, warehouse, write):
    write(tmp_path)
    load(warehouse, tmp_path)
    assert answer(warehouse, "SELECT input_tokens FROM traffic") == [{"input_tokens": 14}]


def test_json_of_another_kind_is_refused(tmp_path, warehouse):
    (tmp_path / "a.json").write_text('{"rows": []}')
    with pytest.raises(SourceError, match="not an answer of Prometheus"):
        load(warehouse, tmp_path / "a.json")


# ---- what others recorded ----

AT = datetime(2026, 3, 10, 4, 0)


def test_fifteen_of_sixteen_h100_are_free(recordings, warehouse):
    """The free ones carry the exporter's own pod; the held one has weights resident and computes nothing."""
    for name in ("gpu_utilization_dcgm_fi_dev_gpu_util", "gpu_memory_used_dcgm_fi_dev_fb_used"):
        assert (recordings / f"telemetry/dcgm/prom_query_{name}.json").is_file()
    answers = sorted((recordings / "telemetry" / "dcgm").glob("*.json"))
    place = warehouse.home / "answers"
    place.mkdir()
    for path in answers:
        (place / path.name).symlink_to(path)
    load(warehouse, place)
    told = facts(warehouse)
    held = [hour for hour in told if hour["pod"]]
    assert (len(told), len(held)) == (16, 1)
    assert held[0]["pod"] == "vllm-agg-0-vllmdecodeworker-s65j5"
    assert (held[0]["memory_avg"], held[0]["busy_seconds"]) == (74166, 0)
    assert {hour["namespace"] for hour in told if not hour["pod"]} == {None}
    watts = sum(hour["energy_joules"] / hour["observed_seconds"] for hour in told if not hour["pod"])
    assert watts == pytest.approx(1015.6, abs=0.05)


def test_a_busy_t4_is_busy_by_its_engine_and_not_by_its_kernels(recordings, warehouse):
    load(warehouse, recordings / "telemetry/dcgm/dcgm_ericsson_t4_busy.prom", at=AT)
    (hour,) = facts(warehouse)
    assert (hour["signal"], round(hour["util_avg"], 3), hour["gpu_model"]) == (
        "gr_engine_active",
        0.156,
        "Tesla T4",
    )


def test_a_vgpu_without_power_or_profiling_is_observed_by_utilisation(recordings, warehouse):
    load(warehouse, recordings / "telemetry/dcgm/dcgm_vks_a100_40c_vgpu.prom", at=AT)
    (hour,) = facts(warehouse)
    assert (hour["signal"], hour["gpu_model"]) == ("gpu_util", "GRID A100-40C")
    assert (hour["energy_joules"], hour["sm_active"], hour["tensor_active"]) == (None, None, None)


def test_a_mig_instance_is_not_summed_with_its_parent(recordings, warehouse):
    load(warehouse, recordings / "telemetry/dcgm/dcgm_mig_a100_nvidia_docs.prom", at=AT)
    (hour,) = facts(warehouse)
    parent = "GPU-34319582-d595-d1c7-d1d2-179bcfa61660"
    assert (hour["device_id"], hour["parent_id"], hour["mig_profile"]) == (f"{parent}/13", parent, "1g.5gb")
    assert hour["util_avg"] == 0.995687


def test_an_idle_l4_and_an_idle_vllm(recordings, warehouse):
    load(warehouse, recordings / "telemetry/dcgm/dcgm_kops_l4_idle.prom", at=AT)
    (hour,) = facts(warehouse)
    assert (hour["gpu_model"], hour["pod"], hour["busy_seconds"], hour["memory_max"]) == (
        "NVIDIA L4",
        None,
        0,
        0,
    )
    load(warehouse, recordings / "telemetry/serving/vllm_v1_kops_idle.prom", at=AT, source="vllm")
    (served,) = answer(warehouse, "FROM traffic")
    assert (served["model"], served["server"]) == ("Qwen/Qwen2.5-0.5B-Instruct", "vllm")
    assert (served["requests_ok"], served["input_tokens"], served["output_tokens"]) == (0, 0, 0)


def test_text_of_others_reads_like_the_client_library(recordings, tmp_path):
    path = recordings / "telemetry/serving/vllm_v1_kops_idle.prom"
    told, refused = staged(tmp_path, path.read_text(), scraped_at=0)
    names = {metric for metric, *_ in told}
    oracle = [sample for sample in samples(text_families(path.read_text())) if sample[0] in names]
    assert refused == []
    assert len(told) > 50
    assert plain(told) == plain(oracle)
