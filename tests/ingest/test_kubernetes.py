"""Pods and nodes from kube-state-metrics: what a pod runs, which billed machine a node is, what stays unknown."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest
from local_server import listening
from prometheus_server import openmetrics, prometheus
from samples import START, answer, load
from small_store import load_lines, load_rows, machine_line

from data.model.settings import ModelSettings
from data.warehouse import Warehouse
from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.kubernetes import NAMES, PodLabels, resource_id_of, tag_of

GR = "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
NODE = "ip-10-0-1-7.ec2.internal"
POD = {"namespace": "chat", "pod": "llama-0", "uid": "u1"}


def over(hours, metric, labels, value=1.0, first=0):
    """One sample every ten minutes of the hours [first, first + hours)."""
    return [(metric, labels, 3600 * first + 600 * n, value) for n in range(6 * hours)]


def gpu(hours, pod=POD, node=NODE, first=0, uuid="GPU-1"):
    """A device as dcgm-exporter tells it; pod None = free."""
    held = {"namespace": pod["namespace"], "pod": pod["pod"]} if pod else {}
    return over(hours, GR, {"UUID": uuid, "Hostname": node, **held}, 0.5, first)


def node(hours, provider_id="aws:///us-east-1a/i-0abc", name=NODE, first=0):
    return over(hours, "kube_node_info", {"node": name, "provider_id": provider_id}, 1.0, first)


def pod(hours, told=POD, first=0, image="registry:5000/llm/vllm:v0.9.1", node=NODE, asks=1, **labels):
    """A pod in the metrics of kube-state-metrics that we read; labels as in kube_pod_labels."""
    container = {**told, "container": "server"}
    owner = {"created_by_kind": "StatefulSet", "created_by_name": "llama"}
    rows = over(hours, "kube_pod_info", {**told, "node": node, **owner}, 1.0, first)
    rows += over(hours, "kube_pod_labels", {**told, **labels}, 1.0, first)
    rows += over(
        hours,
        "kube_pod_container_info",
        {**container, "image": "sha256:ab12", "image_spec": image, "image_id": f"{image}@sha256:cd"},
        1.0,
        first,
    )
    proxy = {**told, "container": "proxy", "image": "envoy:v1.30"}
    rows += over(hours, "kube_pod_container_info", proxy, 1.0, first)
    asked = {**container, "resource": "nvidia_com_gpu", "unit": "integer", "node": node}
    return rows + over(hours, "kube_pod_container_resource_requests", asked, asks, first)


def runs(warehouse, source="made-up"):
    rows = answer(
        warehouse,
        "SELECT namespace, pod, model, version, team, valid_from, valid_to FROM deployment_map "
        "WHERE source = $source ORDER BY valid_from, pod",
        source=source,
    )
    return [
        (row["pod"], row["model"], row["version"], at(row["valid_from"]), at(row["valid_to"])) for row in rows
    ]


def stands(warehouse):
    rows = answer(warehouse, "FROM resource_map ORDER BY node, valid_from")
    return [(row["node"], row["resource_id"], at(row["valid_from"]), at(row["valid_to"])) for row in rows]


def at(moment):
    """Hours since the start; None = always."""
    return moment and (moment - START) / timedelta(hours=1)


# ---- single texts ----


@pytest.mark.parametrize(
    ("provider_id", "resource_id"),
    [
        ("aws:///us-east-1a/i-0abc", "i-0abc"),
        ("aws://us-east-1/i-0abc", "i-0abc"),
        ("aws:///us-east-1a/fargate-ip-10-0-1-7.ec2.internal", None),
        ("gce://prod/us-east1-a/gke-1", "//compute.googleapis.com/projects/prod/zones/us-east1-a/instances/gke-1"),
        (
            "azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-1",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-1",
        ),
        ("kind://docker/kind/kind-worker", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_provider_id_is_a_line_of_the_bill_or_nothing(provider_id, resource_id):
    assert resource_id_of(provider_id) == resource_id


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("vllm/vllm-openai:v0.9.1", "v0.9.1"),
        ("registry:5000/team/llama", None),
        ("registry:5000/team/llama:2026-10-01@sha256:abcd", "2026-10-01"),
        ("team/llama@sha256:abcd", None),
        ("team/llama:latest", None),
        ("team/llama:latest-cuda12", None),
        ("team/llama:main", None),
        ("sha256:abcd", None),
        ("", None),
    ],
)
def test_a_tag_that_moves_is_no_version(image, tag):
    assert tag_of(image) == tag


# ---- what becomes of a load ----


def test_a_pod_runs_the_model_of_its_label_in_the_version_of_its_image(warehouse):
    """The proxy beside it asks for no GPU: its tag is nobody's version."""
    load(warehouse, gpu(3) + pod(3, label_model="llama-70b", label_team="assistants") + node(3))
    assert runs(warehouse) == [("llama-0", "llama-70b", "v0.9.1", 0, 3)]
    assert stands(warehouse) == [(NODE, "i-0abc", 0, 3)]
    ((team,),) = warehouse.con.execute("SELECT team FROM deployment_map").fetchall()
    assert team == "assistants"


