"""Traffic of one model in several pods, clusters and sources: two pods are two places of work, one pod is one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_store import device_hour, load_lines, load_rows, machine_line

from data.model.settings import ModelSettings
from data.warehouse import Warehouse

HOUR = datetime(2026, 9, 1)


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as warehouse:
        yield warehouse


def engine(pod, ok, namespace="serve", **more):
    """What vLLM in a pod tells; pod None = a scrape that names none."""
    return {
        "hour": HOUR,
        "server": "vllm",
        "layer": 1,
        "model": "llama",
        "version": "v1",
        "namespace": namespace,
        "pod": pod,
        "requests_ok": ok,
        "requests_failed": 0,
        "output_tokens": 9 * ok,
        "step_seconds": 30.0,
    } | more


def logged(ok, **more):
    """What a gateway's log tells: no pod and no version."""
    return {
        "hour": HOUR,
        "server": "request-log",
        "model": "llama",
        "requests_ok": ok,
        "requests_failed": 0,
    } | more


def published(wh, **told):
    return duckdb.connect(str(wh.publish(ModelSettings(**told)).path), read_only=True)


def believed(wh, **told):
    query = "SELECT sum(requests_ok), sum(output_tokens) FROM traffic_hour WHERE NOT shadowed"
    return published(wh, **told).execute(query).fetchone()


def test_one_model_in_two_clusters_adds_up(wh):
    load_rows(wh, "traffic", [engine("llama-a1", 100), engine("llama-a2", 10)], "eu")
    load_rows(wh, "traffic", [engine("llama-b1", 7)], "us")
    assert believed(wh) == (117, 9 * 117)


def test_the_same_pods_in_two_prometheis_count_once(wh):
    """A pair for high availability, or a server that federates another: the finer one is believed, pod by pod."""
    load_rows(wh, "traffic", [engine("a", 100), engine("b", 10)], "one")
    twice = [engine("a", 99, step_seconds=15.0), engine("c", 3, step_seconds=15.0)]
    load_rows(wh, "traffic", twice, "two")
    assert believed(wh)[0] == 99 + 10 + 3
    assert believed(wh, source_order=("one",))[0] == 100 + 10 + 3


@pytest.mark.parametrize(
    ("order", "requests"), [((), 117), (("log",), 115), (("eu", "log"), 117), (("us", "log", "eu"), 117)]
)
def test_a_gateways_log_over_two_clusters_counts_once(wh, order, requests):
    """It names no pod, so it speaks of all of them: it is believed alone or not at all."""
    load_rows(wh, "traffic", [engine("llama-a1", 100), engine("llama-a2", 10)], "eu")
    load_rows(wh, "traffic", [engine("llama-b1", 7)], "us")
    load_rows(wh, "traffic", [logged(115)], "log")
    assert believed(wh, source_order=order)[0] == requests


def test_one_name_in_two_namespaces_is_two_pods(wh):
    load_rows(wh, "traffic", [engine("llama-0", 100, "serve")], "eu")
    load_rows(wh, "traffic", [engine("llama-0", 7, "canary")], "us")
    assert believed(wh)[0] == 107


def test_a_namespace_that_one_source_leaves_out_may_be_the_others(wh):
    load_rows(wh, "traffic", [engine("llama-0", 100, "serve")], "a")
    load_rows(wh, "traffic", [engine("llama-0", 99, None)], "b")
    assert believed(wh)[0] == 100


@pytest.mark.parametrize("pod", ["llama-0", None])
def test_clusters_that_are_named_are_two_places(wh, pod):
    """One StatefulSet in both, or engines that name no pod."""
    load_rows(wh, "traffic", [engine(pod, 100, "eu/serve")], "a")
    load_rows(wh, "traffic", [engine(pod, 7, "us/serve")], "b")
    assert believed(wh)[0] == 107


@pytest.mark.parametrize("other", ["eu/serve", "serve", "eu/"])
def test_a_cluster_that_only_one_source_names_may_be_the_others(wh, other):
    load_rows(wh, "traffic", [engine("llama-0", 100, "eu/serve")], "a")
    load_rows(wh, "traffic", [engine("llama-0", 99, other)], "b")
    assert believed(wh)[0] == 100


def test_the_log_of_one_clusters_gateway_leaves_the_other_cluster_alone(wh):
    load_rows(wh, "traffic", [engine("llama-0", 100, "eu/serve")], "a")
    load_rows(wh, "traffic", [engine("llama-0", 7, "us/serve")], "b")
    load_rows(wh, "traffic", [logged(98, namespace="eu/")], "log")
    assert believed(wh)[0] == 107
    assert believed(wh, source_order=("log",))[0] == 98 + 7


