"""Saved answers of Cloud Monitoring: the same devices and hours as Managed Prometheus would tell."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from samples import answer

from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.gcp_monitoring import GcpMonitoring

NOON = datetime(2026, 10, 1, 12)


def load(wh, location):
    (result,) = load_telemetry(wh, "gke", GcpMonitoring(str(location)), Window())
    return result


def series(kind, metric, value, device="GPU-8f1c2d3e", minutes=range(60), **resource):
    moments = [NOON + timedelta(minutes=minute) for minute in minutes]
    return {
        "metric": {
            "type": f"kubernetes.io/{kind}/accelerator/{metric}",
            "labels": {"make": "nvidia", "model": "nvidia-l4", "accelerator_id": device},
        },
        "resource": {"type": f"k8s_{kind}", "labels": {"cluster_name": "c", "node_name": "n-1", **resource}},
        "metricKind": "GAUGE",
        "valueType": "INT64",
        # the newest first, as Google answers
        "points": [
            {"interval": {"startTime": f"{m:%FT%TZ}", "endTime": f"{m:%FT%TZ}"}, "value": {"int64Value": str(value)}}
            for m in reversed(moments)
        ],
    }  # fmt: skip


@pytest.mark.parametrize("bare", [False, True])
def test_a_device_its_node_and_the_pod_that_holds_it(tmp_path, wh, bare):
    told = [
        series("node", "duty_cycle", 40),
        series(
            "container",
            "duty_cycle",
            40,
            minutes=range(30),
            pod_name="chat-0",
            namespace_name="ml",
            container_name="m",
        ),
        series("node", "memory_used", 2 * 1024**3),
        {**series("node", "duty_cycle", 1), "metric": {"type": "kubernetes.io/node/cpu/core_usage_time"}},
    ]
    (tmp_path / "a.json").write_text(json.dumps(told if bare else {"timeSeries": told, "unit": "%"}))
    assert load(wh, tmp_path).status == "loaded"
    hours = answer(wh, "FROM device_hour ORDER BY pod NULLS LAST")
    assert [(h["device_id"], h["node"], h["pod"], h["busy_seconds"], h["signal"]) for h in hours] == [
        ("GPU-8f1c2d3e", "n-1", "chat-0", 1800, "duty_cycle"),
        ("GPU-8f1c2d3e", "n-1", None, 1800, "duty_cycle"),
    ]
    assert {h["hour"] for h in hours} == {NOON}
    assert (hours[0]["util_avg"], hours[0]["memory_avg"]) == (0.4, 2048)


def test_pages_of_one_answer_are_loaded_together(tmp_path, wh):
    for page, minutes in enumerate((range(30), range(30, 60))):
        told = {"timeSeries": [series("node", "duty_cycle", 0, minutes=minutes)]}
        (tmp_path / f"{page}.json").write_text(json.dumps(told))
    load(wh, tmp_path)
    (hour,) = answer(wh, "FROM device_hour")
    assert (hour["idle_seconds"], hour["samples"]) == (3600, 60)


@pytest.mark.parametrize("text", ['{"error": {"code": 403}}', "[1]", "nothing", '{"timeSeries": [{}]}'])
def test_something_else_is_refused(tmp_path, wh, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SourceError, match=r"timeSeries\.list"):
        load(wh, tmp_path)
