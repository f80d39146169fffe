"""Request logs: exact totals, any column names, bad rows kept and counted."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import datetime, timedelta

import boto3
import duckdb
import pytest
from local_server import aws
from samples import answer

from data.warehouse import Mode, Warehouse
from ingest.load_requests import load_requests
from ingest.source import SourceError, Window
from ingest.sources.requests import RequestLog

NOON = datetime(2026, 10, 1, 12, 0)


def load(warehouse, location, mapping=None, window=None, source="log", **more):
    log = RequestLog(str(location), mapping or {}, **more)
    (result,) = load_requests(warehouse, source, log, window or Window())
    return result


def traffic(warehouse):
    return answer(warehouse, "FROM traffic ORDER BY hour, model, version, endpoint, mode, team")


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("trace", "requests", "given", "made"),
    [("code", 8_819, 18_059_974, 245_896), ("conv", 19_366, 22_361_870, 4_088_665)],
)
def test_the_azure_trace_to_the_last_token(recordings, warehouse, trace, requests, given, made):
    """CRLF, no newline at the end, digits of 100 ns, no zone, no model: twice, and nothing is doubled."""
    path = recordings / f"telemetry/azure-llm-2023/AzureLLMInferenceTrace_{trace}.csv.gz"
    for status in ("loaded", "unchanged"):
        assert load(warehouse, path, {"model": "=gpt"}).status == status
        (sums,) = answer(
            warehouse,
            "SELECT sum(requests_ok) AS r, sum(requests_failed) AS f, sum(input_tokens) AS i, sum(output_tokens) AS o, "
            "any_value(model) AS m, count(cached_tokens) AS c, min(hour) AS h FROM traffic",
        )
        assert (sums["r"], sums["f"], sums["i"], sums["o"], sums["m"], sums["c"]) == (
            requests,
            0,
            given,
            made,
            "gpt",
            0,
        )
        assert sums["h"] == datetime(2023, 11, 16, 18)
    assert answer(warehouse, "SELECT * FROM reject") == []


def test_columns_by_mapping_constants_and_guesses(tmp_path, warehouse):
    path = write(
        tmp_path / "log.csv",
        "When,which,prompt_tokens,completion_tokens,cached,took,outcome,who\n"
        "2026-10-01T12:10:00Z,llama,100,20,60,1500,200,blue\n"
        "2026-10-01T14:10:00+02:00,llama,50,10,,250,503,blue\n"
        "2026-10-01 12:59:59.999,llama,7,1,0,30,200,\n",
    )
    mapping = {
        "timestamp": "When",
        "model": "which",
        "cached_tokens": "cached",
        "latency_ms": "took",
        "status": "outcome",
        "team": "who",
        "version": "=v3",
        "mode": "=batch",
        "endpoint": "=chat",
    }
    load(warehouse, path, mapping)
    blue, nobody = traffic(warehouse)
    told = {
        name: blue[name] for name in ("hour", "server", "model", "version", "endpoint", "mode", "team", "pod")
    }
    assert told == {
        "hour": NOON,
        "server": "request-log",
        "model": "llama",
        "version": "v3",
        "endpoint": "chat",
        "mode": "batch",
        "team": "blue",
        "pod": None,
    }
    assert (blue["requests_ok"], blue["requests_failed"]) == (1, 1)
    assert (blue["input_tokens"], blue["output_tokens"], blue["cached_tokens"]) == (150, 30, 60)
    assert blue["latency_seconds"] == 1.75
    assert (nobody["team"], nobody["requests_ok"]) == (None, 1)
    buckets = answer(
        warehouse, "SELECT le, requests FROM traffic_latency WHERE measure = 'end_to_end' ORDER BY le"
    )
    assert [tuple(bucket.values()) for bucket in buckets] == [(0.04, 1), (0.25, 1), (1.5, 1)]


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet", "csv.gz"])
def test_every_format_says_the_same(tmp_path, warehouse, kind):
    rows = [
        {
            "timestamp": f"2026-10-01T12:{n:02}:00Z",
            "model": "m",
            "input_tokens": n,
            "output_tokens": 2 * n,
            "status": "ok",
        }
        for n in range(60)
    ]
    path = tmp_path / f"log.{kind}"
    if kind == "parquet":
        (tmp_path / "plain.jsonl").write_text("\n".join(map(json.dumps, rows)))
        duckdb.connect().sql(f"FROM read_json('{tmp_path / 'plain.jsonl'}')").write_parquet(str(path))
        (tmp_path / "plain.jsonl").unlink()
    elif kind == "csv.gz":
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
    else:
        text = "\n".join(map(json.dumps, rows)).encode()
        path.write_bytes(gzip.compress(text) if kind.endswith("gz") else text)
    load(warehouse, path)
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["input_tokens"], hour["output_tokens"]) == (60, 1770, 3540)


def test_tokens_inside_an_object(tmp_path, warehouse):
    rows = [
        {"created_at": 1790856000 + n, "model": "m", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
        for n in range(3)
    ]
    load(warehouse, write(tmp_path / "log.jsonl", "\n".join(map(json.dumps, rows))))
    (hour,) = traffic(warehouse)
    assert (hour["hour"], hour["input_tokens"], hour["output_tokens"]) == (NOON, 15, 6)


@pytest.mark.parametrize("stamp", [1790856000, 1790856000.25, 1790856000250])
def test_times_as_numbers(tmp_path, warehouse, stamp):
    load(warehouse, write(tmp_path / "log.csv", f"ts,model\n{stamp},m\n"))
    (hour,) = traffic(warehouse)
    assert hour["hour"] == NOON


@pytest.mark.parametrize(
    ("status", "ok"),
    [("200", 1), ("204", 1), ("302", 1), ("404", 0), ("500", 0), ("0", 0), ("success", 1), ("Stop", 1), ("length", 1),
     ("abort", 0), ("timeout", 0), ("", 1)],
)  # fmt: skip
def test_which_requests_were_answered(tmp_path, warehouse, status, ok):
    load(warehouse, write(tmp_path / "log.csv", f"timestamp,status\n2026-10-01 12:00:00,{status}\n"))
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["requests_failed"]) == (ok, 1 - ok)


def log(rows, bad=()):
    lines = [f"2026-10-01 12:00:00,{n}" for n in range(rows)]
    return "\n".join(["timestamp,input_tokens", *lines, *bad]) + "\n"


def test_a_stray_bad_row_is_kept_with_its_reason(tmp_path, warehouse):
    bad = ("yesterday,5", "2026-10-01 12:00:00,-1")
    result = load(warehouse, write(tmp_path / "log.csv", log(300, bad)))
    assert (result.status, result.rejected) == ("loaded", 2)
    rejects = answer(warehouse, "SELECT line_no, reason, raw FROM reject ORDER BY line_no")
    assert [(row["line_no"], row["reason"]) for row in rejects] == [
        (301, "the time 'yesterday' cannot be read"),
        (302, "input_tokens '-1' is not a count"),
    ]
    (hour,) = traffic(warehouse)
    assert (hour["requests_ok"], hour["input_tokens"]) == (300, sum(range(300)))


def test_more_than_one_in_a_hundred_stops_the_load_and_changes_nothing(tmp_path, warehouse):
    path = write(tmp_path / "log.csv", log(100))
    load(warehouse, path)
    write(path, log(100, ["2026-10-01 12:00:00,1.5"] * 2))
    with pytest.raises(
        SourceError,
        match=r"2 of 102 lines cannot be used .*\n  log.csv line 101: input_tokens '1.5' is not a count",
    ):
        load(warehouse, path)
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 100
    assert answer(warehouse, "SELECT * FROM reject") == []


def test_a_longer_log_replaces_its_hours(tmp_path, warehouse):
    path = write(tmp_path / "log.csv", log(100))
    load(warehouse, path)
    write(path, log(150))
    result = load(warehouse, path)
    assert (result.status, result.window) == ("loaded", Window(NOON, NOON + timedelta(hours=1)))
    (hour,) = traffic(warehouse)
    assert hour["requests_ok"] == 150
    months = warehouse.con.execute("SELECT month FROM dirty_month").fetchall()
    assert [str(month) for (month,) in months] == ["2026-10-01"]


def test_a_window_loads_its_part(tmp_path, warehouse):
    path = write(
        tmp_path / "log.csv",
        "timestamp,model\n2026-10-01 11:59:59,m\n2026-10-01 12:00:00,m\n2026-10-01 13:00:00,m\n",
    )
    load(warehouse, path, window=Window(NOON, NOON + timedelta(hours=1)))
    assert [hour["hour"] for hour in traffic(warehouse)] == [NOON]


def test_a_window_inside_hours_loads_them_whole(tmp_path, warehouse):
    """Six requests at 12:00, 12:10 … 12:50: half an hour of them would take the other half out of the hour."""
    path = write(tmp_path / "log.csv", every_ten_minutes(NOON, 12))
    load(warehouse, path)
    window = Window(NOON + timedelta(minutes=30), NOON + timedelta(minutes=61))
    assert load(warehouse, path, window=window).window == Window(NOON, NOON + timedelta(hours=2))
    assert by_hour(warehouse) == {NOON: 6, NOON + timedelta(hours=1): 6}


def every_ten_minutes(start, count):
    times = [start + timedelta(minutes=10 * n) for n in range(count)]
    return "timestamp,model,latency\n" + "".join(f"{moment.isoformat()}Z,m,1\n" for moment in times)


def by_hour(warehouse):
    return {row["hour"]: row["requests_ok"] for row in traffic(warehouse)}


KEPT = "{:%Y-%m-%d %H:%M} is kept as loaded before: this load tells only a part of it (--replace takes it all the same)"


def test_a_rotation_inside_an_hour_loses_nothing_of_it(tmp_path, warehouse):
    """Three logs of a day each, cut at half past: the oldest goes when the third comes. 432 requests stay 432."""
    folder = tmp_path / "logs"
    folder.mkdir()
    starts = [NOON + timedelta(days=n, minutes=30) for n in range(3)]
    for n in (0, 1):
        write(folder / f"gw-{n}.csv", every_ten_minutes(starts[n], 144))
    load(warehouse, folder)
    (folder / "gw-0.csv").unlink()
    write(folder / "gw-2.csv", every_ten_minutes(starts[2], 144))
    result = load(warehouse, folder)
    assert result.message == KEPT.format(NOON + timedelta(days=1))
    assert result.window == Window(NOON + timedelta(days=1, hours=1), NOON + timedelta(days=3, hours=1))
    assert (result.rows, sum(by_hour(warehouse).values())) == (48, 432)
    (latencies,) = answer(warehouse, "SELECT sum(requests) AS requests FROM traffic_latency")
    assert latencies["requests"] == 432
    assert load(warehouse, folder).status == "unchanged"
    assert sum(by_hour(warehouse).values()) == 432


def test_the_last_hour_stays_too_where_an_older_log_tells_less_of_it(tmp_path, warehouse):
    """12:00–14:00 was loaded; a log that broke off at 13:10 comes again, mended: 12:00 is its own, 13:00 is not."""
    load(warehouse, write(tmp_path / "all.csv", every_ten_minutes(NOON, 12)))
    mended = every_ten_minutes(NOON, 8).replace(",m,", ",mended,")
    result = load(warehouse, write(tmp_path / "part.csv", mended))
    assert result.message == KEPT.format(NOON + timedelta(hours=1))
    assert [(row["model"], row["requests_ok"]) for row in traffic(warehouse)] == [("mended", 6), ("m", 6)]


def test_a_log_of_a_part_of_one_hour_changes_nothing_unless_told_to(tmp_path):
    whole = write(tmp_path / "whole.csv", every_ten_minutes(NOON, 6))
    part = write(tmp_path / "part.csv", every_ten_minutes(NOON + timedelta(minutes=30), 3))
    with Warehouse.open(tmp_path / "store") as warehouse:
        load(warehouse, whole)
        result = load(warehouse, part)
        assert result.message.endswith("goes on with what was loaded before: 3 requests of it count beside")
        assert by_hour(warehouse) == {NOON: 6}
    with Warehouse.open(tmp_path / "store", mode=Mode(again=True)) as warehouse:
        assert load(warehouse, part).message is None
        assert by_hour(warehouse) == {NOON: 3}


def test_logs_of_a_bucket_load_and_leave_nothing_behind(tmp_path, warehouse, doctor, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with aws() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        s3 = boto3.client("s3", endpoint_url=url)
        s3.create_bucket(Bucket="logs")
        for hour in (0, 1):
            text = every_ten_minutes(NOON + timedelta(hours=hour), 6)
            s3.put_object(Bucket="logs", Key=f"gateway/{hour}.csv.gz", Body=gzip.compress(text.encode()))
        before = sorted(tmp_path.iterdir())
        assert load(warehouse, "s3://logs/gateway").status == "loaded"
        assert sorted(tmp_path.iterdir()) == before
        said, code = doctor(log={"kind": "requests", "location": "s3://logs/gateway"})
    assert by_hour(warehouse) == {NOON: 6, NOON + timedelta(hours=1): 6}
    assert answer(warehouse, "SELECT uri FROM file ORDER BY 1") == [
        {"uri": f"s3://logs/gateway/{hour}.csv.gz"} for hour in (0, 1)
    ]
    assert code == 0, said
    assert "s3://logs/gateway/0.csv.gz has the columns of a request log" in said


def test_a_zipped_log_is_unpacked_elsewhere(tmp_path, warehouse):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as packed:
        packed.writestr("log.csv", every_ten_minutes(NOON, 6))
    before = sorted(tmp_path.iterdir())
    load(warehouse, tmp_path / "log.zip")
    assert by_hour(warehouse) == {NOON: 6}
    assert sorted(tmp_path.iterdir()) == before


def test_a_copy_of_a_log_is_refused(tmp_path, warehouse):
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        write(folder / name, every_ten_minutes(NOON, 9))
    with pytest.raises(
        SourceError, match=r"a\.csv and .*b\.csv have the same content: .* count every line twice"
    ):
        load(warehouse, folder)
    assert traffic(warehouse) == []


def test_a_log_without_a_time_says_what_there_is(tmp_path, warehouse):
    path = write(tmp_path / "log.csv", "moment,model\n2026-10-01 12:00:00,m\n")
    with pytest.raises(
        SourceError, match=r"there is moment, model\. Say which one it is: --map timestamp=COLUMN"
    ):
        load(warehouse, path)
    load(warehouse, path, {"timestamp": "moment"})
    with pytest.raises(SourceError, match="no column 'tokens_in' for input_tokens"):
        load(warehouse, path, {"timestamp": "moment", "input_tokens": "tokens_in"})


def test_a_mapping_of_something_that_there_is_not():
    with pytest.raises(SourceError, match=r"no 'tokens' to be mapped\. There are: timestamp, model"):
        RequestLog("log.csv", {"tokens": "x"})


def test_nothing_in_the_folder(tmp_path, warehouse):
    with pytest.raises(SourceError, match="holds no request log"):
        load(warehouse, tmp_path / "store" / "parquet")


ZONED = """started,model
2026-10-01 00:30:00,m
2026-12-01T00:30:00.5,m
2026-10-01T12:30:00Z,m
2026-10-01 12:30:00+05:30,m
2026-10-25 02:30:00,m
1790856000,m
"""


def test_times_without_a_zone_are_those_of_the_log(tmp_path, warehouse):
    """Summer +2, winter +1, twice the same hour: the second; what names a zone, or counts seconds, is left alone."""
    result = load(
        warehouse, write(tmp_path / "log.csv", ZONED), {"timestamp": "started"}, timezone="Europe/Berlin"
    )
    assert result.message is None
    hours = answer(warehouse, "SELECT hour, requests_ok FROM traffic ORDER BY hour")
    assert [(hour["hour"], hour["requests_ok"]) for hour in hours] == [
        (datetime(2026, 9, 30, 22), 1),
        (datetime(2026, 10, 1, 7), 1),
        (datetime(2026, 10, 1, 12), 2),
        (datetime(2026, 10, 25, 1), 1),
        (datetime(2026, 11, 30, 23), 1),
    ]


def test_a_zone_that_nobody_told_is_said_and_may_be_told_later(tmp_path, warehouse):
    path = write(tmp_path / "log.csv", "time,model\n2026-10-01 00:30:00,m\n")
    assert (
        load(warehouse, path).message == "times of the log name no zone: taken as UTC; --timezone says better"
    )
    assert load(warehouse, path, timezone="UTC").message is None
    assert load(warehouse, write(tmp_path / "z.csv", "time,model\n2026-10-01T00:30:00Z,m\n")).message is None


def test_a_zone_that_there_is_not():
    with pytest.raises(SourceError, match="no time zone 'Berlin'"):
        RequestLog("log.csv", timezone="Berlin")