def test_a_version_label_is_believed_before_the_image(warehouse):
    load(warehouse, gpu(1) + pod(1, label_model="llama", label_model_version="2026-08"))
    assert runs(warehouse) == [("llama-0", "llama", "2026-08", 0, 1)]


def test_latest_is_no_version(warehouse):
    load(warehouse, gpu(1) + pod(1, image="llm/vllm:latest", label_model="llama"))
    assert runs(warehouse) == [("llama-0", "llama", None, 0, 1)]


def test_a_pod_without_a_model_label_runs_what_its_server_calls_its_only_model(warehouse):
    served = {"model_name": "meta/llama", "finished_reason": "stop", "namespace": "chat", "pod": "llama-0"}
    load(warehouse, gpu(2) + pod(2) + over(2, "vllm:request_success_total", served, 7.0))
    assert runs(warehouse) == [("llama-0", "meta/llama", "v0.9.1", 0, 2)]


def test_a_notebook_is_not_called_a_model(warehouse):
    """It has a name, an image and a GPU, and nothing says that it serves."""
    load(warehouse, gpu(2) + pod(2, label_app_kubernetes_io_name="jupyter"))
    assert runs(warehouse) == []


def test_which_labels_count_is_ours_to_say(warehouse):
    """Here the app's name, else the workload's: a ReplicaSet is its Deployment's."""
    other = {"namespace": "chat", "pod": "emb-5c9f7d4b6-x2x4z", "uid": "u2"}
    rows = gpu(1) + pod(1, label_app_kubernetes_io_name="llama") + gpu(1, other, uuid="GPU-2")
    rows += over(1, "kube_pod_owner", {**other, "owner_kind": "ReplicaSet", "owner_name": "emb-5c9f7d4b6"})
    names = PodLabels(model=("label_app_kubernetes_io_name", "workload"))
    load(warehouse, rows, pod_labels=names)
    assert [told[:3] for told in runs(warehouse)] == [
        ("emb-5c9f7d4b6-x2x4z", "emb", None),
        ("llama-0", "llama", "v0.9.1"),
    ]


def test_pods_that_have_no_accelerator_and_serve_nothing_are_left_out(warehouse):
    web = {"namespace": "web", "pod": "shop-1", "uid": "u9"}
    rows = over(1, "kube_pod_labels", {**web, "label_model": "shop"})
    rows += over(1, "kube_pod_info", {**web, "node": "cpu-1"}) + node(1, "aws:///a/i-0c", "cpu-1")
    load(warehouse, gpu(1) + pod(1, label_model="llama") + node(1) + rows)
    assert [told[0] for told in runs(warehouse)] == ["llama-0"]
    assert [told[0] for told in stands(warehouse)] == [NODE]


def test_a_pod_of_a_statefulset_comes_back_under_its_name_with_another_version(warehouse):
    """Only the uid tells them apart. In the hour that both were there, the one that goes on counts."""
    rows = gpu(6) + pod(3, label_model="llama", image="x/l:v1")
    rows += pod(4, POD | {"uid": "u2"}, 2, label_model="llama", image="x/l:v2")
    load(warehouse, rows)
    assert runs(warehouse) == [("llama-0", "llama", "v1", 0, 2), ("llama-0", "llama", "v2", 2, 6)]


def test_two_truths_about_one_pod_are_reported_and_not_guessed(warehouse):
    """Two clusters behind one server, or a label that was edited: unknown in those hours, known in the others."""
    rows = (
        gpu(3)
        + pod(3, label_model="llama")
        + over(1, "kube_pod_labels", {**POD, "label_model": "qwen"}, 1, 1)
    )
    result = load(warehouse, rows)
    assert [told[1:] for told in runs(warehouse)] == [
        ("llama", "v0.9.1", 0, 1),
        ("llama", "v0.9.1", 2, 3),
    ]
    assert (
        "chat/llama-0 runs llama and qwen: what kube-state-metrics says twice stays unknown" in result.message
    )


