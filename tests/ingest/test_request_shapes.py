"""Logs that are known by what wrote them: LiteLLM's spend logs, access logs of nginx and Envoy."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from samples import answer

from ingest.__main__ import main
from ingest.load_requests import load_requests
from ingest.source import SourceError, Window
from ingest.sources.requests import RequestLog

NOON = datetime(2026, 10, 1, 12)
COUNTED = (
    "requests_ok",
    "requests_failed",
    "requests_aside",
    "input_tokens",
    "output_tokens",
    "latency_seconds",
)


def load(wh, location, mapping=None, shape="auto"):
    (result,) = load_requests(wh, "log", RequestLog(str(location), mapping or {}, shape), Window())
    return result


def traffic(wh):
    return answer(wh, "FROM traffic ORDER BY hour, model, endpoint, team")


def test_an_access_log_rotated_inside_an_hour_keeps_the_hour(wh, tmp_path):
    """40 requests of 12:00–12:39 and 20 of 12:40–12:59, with health checks beside: 60 of either, one by one."""
    folder = tmp_path / "logs"
    folder.mkdir()
    lines = [
        f'10.0.0.1 - - [01/Oct/2026:12:{minute:02}:00 +0000] "GET {path} HTTP/1.1" 200 10\n'
        for minute in range(60)
        for path in ("/v1/chat/completions", "/health")
    ]
    (folder / "access.log").write_text("".join(lines[:80]))
    load(wh, folder, {"model": "=m"})
    (folder / "access.log").write_text("".join(lines[80:]))
    result = load(wh, folder, {"model": "=m"})
    (row,) = traffic(wh)
    assert (row["requests_ok"], row["requests_aside"]) == (60, 60)
    assert (
        "counted beside: 20; 2026-10-01 12:00 goes on with what was loaded before: 80 requests"
        in result.message
    )


def counts(row):
    return tuple(row[name] for name in COUNTED)


SPEND = [
    # request_id, model, model_group, team, prompt, completion, start, end, first token, status
    ("a", "hosted_vllm/llama-8b", "chat", "t-1", 100, 20, "12:00:00.000", "12:00:02.500", "12:00:00.500", "success"),
    ("b", "hosted_vllm/llama-8b", "chat", "t-1", 50, 10, "12:10:00.000", "12:10:01.500", "12:10:01.500", "success"),
    ("c", "hosted_vllm/llama-8b", "chat", "t-1", 7, 0, "12:20:00.000", "12:20:00.250", "12:20:00.250", "failure"),
    ("d", "azure/gpt-4o", "chat", "t-2", 9, 3, "13:00:00.000", "13:00:01.000", "13:00:00.125", "success"),
]  # fmt: skip
NAMES = (
    "request_id", "model", "model_group", "team_id", "prompt_tokens", "completion_tokens", "startTime", "endTime",
    "completionStartTime", "status", "spend", "total_tokens", "call_type", "cache_hit", "metadata",
)  # fmt: skip


def spend_rows(day="2026-10-01T", zone="Z"):
    for *plain, start, end, first, status in SPEND:
        times = [f"{day}{moment}{zone}" for moment in (start, end, first)]
        yield dict(zip(NAMES, [*plain, *times, status, 0.5, 0, "acompletion", "False", "{}"], strict=True))


def spend_log(path, rows):
    if path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    elif path.suffix == ".json":
        path.write_text(json.dumps(list(rows)))
    else:
        lines = [",".join(f'"{value}"' for value in row.values()) for row in rows]
        path.write_text("\n".join([",".join(NAMES), *lines]))
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
@pytest.mark.parametrize("zone", ["Z", "+00:00", ""])
def test_litellm_is_known_by_its_columns(tmp_path, wh, kind, zone):
    """End to end 2.5 + 1.5 + 0.25 s; only the streamed one has a first token (0.5 s)."""
    load(wh, spend_log(tmp_path / f"LiteLLM_SpendLogs.{kind}", spend_rows(zone=zone)))
    llama, gpt = traffic(wh)
    assert counts(llama) == (2, 1, None, 157, 30, 4.25)
    assert counts(gpt) == (1, 0, None, 9, 3, 1.0)
    named = ("hour", "model", "endpoint", "team")
    assert tuple(llama[name] for name in named) == (NOON, "hosted_vllm/llama-8b", "chat", "t-1")
    first = answer(
        wh,
        "SELECT model, le, requests FROM traffic_latency WHERE measure = 'time_to_first_token' ORDER BY le",
    )
    assert [tuple(one.values()) for one in first] == [
        ("azure/gpt-4o", 0.25, 1),
        ("hosted_vllm/llama-8b", 0.5, 1),
    ]


def test_what_litellm_calls_spend_is_no_charge(tmp_path, wh):
    load(wh, spend_log(tmp_path / "spend.csv", spend_rows()))
    assert answer(wh, "SELECT DISTINCT grain FROM load") == [{"grain": "traffic"}]
    assert not any("spend" in name or "cost" in name for name in traffic(wh)[0])


def test_a_request_that_two_exports_hold_counts_once_as_it_was_told_last(tmp_path, wh):
    rows = list(spend_rows())
    spend_log(tmp_path / "1.csv", rows[:3])
    spend_log(
        tmp_path / "2.csv", [{**rows[2], "status": "success", "completion_tokens": 5}, rows[3], rows[3]]
    )
    result = load(wh, tmp_path)
    llama, gpt = traffic(wh)
    assert counts(llama) == (3, 0, None, 157, 35, 4.25)
    assert counts(gpt) == (1, 0, None, 9, 3, 1.0)
    assert "rows that tell a request_id again, and count once: 2" in result.message
    assert load(wh, tmp_path).status == "unchanged"


def test_rows_without_a_request_id_are_all_requests(tmp_path, wh):
    path = tmp_path / "log.csv"
    path.write_text(
        "timestamp,model,request_id\n" + "2026-10-01 12:00:00,m,\n" * 3 + "2026-10-01 12:00:00,m,x\n" * 2
    )
    load(wh, path)
    assert [hour["requests_ok"] for hour in traffic(wh)] == [4]


def test_an_end_before_its_beginning_is_refused(tmp_path, wh):
    rows = [{**row, "request_id": f"{n}{row['request_id']}"} for n in range(100) for row in spend_rows()]
    rows.append({**rows[0], "request_id": "z", "endTime": "2026-10-01T11:00:00Z"})
    assert load(wh, spend_log(tmp_path / "log.csv", rows)).rejected == 1
    (reject,) = answer(wh, "SELECT line_no, reason FROM reject")
    assert reject == {"line_no": 401, "reason": "it ended (2026-10-01T11:00:00Z) before it began"}


NGINX = """\
10.0.0.1 - - [01/Oct/2026:14:00:00 +0200] "POST /v1/chat/completions HTTP/1.1" 200 2326 "-" "python-httpx/0.27" 1.250
10.0.0.1 - alice [01/Oct/2026:12:30:00 +0000] "POST /v1/chat/completions?stream=1 HTTP/1.1" 200 512 "-" "curl/8" 0.750
10.0.0.2 - - [01/Oct/2026:12:40:00 +0000] "POST /v1/completions HTTP/2.0" 503 - "-" "a \\"quoted\\" agent" 0.100
10.0.0.9 - - [01/Oct/2026:12:00:01 +0000] "GET /health HTTP/1.1" 200 2 "-" "kube-probe/1.31" 0.001
10.0.0.9 - - [01/Oct/2026:12:00:11 +0000] "GET /healthz/ HTTP/1.1" 503 2 "-" "kube-probe/1.31" 0.001
10.0.0.8 - - [01/Oct/2026:12:00:15 +0000] "GET /metrics?x=1 HTTP/1.1" 200 9000 "-" "Prometheus/3.1" 0.002
"""


@pytest.mark.parametrize("name", ["access.log", "access.log.1", "access.log.2.gz", "access.txt"])
def test_a_combined_log_with_its_probes_apart(tmp_path, wh, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(NGINX.encode()) if name.endswith("gz") else NGINX.encode())
    if name == "access.txt":  # no such ending is looked for in a folder
        with pytest.raises(SourceError, match="holds no request log"):
            load(wh, tmp_path)
        return
    result = load(wh, tmp_path, {"model": "=llama"})
    (hour,) = traffic(wh)
    assert (hour["hour"], hour["model"], hour["endpoint"]) == (NOON, "llama", None)
    assert counts(hour) == (2, 1, 3, None, None, pytest.approx(2.1))
    assert "health checks, scrapes and the like, counted beside: 3" in result.message
    buckets = answer(wh, "SELECT sum(requests) AS n FROM traffic_latency")
    assert buckets == [{"n": 3}]


def test_a_common_log_has_no_durations(tmp_path, wh):
    (tmp_path / "access.log").write_text(
        '::1 - - [01/Oct/2026:12:00:00 +0000] "POST /v1/embeddings HTTP/1.1" 201 10\n'
        '::1 - - [01/Oct/2026:12:00:00 +0000] "POST /v1/embeddings HTTP/1.1" 404 -\n'
    )
    load(wh, tmp_path)
    (hour,) = traffic(wh)
    assert counts(hour) == (1, 1, 0, None, None, None)


def test_what_is_no_http_is_a_failed_request(tmp_path, wh):
    """A TLS handshake on a plain port, as nginx escapes it, and a connection that said nothing."""
    (tmp_path / "access.log").write_text(
        r'10.0.0.7 - - [01/Oct/2026:12:00:00 +0000] "\x16\x03\x01\x02" 400 157 "-" "-"' + "\n"
        '10.0.0.7 - - [01/Oct/2026:12:00:00 +0000] "-" 408 0 "-" "-"\n'
        r'10.0.0.7 - - [01/Oct/2026:12:00:00 +0000] "GET /a\"b HTTP/1.1" 200 0 "-" "say \"hi\", 1.5"' + "\n"
    )
    assert load(wh, tmp_path).rejected == 0
    (hour,) = traffic(wh)
    assert counts(hour) == (1, 2, 0, None, None, None)


def test_envoy_writes_milliseconds(tmp_path, wh):
    chat, who = "POST /v1/chat/completions HTTP/2", '"10.0.35.28" "py" "id-1" "llm.local" "10.0.2.1:80"'
    (tmp_path / "envoy.log").write_text(
        f'[2026-10-01T12:17:00.310Z] "{chat}" 200 - 154 900 2260 2250 {who}\n'
        f'[2026-10-01T12:18:00.310Z] "{chat}" 503 UF,URX 154 91 40 - {who}\n'
        f'[2026-10-01T12:18:30.310Z] "{chat}" 0 DC downstream_remote_disconnect 154 0 1000 - {who}\n'
        f'[2026-10-01T12:19:00.310Z] "GET /ready HTTP/1.1" 200 - 0 5 0 - {who}\n'
    )
    load(wh, tmp_path)
    (hour,) = traffic(wh)
    assert counts(hour) == (1, 2, 1, None, None, 3.3)


def test_an_access_log_in_json(tmp_path, wh):
    """request_time is how long it took (nginx), although elsewhere it is when it was asked."""
    rows = [
        {"time_iso8601": "2026-10-01T14:00:00+02:00", "request": "POST /v1/chat/completions HTTP/1.1", "status": "200",
         "request_time": "0.500", "body_bytes_sent": "10"},
        {"time_iso8601": "2026-10-01T14:00:01+02:00", "request": "GET /healthz HTTP/1.1", "status": "200",
         "request_time": "0.001", "body_bytes_sent": "10"},
    ]  # fmt: skip
    (tmp_path / "access.json").write_text("\n".join(map(json.dumps, rows)))
    load(wh, tmp_path)
    (hour,) = traffic(wh)
    assert (hour["hour"], counts(hour)) == (NOON, (1, 0, 1, None, None, 0.5))


def test_an_access_log_of_envoy_in_json(tmp_path, wh):
    same = {"method": "POST", "path": "/v1/chat/completions", "duration": 250, "x-request-id": "same"}
    codes = (200, 200, 500)
    rows = [
        {"start_time": f"2026-10-01T12:00:0{n}.0Z", "response_code": c, **same} for n, c in enumerate(codes)
    ]
    (tmp_path / "envoy.jsonl").write_text("\n".join(map(json.dumps, rows)))
    load(wh, tmp_path)
    (hour,) = traffic(wh)
    assert counts(hour) == (2, 1, 0, None, None, 0.75)


def test_a_line_of_something_else_is_kept_with_its_reason(tmp_path, wh):
    lines = NGINX.splitlines() * 30 + ["2026/10/01 12:00:00 [error] 7#7: upstream timed out"]
    (tmp_path / "access.log").write_text("\n".join(lines))
    assert load(wh, tmp_path).rejected == 1
    (reject,) = answer(wh, "SELECT line_no, reason, raw FROM reject")
    assert reject["line_no"] == 181
    assert "upstream timed out' cannot be read" in reject["reason"]


def test_a_shape_that_was_said_is_not_guessed(tmp_path, wh):
    """The same columns, read plainly: model_group is then no endpoint."""
    load(wh, spend_log(tmp_path / "log.csv", spend_rows()), {"timestamp": "startTime"}, "plain")
    assert {row["endpoint"] for row in traffic(wh)} == {None}


def test_a_mapping_comes_before_what_a_shape_knows(tmp_path, wh):
    load(wh, spend_log(tmp_path / "log.csv", spend_rows()), {"model": "model_group", "endpoint": "=gateway"})
    assert {(row["model"], row["endpoint"]) for row in traffic(wh)} == {("chat", "gateway")}


def test_a_rehearsal_shows_the_first_rows_as_they_would_land(tmp_path, home):
    path = spend_log(tmp_path / "log.csv", spend_rows())
    result = CliRunner().invoke(main, ["requests", str(path), "--dry-run"])
    assert result.exit_code == 0, result.output
    for told in ("traffic", "hosted_vllm/llama-8b", "t-1", "157"):
        assert told in result.output, result.output
    assert not home.exists()


def test_a_probe_that_no_path_tells_apart_is_unknown_and_not_zero(tmp_path, wh):
    (tmp_path / "log.csv").write_text("timestamp,model\n2026-10-01 12:00:00,m\n")
    load(wh, tmp_path)
    assert [row["requests_aside"] for row in traffic(wh)] == [None]


def test_the_command_line_knows_the_shapes_and_no_others(tmp_path, home):  # noqa: ARG001 - the store's place
    path = spend_log(tmp_path / "log.csv", spend_rows())
    for word, code in (("litellm", 0), ("lightllm", 2)):
        result = CliRunner().invoke(main, ["requests", str(path), "--shape", word, "--dry-run"])
        assert result.exit_code == code, result.output
    assert "'auto', 'plain', 'litellm', 'access-log'" in result.output
