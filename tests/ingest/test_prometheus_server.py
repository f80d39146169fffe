"""Prometheus over HTTP: a real one where it matters, a tiny one that refuses where that is the point."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

import pytest
from local_server import listening
from prometheus_client.parser import text_string_to_metric_families
from prometheus_server import openmetrics, prometheus
from samples import Samples, answer

from data.demo import Demo
from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.access import Access
from ingest.telemetry.http import Server, server_batches

pytestmark = pytest.mark.usefixtures("no_waiting")

START = datetime(2026, 3, 9, 22, 0)
UTIL, GR = "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
STEP = 60


def seconds(moment):
    return moment.replace(tzinfo=UTC).timestamp()


def load(warehouse, url, start, end, **more):
    return load_telemetry(warehouse, more.pop("source", "prom"), Prometheus(url, **more), Window(start, end))


def facts(warehouse, source="prom"):
    return answer(
        warehouse,
        "SELECT * EXCLUDE (load_id, file_id, source) FROM device_hour WHERE source = $source ORDER BY ALL",
        source=source,
    )


# ---- a real one ----


def recorded(folder):
    """The recorded scrapes and answers as (metric, labels, value)."""
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text())["data"]["result"]:
            told = dict(entry["metric"])
            yield told.pop("__name__"), told, float(entry["value"][1])
    for path in sorted(folder.glob("*.prom")):
        if "h100x8" in path.name:
            continue  # the same node, and the same GPUs, as in the answers, at another time
        for family in text_string_to_metric_families(path.read_text()):
            for sample in family.samples:
                told = {**sample.labels, "job": "gpus", "instance": path.stem}
                yield sample.name.removesuffix("_total"), told, sample.value


@pytest.fixture(scope="module")
def real_server(recordings, tmp_path_factory):
    """The recorded scrapes, repeated every minute for four hours across midnight, and the counter of SOURCES 4.7."""
    moments = [seconds(START) + STEP * n for n in range(240)]
    rows = [
        (metric, told, moment, value)
        for metric, told, value in recorded(recordings / "telemetry" / "dcgm")
        for moment in moments
    ]
    served = {
        "model_name": "llama",
        "finished_reason": "stop",
        "pod": "llama-1",
        "namespace": "chat",
        "engine": "0",
    }
    values = [100, 160, 40, 90, 90]
    rows += [
        ("vllm:request_success_total", served, seconds(START) + 600 + STEP * n, v)
        for n, v in enumerate(values)
    ]
    with prometheus(tmp_path_factory.mktemp("prometheus"), openmetrics(rows)) as url:
        yield url


@pytest.mark.prometheus
def test_one_of_sixteen_h100_is_held(real_server, warehouse):
    """Pulled over HTTP in two UTC days: 15 are free, whatever pod Prometheus wrote on them."""
    results = load(warehouse, real_server, START, START + timedelta(hours=4))
    assert [(result.status, result.window) for result in results] == [
        ("loaded", Window(START, datetime(2026, 3, 10))),
        ("loaded", Window(datetime(2026, 3, 10), START + timedelta(hours=4))),
    ]
    h100 = [hour for hour in facts(warehouse) if hour["gpu_model"] == "NVIDIA H100 80GB HBM3"]
    assert len(h100) == 16 * 4
    assert {hour["observed_seconds"] for hour in h100} == {3600}
    for hour in {row["hour"] for row in h100}:
        held = [row for row in h100 if row["hour"] == hour and row["pod"]]
        assert [row["pod"] for row in held] == ["vllm-agg-0-vllmdecodeworker-s65j5"]
        assert (held[0]["memory_avg"], held[0]["busy_seconds"]) == (74166, 0)
    assert "no data for DCGM_FI_PROF_SM_ACTIVE" in results[0].message
    by_model = {row["gpu_model"]: row["signal"] for row in facts(warehouse)}
    assert by_model["Tesla T4"] == "gr_engine_active"
    assert by_model["GRID A100-40C"] == "gpu_util"
    assert {row["device_id"][-3:] for row in facts(warehouse) if row["mig_profile"]} == {"/13"}


@pytest.mark.prometheus
def test_growth_over_http_is_exact(real_server, warehouse):
    """increase() would say 187.5: it extrapolates."""
    load(warehouse, real_server, START, START + timedelta(hours=4))
    served = answer(warehouse, "SELECT hour, requests_ok, pod FROM traffic")
    assert [(row["requests_ok"], row["pod"]) for row in served] == [(150, "llama-1")]


@pytest.mark.prometheus
def test_days_are_stitched_by_the_samples_around_them(real_server, warehouse):
    """Stretches end at the load's window and nowhere else; none of the hours is counted twice or cut short."""
    load(warehouse, real_server, START, START + timedelta(hours=4))
    ends = answer(
        warehouse,
        "SELECT DISTINCT start_at, end_at, seconds FROM idle_stretch WHERE threshold = 0.01 ORDER BY ALL",
    )
    midnight = datetime(2026, 3, 10)
    assert [tuple(end.values()) for end in ends] == [
        (START, midnight, 7200),
        (midnight, START + timedelta(hours=4), 7200),
    ]