def test_pods_of_two_clusters_under_one_name_are_not_each_others_successors(warehouse):
    """The second began later and both go on: where they differ, nobody knows which one holds the device."""
    rows = gpu(5) + pod(5, label_model="llama")
    rows += pod(3, POD | {"uid": "other-cluster"}, 2, label_model="qwen")
    result = load(warehouse, rows)
    assert runs(warehouse) == [("llama-0", "llama", "v0.9.1", 0, 2)]
    assert "chat/llama-0 runs llama and qwen" in result.message


def test_two_tags_in_one_hour_leave_the_model_and_no_version(warehouse):
    server = {**POD, "container": "server", "image_spec": "x/l:v2"}
    result = load(
        warehouse, gpu(1) + pod(1, label_model="llama") + over(1, "kube_pod_container_info", server)
    )
    assert runs(warehouse) == [("llama-0", "llama", None, 0, 1)]
    assert "runs version v0.9.1 and v2" in result.message


def test_a_node_that_is_two_machines_at_once_is_neither(warehouse):
    result = load(warehouse, gpu(2) + node(2) + node(1, "aws:///us-east-1a/i-0fff", first=1))
    assert stands(warehouse) == [(NODE, "i-0abc", 0, 1)]
    assert f"node {NODE} is aws:///us-east-1a/i-0abc and aws:///us-east-1a/i-0fff" in result.message


def test_two_replicas_of_kube_state_metrics_say_one_thing(warehouse):
    """Every series twice, by its scraped instance: one row, and a pod that is missed asks for its GPUs once."""
    rows = pod(2, label_model="llama", asks=4) + node(2)
    twice = [
        (metric, {**told, "instance": f"10.0.0.{replica}:8080"}, moment, value)
        for metric, told, moment, value in rows
        for replica in (8, 9)
    ]
    result = load(warehouse, gpu(2, None) + twice)
    assert runs(warehouse) == [("llama-0", "llama", "v0.9.1", 0, 2)]
    assert stands(warehouse) == [(NODE, "i-0abc", 0, 2)]
    assert "(8 device-hours asked for)" in result.message


def test_what_prometheus_moved_aside_is_what_the_metric_said(warehouse):
    """Scraped with honorLabels false: `pod` is kube-state-metrics' own."""
    aside = {"exported_namespace": "chat", "exported_pod": "llama-0", "uid": "u1"}
    target = {"namespace": "monitoring", "pod": "kube-state-metrics-7d9", "instance": "10.0.0.9:8080"}
    rows = over(1, "kube_pod_labels", {**aside, **target, "label_model": "llama"})
    rows += over(1, "kube_pod_info", {**aside, **target, "node": NODE})
    load(warehouse, gpu(1) + rows)
    assert runs(warehouse) == [("llama-0", "llama", None, 0, 1)]


def test_days_that_are_loaded_one_by_one_become_one_row(warehouse):
    for day in range(3):
        rows = gpu(24, first=24 * day) + pod(24, first=24 * day, label_model="llama")
        load(warehouse, rows + node(24, first=24 * day))
    assert runs(warehouse) == [("llama-0", "llama", "v0.9.1", 0, 72)]
    assert stands(warehouse) == [(NODE, "i-0abc", 0, 72)]


def test_hours_that_are_read_again_replace_only_themselves(warehouse):
    load(warehouse, gpu(10) + pod(10, label_model="llama") + node(10))
    for model, machine in (("qwen", "i-0fff"), ("bert", "i-0eee")):
        again = pod(2, first=4, label_model=model) + node(2, f"aws:///us-east-1a/{machine}", first=4)
        load(warehouse, gpu(2, first=4) + again)
    assert [told[1:] for told in runs(warehouse)] == [
        ("llama", "v0.9.1", 0, 4),
        ("bert", "v0.9.1", 4, 6),
        ("llama", "v0.9.1", 6, 10),
    ]
    assert [told[1:] for told in stands(warehouse)] == [("i-0abc", 0, 4), ("i-0eee", 4, 6), ("i-0abc", 6, 10)]