def test_pods_of_one_name_hold_their_own_clusters_devices(wh):
    """llama-0 of both clusters runs another version on another machine and is asked by another team."""
    for cluster, version, team in (("eu", "v1", "search"), ("us", "v2", "ads")):
        load_lines(wh, [machine_line(HOUR, f"i-{cluster}", "10", sub_account_id=cluster)], f"bill-{cluster}")
        load_rows(wh, "resource_map", [{"node": f"n-{cluster}", "resource_id": f"i-{cluster}"}], cluster)
        place = {"namespace": f"{cluster}/serve", "pod": "llama-0"}
        load_rows(wh, "deployment_map", [place | {"model": "llama", "version": version}], cluster)
        load_rows(
            wh, "device_hour", [device_hour(HOUR, f"G-{cluster}", f"n-{cluster}", 3600, 0, **place)], cluster
        )
        load_rows(wh, "traffic", [engine("llama-0", 5, place["namespace"], version=None, team=team)], cluster)
    con = published(wh)
    assert con.execute(
        "SELECT version, team, sub_account_id, cost FROM gpu_hour ORDER BY ALL"
    ).fetchall() == [
        ("v1", "search", "eu", 10),
        ("v2", "ads", "us", 10),
    ]
    query = "SELECT version, team, sub_account_id, requests_ok FROM traffic_hour ORDER BY ALL"
    assert con.execute(query).fetchall() == [("v1", "search", "eu", 5), ("v2", "ads", "us", 5)]


def test_a_persons_mapping_may_leave_out_the_cluster(wh):
    load_rows(
        wh,
        "deployment_map",
        [{"namespace": "serve", "pod": "llama-%", "model": "llama-3", "version": "v9"}],
        "names",
        "resources",
    )
    rows = [engine("llama-0", 5, "eu/serve"), engine("llama-0", 7, "eu/observe")]
    load_rows(wh, "traffic", rows, "a")
    query = "SELECT model, version, requests_ok FROM traffic_hour ORDER BY ALL"
    assert published(wh).execute(query).fetchall() == [("llama", "v1", 7), ("llama-3", "v9", 5)]


def test_engines_without_pods_in_two_clusters_share_a_devices_cost_once(wh):
    """Their share of the version's requests sums to one, so that no second of the device is told twice."""
    load_lines(wh, [machine_line(HOUR, "i-1", "10")])
    load_rows(wh, "resource_map", [{"node": "n1", "resource_id": "i-1"}], "names", "resources")
    pattern = {"pod": "llama-%", "model": "llama", "version": "v1"}
    load_rows(wh, "deployment_map", [pattern], "names2", "resources")
    load_rows(
        wh, "device_hour", [device_hour(HOUR, "G", "n1", 3600, 0, namespace="x", pod="llama-9")], "dcgm"
    )
    load_rows(wh, "traffic", [engine(None, 30, "eu/", endpoint="chat")], "a")
    load_rows(wh, "traffic", [engine(None, 10, "us/", endpoint="mail")], "b")
    query = "SELECT endpoint, sum(effective_cost) FROM part GROUP BY ALL ORDER BY ALL"
    assert published(wh).execute(query).fetchall() == [("chat", 7.5), ("mail", 2.5)]


PODS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 50), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.dictionaries(st.sampled_from(["p", "q", "r"]), PODS, max_size=3),
    log=st.none() | st.integers(1, 500),
    order=st.permutations(["p", "q", "r", "log"]),
)
def test_each_pod_counts_once_from_the_best_source_that_saw_it(tmp_path_factory, told, log, order):
    """Second computation in plain Python: the log where it stands before every engine, else each pod's best source."""
    with Warehouse.open(tmp_path_factory.mktemp("store")) as wh:
        for source, pods in told.items():
            load_rows(wh, "traffic", [engine(pod, ok) for pod, ok in pods.items()], source)
        if log is not None:
            load_rows(wh, "traffic", [logged(log)], "log")
        counted = believed(wh, source_order=tuple(order))[0] or 0
    speakers = [source for source in order if told.get(source) or (source == "log" and log is not None)]
    best: dict[str, int] = defaultdict(int)
    for source in reversed(order):
        best |= told.get(source, {})
    assert counted == (log if speakers[:1] == ["log"] else sum(best.values()))
