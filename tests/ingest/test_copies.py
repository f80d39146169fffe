"""One page that several scrape: two replicas of a Prometheus, two jobs on one target. Each request counts once."""

from __future__ import annotations

import pytest
from samples import answer, load

from data.warehouse import Warehouse

FINISHED = "vllm:request_success_total"
GR = "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
PAGE = {"instance": "10.0.0.7:8000", "model_name": "llama"}
REPLICAS = ({"prometheus_replica": "a"}, {"prometheus_replica": "b"})


@pytest.fixture
def warehouse(tmp_path):
    with Warehouse.open(tmp_path / "store") as opened:
        yield opened


def scraped(metric, told, labels, first=0.0, step=30, clock=0.0):
    """What one scraper saw of a page: told(seconds) → value, at first, first + step, … of the true time; clock: by how
    much its own is ahead. None = it was away."""
    moments = [first + step * n for n in range(int(3 * 3600 // step))]
    return [
        (metric, labels, moment + clock, value) for moment in moments if (value := told(moment)) is not None
    ]


def counted(warehouse):
    return sum(row["requests_ok"] for row in answer(warehouse, "SELECT requests_ok FROM traffic"))


def grown(moment):
    return moment // 10


def stop(*labels):
    merged = {**PAGE, "finished_reason": "stop"}
    for more in labels:
        merged |= more
    return merged


OPERATOR = {
    "job": "vllm",
    "service": "vllm",
    "endpoint": "http",
    "container": "vllm",
    "pod": "vllm-0",
    "namespace": "chat",
}
ANNOTATED = {"job": "kubernetes-pods", "app": "vllm", "pod": "vllm-0", "namespace": "chat", "node": "n1"}
PLAIN = {"job": "static"}


@pytest.mark.parametrize(
    "both",
    [
        REPLICAS,
        ({"replica": "0"}, {"replica": "1"}),
        ({"__replica__": "x", "job": "vllm"}, {"__replica__": "y", "job": "vllm"}),
        ({"job": "vllm"}, {"job": "pods"}),
        (OPERATOR, ANNOTATED),
        (PLAIN, OPERATOR),
    ],
)
def test_a_page_that_two_scrape_counts_once(warehouse, both):
    one, other = both
    rows = scraped(FINISHED, grown, stop(one)) + scraped(FINISHED, grown, stop(other), first=5)
    result = load(warehouse, rows)
    (last,) = {moment for _, labels, moment, _ in rows if labels == stop(one) and moment > 3 * 3600 - 31}
    assert counted(warehouse) in (grown(last), grown(last + 5))
    assert result.message == "series that several scrapers tell, and count once: 1"


def test_the_pod_that_only_one_of_two_jobs_tells_is_kept(warehouse):
    load(warehouse, scraped(FINISHED, grown, stop(PLAIN)) + scraped(FINISHED, grown, stop(OPERATOR), first=5))
    assert {row["pod"] for row in answer(warehouse, "SELECT pod FROM traffic")} == {"vllm-0"}


@pytest.mark.parametrize("ahead", [-20.0, -4.0, 0.0, 4.0, 20.0])
def test_clocks_that_differ_make_no_counter_begin_again(warehouse, ahead):
    load(
        warehouse,
        scraped(FINISHED, grown, stop(REPLICAS[0]))
        + scraped(FINISHED, grown, stop(REPLICAS[1]), first=1, clock=ahead),
    )
    assert counted(warehouse) == grown(3 * 3600 - 30)


def test_the_hours_in_which_one_was_away_come_from_the_other(warehouse):
    """a dies after an hour, b begins within it: neither alone saw the whole, together they did."""
    a = scraped(FINISHED, lambda at: grown(at) if at < 3600 else None, stop(REPLICAS[0]))
    b = scraped(FINISHED, lambda at: grown(at) if at > 1800 else None, stop(REPLICAS[1]), first=5)
    load(warehouse, a + b)
    assert counted(warehouse) == grown(3 * 3600 - 25)


def test_a_server_that_was_born_counts_from_its_birth_once(warehouse):
    created = {"vllm:request_success_created": lambda at: 1790812800.0 + 600 if at > 600 else None}
    rows = []
    for n, replica in enumerate(REPLICAS):
        rows += scraped(
            FINISHED, lambda at: 7 + grown(at - 600) if at > 600 else None, stop(replica), first=n
        )
        rows += scraped("vllm:request_success_created", *created.values(), stop(replica), first=n)
    rows += scraped(GR, lambda _: 0.5, {"UUID": "GPU-1", "Hostname": "n1"})
    load(warehouse, rows)
    assert counted(warehouse) in (7 + grown(3 * 3600 - 30 - 600), 7 + grown(3 * 3600 - 29 - 600))


def test_two_endpoints_of_one_page_each_have_their_birth(warehouse):
    common = {"instance": "10.0.0.7:3000", "service_name": "m", "http_response_code": "200"}
    rows = scraped(GR, lambda _: 0.5, {"UUID": "GPU-1", "Hostname": "n1"})
    for path, born in (("/a", -7200), ("/b", 600)):  # /a long before what was read
        labels = {**common, "endpoint": path}
        rows += scraped("bentoml_service_request_total", lambda at: 5 if at > 600 else None, labels)
        rows += scraped("bentoml_service_request_created", lambda _, born=born: 1790812800.0 + born, labels)
    load(warehouse, rows)
    told = answer(
        warehouse, "SELECT endpoint, sum(requests_ok) AS n FROM traffic GROUP BY endpoint ORDER BY endpoint"
    )
    assert [(row["endpoint"], row["n"]) for row in told] == [("/a", 0), ("/b", 5)]


def test_buckets_of_a_page_that_two_scrape_count_once(warehouse):
    rows = []
    for n, replica in enumerate(REPLICAS):
        for bound, share in (("1.0", 1), ("+Inf", 2)):
            name = "vllm:e2e_request_latency_seconds_bucket"
            rows += scraped(
                name, lambda at, share=share: share * (at // 30), {**PAGE, **replica, "le": bound}, first=n
            )
    load(warehouse, rows)
    buckets = answer(warehouse, "SELECT le, sum(requests) AS n FROM traffic_latency GROUP BY le ORDER BY le")
    assert [bucket["n"] for bucket in buckets] == [359, 359]


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        (FINISHED, {"engine": "0"}, {"engine": "1"}),
        (FINISHED, {"instance": "10.0.0.8:8000", "job": "a"}, {"job": "b"}),
        (FINISHED, {"job": "a", "cluster": "east"}, {"job": "b", "cluster": "west"}),
        (FINISHED, {"job": "a", "pod": "x-0"}, {"job": "b", "pod": "y-0"}),
        (FINISHED, {"job": "a", "instance": ""}, {"job": "b", "instance": ""}),
        (
            "ray_serve_deployment_request_counter",
            {"deployment": "m", "replica": "1"},
            {"deployment": "m", "replica": "2"},
        ),
        ("bentoml_service_request_total", {"endpoint": "/a"}, {"endpoint": "/b"}),
        ("gen_ai_client_operation_duration_seconds_count", {"job": "web"}, {"job": "batch"}),
    ],
)
def test_what_only_looks_alike_adds_up(warehouse, name, one, other):
    """Engines, targets, clusters, replicas of a deployment, services behind one collector."""
    common = {**PAGE, "finished_reason": "stop", "gen_ai_request_model": "m", "http_response_code": "200"}
    result = load(
        warehouse, scraped(name, grown, {**common, **one}) + scraped(name, grown, {**common, **other})
    )
    assert counted(warehouse) == 2 * grown(3 * 3600 - 30)
    assert "several scrapers" not in (result.message or "")


def test_an_endpoint_that_was_moved_aside_is_the_same_endpoint(warehouse):
    name, common = (
        "bentoml_service_request_total",
        {"instance": "10.0.0.7:3000", "service_name": "m", "http_response_code": "200"},
    )
    rows = []
    for path in ("/a", "/b"):
        rows += scraped(name, grown, {**common, "job": "pods", "endpoint": path})
        rows += scraped(
            name, grown, {**common, "job": "bento", "endpoint": "http", "exported_endpoint": path}, first=5
        )
    load(warehouse, rows)
    told = answer(
        warehouse, "SELECT endpoint, sum(requests_ok) AS n FROM traffic GROUP BY endpoint ORDER BY endpoint"
    )
    last = 3 * 3600 - 30
    assert [row["endpoint"] for row in told] == ["/a", "/b"]
    assert all(row["n"] in (grown(last), grown(last + 5)) for row in told)


@pytest.mark.parametrize("phase", [1, 5, 15])
def test_a_device_that_two_scrape_is_seen_all_the_time_at_its_own_step(warehouse, phase):
    """5 s lie between the scrapes of a pair and 25 to the next: neither is the step, and nothing is unobserved."""
    rows = []
    for n, replica in enumerate(REPLICAS):
        rows += scraped(GR, lambda _: 0.5, {"UUID": "GPU-1", "Hostname": "n1", **replica}, first=n * phase)
    load(warehouse, rows)
    told = answer(warehouse, "SELECT observed_seconds, step_seconds FROM device_hour ORDER BY hour")
    assert [(hour["observed_seconds"], hour["step_seconds"]) for hour in told] == [(3600, 30)] * 3


def test_two_jobs_that_tell_the_holder_in_two_ways_see_one_device_all_the_time(warehouse):
    """The GPU operator's ServiceMonitor with honorLabels, and a job without them: one GPU is held, one is free."""
    rows = []
    for uuid, pod in (("GPU-1", {"pod": "web", "namespace": "chat"}), ("GPU-2", {})):
        own = {"pod": "dcgm-exporter-x2x2x", "namespace": "ops"}
        moved = {f"exported_{label}": value for label, value in pod.items()}
        page = {"UUID": uuid, "Hostname": "n1", "instance": "n1:9400"}
        rows += scraped(GR, lambda _: 0.5, {**page, "job": "a", **own, **pod})
        rows += scraped(GR, lambda _: 0.5, {**page, "job": "b", **own, **moved}, first=5)
    load(warehouse, rows)
    told = answer(
        warehouse,
        "SELECT device_id, pod, observed_seconds, step_seconds FROM device_hour ORDER BY device_id, hour",
    )
    assert [tuple(hour.values()) for hour in told] == [
        *[
            ("GPU-1", "web", seconds, 30) for seconds in (3595, 3600, 3600)
        ],  # from the first scrape of the job that is kept
        *[("GPU-2", None, 3600, 30)] * 3,
    ]


def test_pods_that_share_a_device_are_no_copies(warehouse):
    rows = []
    for pod in ("one", "two"):
        rows += scraped(
            GR, lambda _: 0.5, {"UUID": "GPU-1", "Hostname": "n1", "instance": "n1:9400", "pod": pod}
        )
    load(warehouse, rows)
    told = answer(
        warehouse, "SELECT pod, sum(observed_seconds) AS s FROM device_hour GROUP BY pod ORDER BY pod"
    )
    assert [(row["pod"], row["s"]) for row in told] == [("one", 5400), ("two", 5400)]


def test_a_label_that_one_job_drops_does_not_make_two_engines_one(warehouse):
    rows = scraped(FINISHED, grown, stop({"job": "b"}))
    for engine in ("0", "1"):
        rows += scraped(FINISHED, grown, stop({"job": "a", "engine": engine}))
    load(warehouse, rows)
    assert counted(warehouse) == 3 * grown(3 * 3600 - 30)