def test_hours_without_kube_state_metrics_keep_what_was_known(warehouse):
    load(warehouse, gpu(2) + pod(2, label_model="llama"))
    load(warehouse, gpu(2))
    assert runs(warehouse) == [("llama-0", "llama", "v0.9.1", 0, 2)]


def test_a_pod_that_asks_for_gpus_and_is_named_by_no_device_is_reported(warehouse):
    """'No pod' does not prove 'not allocated'. A finished pod and one that is not scheduled ask for nothing."""
    lost = {"namespace": "chat", "pod": "lost-0", "uid": "u2"}
    done = {"namespace": "chat", "pod": "done-0", "uid": "u3"}
    rows = gpu(2) + gpu(2, None, uuid="GPU-2") + pod(2, label_model="llama") + pod(2, lost, asks=4)
    rows += pod(2, done, asks=8) + over(2, "kube_pod_status_phase", {**done, "phase": "Running"}, 0)
    rows += over(2, "kube_pod_status_phase", {**done, "phase": "Succeeded"})
    rows += pod(2, {"namespace": "chat", "pod": "pending-0", "uid": "u4"}, asks=8, node="")
    message = load(warehouse, rows).message
    assert f"chat/lost-0 on {NODE}: no device names them as its holder (8 device-hours asked for)" in message
    assert "llama-0" not in message
    assert "done-0" not in message
    assert "pending-0" not in message


@pytest.mark.parametrize(
    "resource", ["nvidia_com_mig_1g_5gb", "nvidia_com_mig_3g_40gb", "nvidia_com_gpu_shared"]
)
def test_a_pod_that_asks_for_a_slice_is_a_pod_with_an_accelerator(warehouse, resource):
    """nvidia.com/mig-1g.5gb, as kube-state-metrics spells it: its image is the version, and its node is asked about."""
    slice_of = {"UUID": "GPU-1", "GPU_I_ID": "7", "GPU_I_PROFILE": "1g.5gb", "Hostname": NODE}
    rows = over(1, GR, slice_of, 0.5) + over(1, "kube_pod_info", {**POD, "node": NODE})
    rows += over(1, "kube_pod_labels", {**POD, "label_model": "llama"})
    for container, image in (("server", "vllm:v0.9.1"), ("proxy", "envoy:v1.30")):
        rows += over(1, "kube_pod_container_info", {**POD, "container": container, "image": image})
    asked = {**POD, "container": "server", "resource": resource, "unit": "integer", "node": NODE}
    message = load(warehouse, rows + over(1, "kube_pod_container_resource_requests", asked, 1)).message
    assert [told[2] for told in runs(warehouse)] == ["v0.9.1"]
    assert f"chat/llama-0 on {NODE}: no device names them as its holder (1 device-hours asked for)" in message


def test_a_pod_on_neuron_is_reported_by_the_machine_that_its_node_is(warehouse):
    """neuron-monitor names the billed instance, and no pod ever."""
    trn = {"instance_id": "i-0abc123", "neuroncore": "0"}
    hardware = {"instance_id": "i-0abc123", "neuroncore_per_device_count": "2"}
    rows = over(1, "neuroncore_utilization_ratio", trn, 0.5) + over(1, "neuron_hardware_info", hardware)
    rows += node(1, "aws:///us-east-1a/i-0abc123") + over(1, "kube_pod_info", {**POD, "node": NODE})
    asked = {**POD, "container": "server", "resource": "aws_amazon_com_neuron", "node": NODE}
    message = load(warehouse, rows + over(1, "kube_pod_container_resource_requests", asked, 1)).message
    assert "chat/llama-0" in message
    assert "(1 device-hours asked for)" in message


def test_labels_that_nobody_allowed_are_missed_aloud(warehouse):
    assert "--metric-labels-allowlist" in load(warehouse, gpu(1) + pod(1)).message
    assert "allowlist" not in (load(warehouse, gpu(1) + pod(1, label_app="x")).message or "")