@pytest.mark.prometheus
def test_the_same_answers_twice_change_nothing(real_server, warehouse):
    window = (START, START + timedelta(hours=4))
    load(warehouse, real_server, *window)
    told = facts(warehouse)
    assert [result.status for result in load(warehouse, real_server, *window)] == ["unchanged", "unchanged"]
    assert facts(warehouse) == told


@pytest.mark.prometheus
def test_hours_that_the_server_forgot_stay(real_server, warehouse):
    load(warehouse, real_server, START, START + timedelta(hours=2))
    (result,) = load(warehouse, real_server, START - timedelta(days=9), START - timedelta(days=9, hours=-2))
    assert (result.status, "has no data" in result.message) == ("unchanged", True)
    assert len(facts(warehouse)) > 0


@pytest.mark.prometheus
def test_narrow_chunks_answer_as_wide_ones_do(real_server, warehouse, monkeypatch):
    """The overlap of chunks doubles nothing, on a server that closes ranges at both ends."""
    load(warehouse, real_server, START, START + timedelta(hours=4), source="wide")
    monkeypatch.setattr("ingest.telemetry.http.CHUNK_MS", 7 * STEP * 1000)  # bounds fall on samples
    load(warehouse, real_server, START, START + timedelta(hours=4), source="narrow")
    assert facts(warehouse, "narrow") == facts(warehouse, "wide")
    files = answer(warehouse, "SELECT source, rows FROM file ORDER BY source, file_id")
    assert [row["rows"] for row in files[:2]] == [row["rows"] for row in files[2:]]


@pytest.mark.prometheus
def test_a_server_that_refuses_many_samples_is_asked_for_less(tmp_path, warehouse):
    rows = [(GR, {"UUID": f"GPU-{g}"}, seconds(START) + STEP * n, 0.5) for g in range(40) for n in range(240)]
    with prometheus(tmp_path, openmetrics(rows), "--query.max-samples=3000") as url:
        load(warehouse, url, START, START + timedelta(hours=4))
    assert {row["observed_seconds"] for row in facts(warehouse)} == {3600}
    assert len(facts(warehouse)) == 40 * 4


@pytest.mark.prometheus
@pytest.mark.slow
def test_the_demos_openmetrics_tells_the_same_over_http_and_as_a_file(tmp_path, warehouse):
    """Two days of 40 GPUs at 30 s."""
    written = Demo(tmp_path / "demo", 90, 0.2).write(lambda text, done: None)  # noqa: ARG005 - nobody listens
    assert written.telemetry_30s is not None
    files = (
        [written.telemetry_30s]
        if written.telemetry_30s.is_file()
        else sorted(written.telemetry_30s.iterdir())
    )
    (text,) = (path.read_text() for path in files)
    (result,) = load_telemetry(warehouse, "file", Prometheus(str(files[0])), Window())
    with prometheus(tmp_path, text) as url:
        load(warehouse, url, result.window.start, result.window.end, source="http")
    assert facts(warehouse, "http") == facts(warehouse, "file")
    assert len(facts(warehouse, "http")) == result.rows > 0


# ---- a tiny one ----


