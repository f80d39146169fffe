"""Two Kubernetes clusters in two Prometheis, and a gateway's log, through the real loaders."""

from __future__ import annotations

import duckdb
import pytest
from samples import START, answer, load

from data.model.settings import ModelSettings
from data.warehouse import Warehouse
from ingest.load_requests import load_requests
from ingest.settings import SettingsError, read_settings
from ingest.source import Window
from ingest.sources.requests import RequestLog
from ingest.telemetry.kubernetes import PodLabels

POD = {"namespace": "serve", "pod": "llama-0"}


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse.open(tmp_path / "store") as opened:
        yield opened


def scrape(growth, version, uuid):
    """An hour of one cluster: a pod with a label for its version, its device, and `growth` requests answered."""
    rows = []
    for n, total in enumerate((100, 100 + growth)):
        at = 60 * n
        rows += [
            (
                "vllm:request_success_total",
                {**POD, "model_name": "llama", "finished_reason": "stop"},
                at,
                total,
            ),
            ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", {**POD, "UUID": uuid, "Hostname": f"node-{uuid}"}, at, 0.5),
            ("kube_pod_info", {**POD, "node": f"node-{uuid}", "uid": uuid}, at, 1.0),
            (
                "kube_pod_labels",
                {**POD, "uid": uuid, "label_model": "llama", "label_version": version},
                at,
                1.0,
            ),
        ]
    return rows


def load_both(warehouse, names):
    for source, growth, version in (("a", 100, "v1"), ("b", 7, "v2")):
        load(
            warehouse,
            scrape(growth, version, f"GPU-{source}"),
            source,
            pod_labels=PodLabels(cluster=names[source]),
        )


def counted(warehouse):
    path = str(warehouse.publish(ModelSettings()).path)
    with duckdb.connect(path, read_only=True) as con:
        query = (
            "SELECT version, sum(requests_ok) FROM traffic_hour WHERE NOT shadowed GROUP BY ALL ORDER BY ALL"
        )
        held = con.execute(
            "SELECT DISTINCT device_id, namespace, version FROM gpu_hour ORDER BY ALL"
        ).fetchall()
        return con.execute(query).fetchall(), held


def test_a_statefulset_of_one_name_in_two_named_clusters(warehouse):
    load_both(warehouse, {"a": "eu", "b": "us"})
    assert counted(warehouse) == (
        [("v1", 100), ("v2", 7)],
        [("GPU-a", "eu/serve", "v1"), ("GPU-b", "us/serve", "v2")],
    )


def test_without_a_name_two_versions_of_one_pod_stay_unknown_and_count_once(warehouse):
    """Nothing tells them from a pair for high availability whose labels contradict each other."""
    load_both(warehouse, {"a": None, "b": None})
    assert counted(warehouse) == ([(None, 100)], [("GPU-a", "serve", None), ("GPU-b", "serve", None)])


def test_a_log_of_one_clusters_gateway(warehouse, tmp_path):
    load_both(warehouse, {"a": "eu", "b": "us"})
    log = tmp_path / "log.csv"
    log.write_text("timestamp,model,latency\n" + f"{START:%Y-%m-%dT%H:%M:%SZ},llama,0.5\n" * 5)
    load_requests(warehouse, "gateway", RequestLog(str(log), cluster="eu"), Window())
    assert [row["namespace"] for row in answer(warehouse, "FROM traffic WHERE source = 'gateway'")] == ["eu/"]
    path = str(warehouse.publish(ModelSettings(source_order=("gateway",))).path)
    with duckdb.connect(path, read_only=True) as con:
        told = con.execute("SELECT sum(requests_ok) FROM traffic_hour WHERE NOT shadowed").fetchall()
        slow = con.execute("SELECT sum(requests) FROM traffic_latency").fetchall()
    assert (told, slow) == ([(5 + 7,)], [(5,)])


def test_a_log_is_loaded_again_under_another_clusters_name(warehouse, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(f"timestamp,model\n{START:%Y-%m-%dT%H:%M:%SZ},llama\n")
    states = [
        load_requests(warehouse, "gateway", RequestLog(str(log), cluster=name), Window())[0].status
        for name in ("eu", "eu", "us")
    ]
    assert states == ["loaded", "unchanged", "loaded"]


def test_a_pod_that_no_device_names_is_told_with_its_cluster(warehouse):
    rows = [
        ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", {"UUID": "GPU-a", "Hostname": "n1"}, 0, 0.0),
        (
            "kube_pod_container_resource_requests",
            {**POD, "node": "n1", "resource": "nvidia_com_gpu", "uid": "u"},
            0,
            1,
        ),
        ("kube_pod_info", {**POD, "node": "n1", "uid": "u"}, 0, 1.0),
    ]
    assert "eu/serve/llama-0" in str(load(warehouse, rows, pod_labels=PodLabels(cluster="eu")).message)


def test_a_held_device_of_a_named_cluster_is_no_finding(warehouse):
    ask = (
        "kube_pod_container_resource_requests",
        {**POD, "node": "node-GPU-a", "resource": "nvidia_com_gpu"},
        0,
        1,
    )
    result = load(warehouse, [*scrape(1, "v1", "GPU-a"), ask], pod_labels=PodLabels(cluster="eu"))
    assert "no device names" not in str(result.message)


@pytest.mark.parametrize("name", ["a/b", "a b"])
def test_a_cluster_is_one_word(tmp_path, name):
    path = tmp_path / "inferledger.toml"
    path.write_text(f'[sources.p]\nkind = "prometheus"\nlocation = "http://x"\ncluster = "{name}"\n')
    with pytest.raises(SettingsError, match=r"sources\.p\.cluster"):
        read_settings(path)