def test_an_exporter_that_knows_only_its_own_pod_is_placed_by_kube_state_metrics(warehouse):
    """Hostname is the exporter's pod, no node label: its pod, else the scraped address, stands on a known node."""
    exporter = {"namespace": "gpu", "pod": "dcgm-exporter-x8k2c"}
    by_pod = {"UUID": "GPU-1", "Hostname": exporter["pod"], **exporter, "instance": "10.1.0.4:9400"}
    by_address = {"UUID": "GPU-2", "instance": "10.1.0.5:9400"}
    rows = over(1, GR, by_pod, 0.5) + over(1, GR, by_address, 0.5)
    rows += over(1, "kube_pod_info", {**exporter, "uid": "e1", "node": "n1", "pod_ip": "10.1.0.4"})
    rows += over(1, "kube_pod_info", {"namespace": "gpu", "pod": "e2", "node": "n2", "pod_ip": "10.1.0.5"})
    load(warehouse, rows)
    told = answer(warehouse, "SELECT device_id, node FROM device_hour ORDER BY 1")
    assert [tuple(row.values()) for row in told] == [("GPU-1", "n1"), ("GPU-2", "n2")]


# ---- what it means for the money ----


def ladder(warehouse):
    path = warehouse.publish(ModelSettings()).path
    with duckdb.connect(str(path), read_only=True) as con:
        told = con.execute(
            "SELECT rung, model, version, CAST(sum(effective_cost) AS DOUBLE) FROM ladder "
            "GROUP BY ALL HAVING sum(effective_cost) <> 0 ORDER BY ALL"
        )
        return told.fetchall()


BILL = [machine_line(START + timedelta(hours=h), "i-0abc", "10") for h in range(4)]


def test_a_bill_meets_its_models_without_a_mapping_file(warehouse):
    """Four hours at $10, all busy: v1, then v2, by provider id and labels alone."""
    load_lines(warehouse, BILL)
    rows = gpu(4) + node(4) + pod(2, label_model="llama", image="x/l:v1")
    rows += pod(2, POD | {"uid": "u2"}, 2, label_model="llama", image="x/l:v2")
    load(
        warehouse,
        [(m, told, moment, 0.9) if m == GR else (m, told, moment, v) for m, told, moment, v in rows],
    )
    assert ladder(warehouse) == [("serving_busy", "llama", "v1", 20), ("serving_busy", "llama", "v2", 20)]


def test_a_person_is_believed_before_labels_and_only_while_the_mapping_holds(warehouse):
    load_lines(warehouse, BILL)
    load(warehouse, gpu(4) + node(4) + pod(4, label_model="llama"))
    said = {"pod": "llama-%", "model": "ours", "version": "v9"}
    valid = {"valid_from": START + timedelta(hours=1), "valid_to": START + timedelta(hours=2)}
    load_rows(warehouse, "deployment_map", [said | valid], "people", "resources")
    warehouse.con.execute("INSERT OR IGNORE INTO dirty_month VALUES (DATE '2026-10-01')").fetchall()
    assert ladder(warehouse) == [("serving_busy", "llama", "v0.9.1", 30), ("serving_busy", "ours", "v9", 10)]


def test_a_node_name_that_is_used_again_is_the_machine_of_its_time(warehouse):
    """Both machines are billed throughout; each was seen only while the name was its own."""
    bill = [
        machine_line(START + timedelta(hours=h), machine, cost)
        for h in range(4)
        for machine, cost in (("i-0abc", "10"), ("i-0fff", "30"))
    ]
    load_lines(warehouse, bill)
    rows = gpu(4) + node(2) + node(2, "aws:///us-east-1a/i-0fff", first=2) + pod(4, label_model="llama")
    load(warehouse, rows)
    assert ladder(warehouse) == [
        ("serving_busy", "llama", "v0.9.1", 2 * 10 + 2 * 30),
        ("unobserved", None, None, 2 * 30 + 2 * 10),
    ]


def test_two_prometheus_of_one_cluster_double_nothing(warehouse):
    """Read at different hours, so that their rows overlap in part."""
    load_lines(warehouse, BILL)
    load(warehouse, gpu(4) + node(4) + pod(4, label_model="llama"), source="a")
    load(warehouse, gpu(3, first=1) + node(3, first=1) + pod(3, first=1, label_model="llama"), source="b")
    assert ladder(warehouse) == [("serving_busy", "llama", "v0.9.1", 40)]


def test_two_sources_that_contradict_each_other_say_nothing(warehouse):
    load_lines(warehouse, BILL)
    load(warehouse, gpu(4) + node(4) + pod(4, label_model="llama"), source="a")
    load(warehouse, gpu(4) + pod(4, label_model="qwen"), source="b")
    assert ladder(warehouse) == [("other_gpu", None, None, 40)]


# ---- over HTTP ----