class Tiny(BaseHTTPRequestHandler):
    """Holds one device's samples, one a minute from START + offset; `refuse` may answer instead."""

    minutes = 120
    offset = 0
    missing: frozenset[int] = frozenset()  # minutes that nobody scraped
    refuse = staticmethod(lambda *_: None)
    left_open = True
    extra: dict[str, object] = {}  # noqa: RUF012 - replaced whole, per server

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlparse(self.path).query).items()}
        self.server.asked.append((asked, dict(self.headers)))
        if "kube_" in asked["query"]:
            self._send(200, {"status": "success", "data": {"resultType": "vector", "result": []}})
            return
        refusal = self.refuse(asked, len(self.server.asked))
        if refusal:
            self._send(*refusal)
            return
        width = int(re.search(r"\[(\d+)ms\]$", asked["query"]).group(1)) / 1000
        end = float(asked["time"])
        scraped = (n for n in range(self.minutes) if n not in self.missing)
        moments = [seconds(START) + self.offset + STEP * n for n in scraped]
        values = [
            [moment, "0"]
            for moment in moments
            if (end - width < moment or (not self.left_open and moment == end - width)) and moment <= end
        ]
        metric = {"__name__": UTIL, "UUID": "GPU-1"}
        named = re.search(rf'["|]{UTIL}["|]', asked["query"])
        result = [{"metric": metric, "values": values}] if values and named else []
        self._send(
            200, {"status": "success", "data": {"resultType": "matrix", "result": result}, **self.extra}
        )

    def _send(self, code, body, headers=None):
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Quiet."""


@contextmanager
def tiny(**settings):
    handler = type("Server", (Tiny,), {k: staticmethod(v) if callable(v) else v for k, v in settings.items()})
    with listening(handler, asked=[]) as server:
        yield server.url, server.asked


def error(code, said):
    return code, {"status": "error", "errorType": "execution", "error": said}


def wide(asked):
    return int(re.search(r"\[(\d+)ms\]$", asked["query"]).group(1)) > 1_900_000


@pytest.mark.parametrize("code", [422, 503, 504])
def test_a_chunk_that_is_too_much_is_halved(warehouse, code):
    with tiny(refuse=lambda asked, _: error(code, "too many samples") if wide(asked) else None) as (
        url,
        asked,
    ):
        load(warehouse, url, START, START + timedelta(hours=2))
    assert [row["observed_seconds"] for row in facts(warehouse)] == [3600, 3600]
    assert any(wide(query) for query, _ in asked)


def test_a_server_that_refuses_everything_is_given_up_with_a_remedy(warehouse):
    with (
        tiny(refuse=lambda *_: error(422, "too many samples")) as (url, _),
        pytest.raises(SourceError, match=r"refuses even 30 s of .*too many samples.*query\.max-samples"),
    ):
        load(warehouse, url, START, START + timedelta(hours=2))
    assert facts(warehouse) == []


def test_a_passing_error_is_tried_again(warehouse):
    with tiny(refuse=lambda _, attempt: error(500, "flaky") if attempt in (1, 2, 5) else None) as (url, _):
        load(warehouse, url, START, START + timedelta(hours=2))
    assert len(facts(warehouse)) == 2


STARTING = (503, "Service Unavailable")  # as Prometheus says while it reads its log


def test_a_server_that_starts_is_waited_for_and_not_asked_for_less(warehouse):
    with tiny(refuse=lambda _, attempt: STARTING if attempt in (1, 2) else None) as (url, asked):
        load(warehouse, url, START, START + timedelta(hours=2))
    assert len(facts(warehouse)) == 2
    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize("said", ["Service Unavailable", "<html>503</html>", "no healthy upstream", ""])
def test_a_server_that_is_down_is_not_called_too_narrow(warehouse, said):
    with tiny(refuse=lambda *_: (503, said)) as (url, _), pytest.raises(SourceError, match="Is it up"):
        load(warehouse, url, START, START + timedelta(hours=2))


def test_an_error_that_stays_says_what_and_where(warehouse):
    with tiny(refuse=lambda *_: error(500, "disk on fire")) as (url, _), pytest.raises(SourceError) as raised:
        load(warehouse, url, START, START + timedelta(hours=2))
    assert "disk on fire" in str(raised.value)
    assert url in str(raised.value)


def test_nobody_there(warehouse):
    with pytest.raises(SourceError, match=r"cannot be read: .*refused"):
        load(warehouse, "http://127.0.0.1:9", START, START + timedelta(hours=1))


@pytest.mark.parametrize("left_open", [True, False])
def test_both_kinds_of_range_give_each_sample_once(warehouse, left_open, monkeypatch):
    monkeypatch.setattr("ingest.telemetry.http.CHUNK_MS", 10 * STEP * 1000)
    with tiny(left_open=left_open) as (url, _):
        load(warehouse, url, START, START + timedelta(hours=2))
    (file,) = answer(warehouse, "SELECT rows FROM file")
    assert file["rows"] >= 120
    assert [(row["samples"], row["observed_seconds"]) for row in facts(warehouse)] == [(60, 3600)] * 2


def test_the_token_comes_from_the_environment(warehouse, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_PROMETHEUS_TOKEN", "secret-1")
    monkeypatch.setenv("OTHER_TOKEN", "secret-2")
    with tiny() as (url, asked):
        load(
            warehouse,
            url,
            START,
            START + timedelta(hours=1),
            access=Access(headers={"X-Scope-OrgID": "team"}),
        )
        load(
            warehouse,
            url,
            START,
            START + timedelta(hours=1),
            access=Access(token_env="OTHER_TOKEN"),
            source="other",
        )
    assert {headers["Authorization"] for _, headers in asked} == {"Bearer secret-1", "Bearer secret-2"}
    assert {name.lower(): told for name, told in asked[0][1].items()}["x-scope-orgid"] == "team"


def test_a_refused_token_names_the_variable(warehouse):
    with (
        tiny(refuse=lambda *_: error(401, "who?")) as (url, _),
        pytest.raises(SourceError, match="INFERLEDGER_PROMETHEUS_TOKEN"),
    ):
        load(warehouse, url, START, START + timedelta(hours=1))


def test_the_token_does_not_follow_a_redirect(warehouse, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_PROMETHEUS_TOKEN", "secret")
    elsewhere = "http://127.0.0.1:9/elsewhere"
    with (
        tiny(refuse=lambda *_: (302, "", {"Location": elsewhere})) as (url, _),
        pytest.raises(SourceError, match=f"redirects to {elsewhere}"),
    ):
        load(warehouse, url, START, START + timedelta(hours=1))


def test_something_that_is_no_prometheus(warehouse):
    with (
        tiny(refuse=lambda *_: (200, "<html>login</html>")) as (url, _),
        pytest.raises(SourceError, match="does not answer in JSON"),
    ):
        load(warehouse, url, START, START + timedelta(hours=1))


@pytest.mark.parametrize(
    ("extra", "said"),
    [({"warnings": ["store-3 is gone"]}, "store-3 is gone"), ({"isPartial": True}, "the answer is partial")],
    ids=["thanos", "victoriametrics"],
)
def test_an_answer_in_part_replaces_no_hours(warehouse, extra, said):
    held = "SELECT count(*), sum(observed_seconds) FROM device_hour"
    with tiny() as (url, _):
        load(warehouse, url, START, START + timedelta(hours=1))
    before = warehouse.con.execute(held).fetchone()
    with (
        tiny(extra=extra) as (url, _),
        pytest.raises(SourceError, match=f"in part: {said}.*--accept-partial"),
    ):
        load(warehouse, url, START, START + timedelta(hours=1))

    assert warehouse.con.execute(held).fetchone() == before


def test_warnings_of_an_answer_are_shown_where_parts_are_accepted(warehouse):
    with tiny(extra={"warnings": ["a store is gone"], "isPartial": True}) as (url, _):
        (result,) = load(warehouse, url, START, START + timedelta(hours=1), accept_partial=True)
    assert "the server warns: a store is gone" in result.message
    assert "the answer is partial" in result.message
    assert "no data for DCGM_FI_PROF_SM_ACTIVE, DCGM_FI_PROF_GR_ENGINE_ACTIVE, " in result.message
    assert "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION, any metric of a model server" in result.message


def test_more_matchers_narrow_the_question(warehouse):
    with tiny() as (url, asked):
        load(warehouse, url, START, START + timedelta(hours=1), matcher='cluster="prod"')
    assert all(',cluster="prod"}[' in query["query"] for query, _ in asked)
    assert any("kube_pod_info" in query["query"] for query, _ in asked)


def test_an_engine_without_regular_expressions_for_names_is_asked_for_one_at_a_time(warehouse):
    """Google: 'Only exact matching on metric names is supported.' Its own address is known; a proxy has to be told."""

    def refuse(asked, _):
        return error(400, "must have an equality matcher on __name__") if "=~" in asked["query"] else None

    with tiny(refuse=refuse) as (url, _):
        with pytest.raises(SourceError, match="equality matcher on __name__"):
            load(warehouse, url, START, START + timedelta(hours=2))
        load(warehouse, url, START, START + timedelta(hours=2), exact_names=True)
    assert [row["observed_seconds"] for row in facts(warehouse)] == [3600, 3600]
    google = Prometheus("https://monitoring.googleapis.com/v1/projects/p/location/global/prometheus")
    batch = next(google.batches(Window(START, START + timedelta(hours=1)), None))
    assert batch.server.exact_names


def test_an_interrupted_run_goes_on_where_it_stopped(warehouse):
    """The first day is committed; the second fails; the next run reads from two hours before the watermark."""
    second_day = seconds(datetime(2026, 3, 10, 2, 0))

    def refuse(asked, _):
        return error(400, "no") if float(asked["time"]) > second_day else None

    with tiny(minutes=240, refuse=refuse) as (url, _), pytest.raises(SourceError):
        load(warehouse, url, START, START + timedelta(hours=8))
    assert [row["hour"] for row in facts(warehouse)] == [START, START + timedelta(hours=1)]
    now = START + timedelta(hours=4)
    ((watermark,),) = warehouse.con.execute(
        "SELECT max(window_end) FROM load WHERE status = 'loaded'"
    ).fetchall()
    with tiny(minutes=240) as (url, _):
        batches = list(server_batches(Server(url), Window(), watermark, now))
        assert [batch.hours for batch in batches] == [
            Window(START, datetime(2026, 3, 10)),
            Window(datetime(2026, 3, 10), now),
        ]
        load(warehouse, url, START, now)
    assert [(row["hour"], row["observed_seconds"]) for row in facts(warehouse)] == [
        (START + timedelta(hours=n), 3600) for n in range(4)
    ]


def test_a_day_is_read_with_the_samples_around_it(warehouse):
    """Scraped at half minutes, the last one before midnight missed: both days know what speaks across it."""
    with tiny(minutes=240, offset=30, missing=frozenset({119})) as (url, _):
        load(warehouse, url, START, START + timedelta(hours=4))
    assert [row["observed_seconds"] for row in facts(warehouse)] == [3570, 3600, 3600, 3600]
    ends = answer(warehouse, "SELECT start_at, end_at FROM idle_stretch WHERE threshold = 0 ORDER BY 1")
    assert [end["start_at"] for end in ends] == [START + timedelta(seconds=30), datetime(2026, 3, 10)]
    assert ends[0]["end_at"] == ends[1]["start_at"]


def test_without_a_watermark_fifteen_days_are_read():
    now = datetime(2026, 3, 10, 5, 20)
    batches = list(server_batches(Server("http://x"), Window(), None, now))
    assert batches[0].hours == Window(datetime(2026, 2, 23, 6), datetime(2026, 2, 24))
    assert batches[-1].hours == Window(datetime(2026, 3, 10), datetime(2026, 3, 10, 6))
    assert len(batches) == 16


def test_made_up_samples_and_a_server_tell_the_same(warehouse):
    """One code behind every reader."""
    shift = (START - datetime(2026, 10, 1)).total_seconds()
    made_up = Samples([(UTIL, {"UUID": "GPU-1"}, shift + STEP * n, 0) for n in range(120)])
    load_telemetry(warehouse, "made-up", made_up, Window())
    with tiny() as (url, _):
        load(warehouse, url, START, START + timedelta(hours=2))
    assert facts(warehouse, "made-up") == facts(warehouse, "prom")
