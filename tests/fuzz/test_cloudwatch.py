"""Answers of CloudWatch as no server should give them: an error in words that changes nothing, or hours as told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest
from fuzz import damage, fuzz, values
from hypothesis import given
from hypothesis import strategies as st
from local_server import listening

from data.warehouse import Warehouse
from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.cloudwatch import CloudWatch

DAY = datetime(2026, 10, 2)
pytestmark = pytest.mark.usefixtures("aws_keys")
NUMBERS = count(1)
DIMENSIONS = [{"Name": "ModelId", "Value": "anthropic.claude"}]
METRIC = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations", "Dimensions": DIMENSIONS}
AGENT = [
    {"Name": name, "Value": value}
    for name, value in (("InstanceId", "i-1"), ("index", "0"), ("name", "A10G"))
]
METRICS = [METRIC, {"Namespace": "CWAgent", "MetricName": "nvidia_smi_utilization_gpu", "Dimensions": AGENT}]
MOMENTS = [(DAY + timedelta(minutes=5 * n) - datetime(1970, 1, 1)).total_seconds() for n in range(24)]
TOLD = {"Id": "m0", "Label": "x", "StatusCode": "Complete", "Timestamps": MOMENTS, "Values": [50.0] * 24}


class Watch(BaseHTTPRequestHandler):
    """The bytes that its server holds for ListMetrics and GetMetricData; SageMaker knows nothing."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        content = {"ListMetrics": self.server.metrics, "GetMetricData": self.server.data}.get(asked)
        self.send_response(400 if content is None else 200)
        self.send_header("Content-Type", "application/json")
        content = content or b'{"__type":"ValidationException","message":"none"}'
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with (
        listening(Watch, metrics=b"", data=b"") as server,
        Warehouse.open(tmp_path_factory.mktemp("watch") / "store") as warehouse,
    ):
        warehouse.answers = server
        yield warehouse


def packed(**told):
    return json.dumps(told).encode()


def held(store):
    return [
        store.con.execute(f"SELECT count(*) FROM {name}").fetchall() for name in ("device_hour", "traffic")
    ]


def loaded(store, metrics=packed(Metrics=METRICS), data=packed(MetricDataResults=[TOLD])):  # noqa: B008
    """The results of a load; None where it was an error in words that changed nothing."""
    store.answers.metrics, store.answers.data = metrics, data
    before = held(store)
    source = CloudWatch(region="us-east-1", endpoint_url=store.answers.url)
    try:
        return load_telemetry(store, f"s{next(NUMBERS)}", source, Window(DAY, DAY + timedelta(hours=2)))
    except SourceError:
        assert held(store) == before
        return None


def test_sound_answers_load(store):
    (result,) = loaded(store)

    assert result.status == "loaded"
    assert result.rows > 0


def test_what_is_no_number_is_no_datapoint(store):
    """Twice 50 requests, and an hour's NaN between them."""
    hours = [MOMENTS[0], MOMENTS[0] + 3600, MOMENTS[0] + 7200]
    odd = {**TOLD, "Timestamps": hours, "Values": [50.0, float("nan"), 50.0]}
    store.answers.metrics, store.answers.data = packed(Metrics=[METRIC]), packed(MetricDataResults=[odd])
    source = CloudWatch(region="us-east-1", endpoint_url=store.answers.url)
    load_telemetry(store, "odd", source, Window(DAY, DAY + timedelta(hours=3)))

    told = store.con.execute("SELECT sum(requests_ok) FROM traffic WHERE source = 'odd'").fetchone()
    assert told == (100,)


@pytest.mark.parametrize(
    "answers",
    [{"metrics": b"{}"}, {"data": b"{}"}, {"data": packed(MetricDataResults=[TOLD | {"Values": [1.0]}])}],
    ids=["no metrics", "no datapoints", "times without values"],
)
def test_an_answer_of_something_else_is_told_in_words(store, answers):
    store.answers.metrics, store.answers.data = packed(Metrics=METRICS), packed(MetricDataResults=[TOLD])
    for name, content in answers.items():
        setattr(store.answers, name, content)
    source = CloudWatch(region="us-east-1", endpoint_url=store.answers.url)

    with pytest.raises(SourceError, match="the answer is none of AWS'"):
        load_telemetry(store, f"s{next(NUMBERS)}", source, Window(DAY, DAY + timedelta(hours=2)))


@fuzz()
@given(metrics=damage(packed(Metrics=METRICS)))
def test_damaged_lists_of_metrics(store, metrics):
    loaded(store, metrics=metrics)


@fuzz()
@given(data=damage(packed(MetricDataResults=[TOLD])))
def test_damaged_datapoints(store, data):
    loaded(store, data=data)


@fuzz()
@given(
    told=st.fixed_dictionaries(
        {
            "Id": st.sampled_from(["m0", "m1", "m99", None]),
            "StatusCode": st.sampled_from(["Complete", "PartialData", "InternalError", None]),
            "Timestamps": st.lists(st.sampled_from(MOMENTS) | values, max_size=4),
            "Values": st.lists(st.floats() | st.integers() | values, max_size=4),
        }
    )
)
def test_strange_datapoints(store, told):
    loaded(store, data=packed(MetricDataResults=[told]))