@pytest.mark.prometheus
def test_a_server_is_asked_once_an_hour_and_tells_what_every_sample_tells(tmp_path, warehouse):
    rows = gpu(5) + node(5) + pod(2, label_model="llama", image="x/l:v1")
    rows += pod(3, POD | {"uid": "u2"}, 2, label_model="llama", image="x/l:v2")
    rows += pod(
        2, {"namespace": "chat", "pod": "emb-0", "uid": "u3"}, 1, label_model="emb"
    )  # ends with hour 2
    load(warehouse, rows)
    start = (START - datetime(1970, 1, 1)).total_seconds()
    told = [(metric, labels, start + moment, value) for metric, labels, moment, value in rows]
    with prometheus(tmp_path, openmetrics(told)) as url:
        window = Window(START, START + timedelta(hours=5))
        (result,) = load_telemetry(warehouse, "http", Prometheus(url), window)
    assert result.status == "loaded"
    assert runs(warehouse, "http") == runs(warehouse) != []
    nodes = answer(warehouse, "SELECT * EXCLUDE (source, load_id) FROM resource_map")
    assert len(nodes) == 2
    assert nodes[0] == nodes[1]
    (file,) = answer(warehouse, "SELECT rows FROM file WHERE source = 'http'")
    assert file["rows"] < 30 + 5 * 15  # the device's samples, and 15 series an hour at most


class Engine(BaseHTTPRequestHandler):
    """Answers about one pod as the query API does; it may drop metric names, or refuse two metrics at once."""

    drops_names = False
    refuses_many = False
    refuses_all = False

    def do_GET(self):
        query = parse_qs(urlparse(self.path).query)["query"][0]
        names = [name for name in NAMES if f'"{name}"' in query]
        if (self.refuses_many and len(names) > 1) or (self.refuses_all and names):
            self._send(422, {"status": "error", "error": "too many samples"})
            return
        told = {
            "kube_pod_info": {**POD, "node": NODE},
            "kube_pod_labels": {**POD, "label_model": "llama"},
            "kube_pod_container_resource_requests": {**POD, "resource": "nvidia_com_gpu"},
            "kube_node_info": {"node": NODE, "provider_id": "aws:///us-east-1a/i-0abc"},
        }
        result = [
            {"metric": told[name] | ({} if self.drops_names else {"__name__": name}), "value": [0, "1"]}
            for name in names
            if name in told
        ]
        if query.startswith("count("):
            result = [{"metric": {}, "value": [0, "2"]}]
        self._send(200, {"status": "success", "data": {"resultType": "vector", "result": result}})

    def _send(self, code, body):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        """Quiet."""


@contextmanager
def engine(**settings):
    with listening(type("Server", (Engine,), settings)) as server:
        yield server.url


@pytest.mark.parametrize("settings", [{}, {"drops_names": True}, {"refuses_many": True}])
def test_engines_that_drop_names_or_refuse_many_metrics_are_asked_one_by_one(warehouse, settings):
    with engine(**settings) as url:
        window = Window(START, START + timedelta(hours=2))
        (result,) = load_telemetry(warehouse, "http", Prometheus(url), window)
    assert result.status == "loaded"
    assert runs(warehouse, "http") == [("llama-0", "llama", None, 0, 2)]
    assert stands(warehouse) == [(NODE, "i-0abc", 0, 2)]


def test_an_engine_that_refuses_one_hour_of_pods_is_given_up_with_a_remedy(warehouse):
    said = "refuses kube_pod_info for one hour .*too many samples.*Narrow the source with a matcher"
    with engine(refuses_all=True) as url, pytest.raises(SourceError, match=said):
        load_telemetry(warehouse, "http", Prometheus(url), Window(START, START + timedelta(hours=2)))


# ---- a store of an earlier version ----


def test_a_store_from_before_nodes_had_a_time_is_read(tmp_path):
    """Its table has two columns less; what a person had said of a node still holds."""
    home = tmp_path / "store"
    with Warehouse.open(home) as before:
        load_lines(before, BILL)
        load_rows(before, "resource_map", [{"node": NODE, "resource_id": "i-0abc"}], "people", "resources")
        before.con.execute("ALTER TABLE resource_map DROP COLUMN valid_from").fetchall()
        before.con.execute("ALTER TABLE resource_map DROP COLUMN valid_to").fetchall()
    with Warehouse.open(home) as after:
        load(after, gpu(4) + pod(4, label_model="llama"))
        assert ladder(after) == [("serving_busy", "llama", "v0.9.1", 40)]
