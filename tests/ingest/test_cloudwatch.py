"""CloudWatch over HTTP (moto's server): hours computed by hand, nothing summed twice, nothing made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import boto3
import pytest
from click.testing import CliRunner
from local_server import aws
from samples import answer
from small_store import load_lines, machine_line

from data.model.settings import ModelSettings
from data.snapshot import open_latest
from ingest.__main__ import main
from ingest.load_telemetry import load_telemetry
from ingest.source import SourceError, Window
from ingest.sources.cloudwatch import CloudWatch
from ingest.telemetry.cloudwatch import CloudWatchHours, period_of
from ingest.telemetry.endpoints import Endpoints

HOUR = timedelta(hours=1)
NOON = (datetime.now(UTC) + 2 * HOUR).replace(minute=0, second=0, microsecond=0, tzinfo=None)


@pytest.fixture(scope="module")
def server():
    with aws() as url:
        yield url


class Cloud:
    """AWS as moto plays it."""

    def __init__(self, url):
        self.url = url
        self.watch = boto3.client("cloudwatch", endpoint_url=url)
        self.sagemaker = boto3.client("sagemaker", endpoint_url=url)

    def put(self, namespace, name, dimensions, *points):
        """points: (minutes after NOON, value)."""
        told = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        self.watch.put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": told,
                    "Timestamp": (NOON + timedelta(minutes=minutes)).replace(tzinfo=UTC),
                    "Value": value,
                }
                for minutes, value in points
            ],
        )

    def endpoint(self, name, instance_type, model="llama-8b", variant="blue"):
        self.sagemaker.create_model(
            ModelName=model,
            PrimaryContainer={"Image": "registry/llama:1"},
            ExecutionRoleArn="arn:aws:iam::123456789012:role/FakeRole",
        )
        variants = [
            {
                "VariantName": variant,
                "ModelName": model,
                "InitialInstanceCount": 1,
                "InstanceType": instance_type,
            }
        ]
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=f"{name}-config",
            ProductionVariants=[{**one, "InitialVariantWeight": 1.0} for one in variants],
        )
        told = self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-config")
        return told["EndpointArn"]

    def hours(self, hours=3, now=NOON + 4 * HOUR):
        return CloudWatchHours(self.watch, Endpoints(self.sagemaker), Window(NOON, NOON + hours * HOUR), now)


class Source:
    kind = "cloudwatch"

    def __init__(self, hours):
        self.hours = hours

    def batches(self, window, watermark):  # noqa: ARG002 - the protocol's
        yield self.hours


@pytest.fixture
def cloud(server, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield Cloud(server)
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()


def load(wh, hours):
    (result,) = load_telemetry(wh, "aws", Source(hours), Window())
    return result


def traffic(wh):
    return answer(wh, "FROM traffic ORDER BY hour, model, version")


VARIANT = {"EndpointName": "chat", "VariantName": "blue"}


def test_hours_of_an_endpoint_to_the_request(cloud, wh):
    """10 + 5 invocations in the first hour, none told in the second, 7 in the third; 3 + 1 of the first failed."""
    cloud.endpoint("chat", "ml.g4dn.xlarge")
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10), (59, 5), (120, 7))
    cloud.put("AWS/SageMaker", "Invocation4XXErrors", VARIANT, (0, 3), (59, 0), (120, 0))
    cloud.put("AWS/SageMaker", "Invocation5XXErrors", VARIANT, (1, 1), (120, 0))
    cloud.put("AWS/SageMaker", "ModelLatency", VARIANT, (0, 2_500_000), (59, 1_500_000), (120, 700_000))
    # the same calls, cut in other ways
    cloud.put("AWS/SageMaker", "Invocations", {"EndpointName": "chat"}, (0, 15))
    cloud.put("AWS/SageMaker", "Invocations", {**VARIANT, "ContainerName": "main"}, (0, 15))
    load(wh, cloud.hours())
    first, third = traffic(wh)
    assert (first["hour"], third["hour"]) == (NOON, NOON + 2 * HOUR)
    named = ("server", "model", "version", "endpoint", "namespace", "pod", "step_seconds")
    assert tuple(first[name] for name in named) == (
        "sagemaker", "llama-8b", "blue", "chat", "sagemaker", "chat/blue", 3600,
    )  # fmt: skip
    counted = ("requests_ok", "requests_failed", "requests_aside", "latency_seconds", "input_tokens")
    assert tuple(first[name] for name in counted) == (11, 4, None, 4.0, None)
    assert tuple(third[name] for name in counted) == (7, 0, None, 0.7, None)


def test_without_error_metrics_nobody_knows_what_failed(cloud, wh):
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10))
    result = load(wh, cloud.hours())
    (hour,) = traffic(wh)
    assert (hour["requests_ok"], hour["requests_failed"], hour["latency_seconds"]) == (10, None, None)
    assert hour["model"] == "chat"
    assert "what endpoint chat runs is unknown" in result.message


def test_throttled_calls_of_bedrock_are_no_invocations(cloud, wh):
    model = {"ModelId": "anthropic.claude-3-haiku-20240307-v1:0"}
    cloud.put("AWS/Bedrock", "Invocations", model, (0, 100), (61, 40))
    cloud.put("AWS/Bedrock", "InvocationThrottles", model, (5, 25))
    cloud.put("AWS/Bedrock", "InvocationClientErrors", model, (5, 6), (61, 0))
    cloud.put("AWS/Bedrock", "InvocationServerErrors", model, (5, 1), (61, 0))
    cloud.put("AWS/Bedrock", "InputTokenCount", model, (0, 1000), (61, 500))
    cloud.put("AWS/Bedrock", "CacheReadInputTokenCount", model, (0, 300))
    cloud.put("AWS/Bedrock", "CacheWriteInputTokenCount", model, (0, 40))
    cloud.put("AWS/Bedrock", "OutputTokenCount", model, (0, 2000), (61, 90))
    cloud.put("AWS/Bedrock", "InvocationLatency", model, (0, 123_456), (61, 1_000))
    # the same calls, cut in other ways
    cloud.put("AWS/Bedrock", "Invocations", {}, (0, 100), (61, 40))
    cloud.put("AWS/Bedrock", "OutputTokenCount", {**model, "ContextWindow": "1M"}, (0, 2000))
    cloud.put("AWS/Bedrock", "Invocations", {**model, "ContextWindow": "1M"}, (0, 100), (61, 40))
    load(wh, cloud.hours())
    first, second = traffic(wh)
    counted = ("requests_ok", "requests_failed", "requests_aside")
    assert tuple(first[name] for name in counted) == (93, 7, 25)
    assert tuple(second[name] for name in counted) == (40, 0, None)
    tokens = ("input_tokens", "cached_tokens", "output_tokens")
    assert tuple(first[name] for name in tokens) == (1340, 300, 2000)
    assert tuple(second[name] for name in tokens) == (500, None, 90)
    assert (first["latency_seconds"], second["latency_seconds"]) == (123.456, 1.0)
    assert (first["server"], first["model"], first["version"]) == ("bedrock", model["ModelId"], None)


def test_what_sagemaker_adds_up_over_four_gpus_is_no_device_at_400_percent(cloud, wh):
    """30 minutes at 200 of 400, then 30 minutes at 0: each of the four devices half busy, at 50 %."""
    arn = cloud.endpoint("chat", "ml.g4dn.12xlarge")
    points = [(minute, 200.0 if minute < 30 else 0.0) for minute in range(60)]
    cloud.put("/aws/sagemaker/Endpoints", "GPUUtilization", VARIANT, *points)
    cloud.put("/aws/sagemaker/Endpoints", "GPUMemoryUtilization", VARIANT, *[(m, 100.0) for m in range(60)])
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10))
    load(wh, cloud.hours())
    devices = answer(wh, "FROM device_hour ORDER BY device_id")
    assert [device["device_id"] for device in devices] == [f"chat/blue/{n}" for n in range(4)]
    for device in devices:
        assert (device["busy_seconds"], device["idle_seconds"], device["util_max"]) == (1800, 1800, 0.5)
        assert (device["signal"], device["step_seconds"]) == ("sagemaker_gpu_utilization", 60)
        assert (device["node"], device["pod"], device["gpu_model"]) == (arn, "chat/blue", "T4")
        assert device["memory_max"] == 16384 / 4  # 100 of 400 % of 16 GiB each
    stretches = answer(wh, "FROM idle_stretch WHERE threshold = 0.01")
    assert [(one["start_at"], one["seconds"]) for one in stretches] == [(NOON + HOUR / 2, 1800)] * 4
    (runs,) = answer(wh, "SELECT namespace, pod, model, version, valid_from, valid_to FROM deployment_map")
    assert tuple(runs.values()) == ("sagemaker", "chat/blue", "llama-8b", "blue", NOON, NOON + HOUR)


def test_an_hour_of_an_endpoint_costs_what_its_bill_says(cloud, wh):
    """4.00 USD for the instance, its four GPUs busy half of the hour: 2.00 serving busy, 2.00 idle, 10 answers."""
    arn = cloud.endpoint("chat", "ml.g4dn.12xlarge")
    points = [(minute, 200.0 if minute < 30 else 0.0) for minute in range(60)]
    cloud.put("/aws/sagemaker/Endpoints", "GPUUtilization", VARIANT, *points)
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10))
    hosted = {"service_name": "Amazon SageMaker", "instance_type": "g4dn.12xlarge"}
    load_lines(wh, [machine_line(NOON, arn, "4.00", **hosted)])
    load(wh, cloud.hours())
    wh.publish(ModelSettings())
    snapshot = open_latest(wh.home).cursor()
    told = snapshot.execute(
        "SELECT state, model, version, sum(busy_cost), sum(idle_cost), sum(unobserved_cost) FROM gpu_hour GROUP BY ALL"
    ).fetchall()
    served = snapshot.execute(
        "SELECT model, version, requests_ok FROM traffic_hour WHERE NOT shadowed"
    ).fetchall()
    assert told == [("serving", "llama-8b", "blue", Decimal(2), Decimal(2), Decimal(0))]
    assert served == [("llama-8b", "blue", 10)]


@pytest.mark.parametrize("name", ["AllTraffic", "variant-name-1", "default-variant-name"])
def test_a_variant_that_only_has_its_default_name_is_no_version(cloud, wh, name):
    cloud.endpoint("chat", "ml.g4dn.xlarge", variant=name)
    cloud.put("AWS/SageMaker", "Invocations", {"EndpointName": "chat", "VariantName": name}, (0, 10))
    assert load(wh, cloud.hours()).message is None
    (hour,) = traffic(wh)
    assert (hour["model"], hour["version"], hour["pod"]) == ("llama-8b", None, f"chat/{name}")
    assert answer(wh, "SELECT model, version FROM deployment_map") == [{"model": "llama-8b", "version": None}]


def test_one_busy_gpu_among_eight_does_not_make_eight_idle(cloud, wh):
    """A sum of 7 % over 8 GPUs is a mean below 1 %, but one of them may work: nobody can say."""
    cloud.endpoint("chat", "ml.p3.16xlarge")
    points = [(m, 7.0 if m < 20 else 0.0) for m in range(60)]
    cloud.put("/aws/sagemaker/Endpoints", "GPUUtilization", VARIANT, *points)
    result = load(wh, cloud.hours())
    seen = answer(
        wh, "SELECT count(*) AS n, min(idle_seconds) AS idle, max(busy_seconds) AS busy FROM device_hour"
    )
    assert seen == [{"n": 8, "idle": 2400, "busy": 0}]
    assert "20 samples of SageMaker's GPUs leave open" in result.message


def test_gpus_of_an_endpoint_that_may_not_be_described_stay_unobserved(cloud, wh):
    cloud.put("/aws/sagemaker/Endpoints", "GPUUtilization", VARIANT, *[(m, 100.0) for m in range(60)])
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10))
    assert "its GPUs stay unobserved" in load(wh, cloud.hours()).message
    assert answer(wh, "FROM device_hour") == []


def test_what_ran_before_the_present_configuration_is_not_called_by_its_model(cloud, wh):
    cloud.endpoint("chat", "ml.g4dn.xlarge")
    earlier = -5 * 60
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (earlier, 4), (0, 10))
    hours = CloudWatchHours(
        cloud.watch, Endpoints(cloud.sagemaker), Window(NOON - 6 * HOUR, NOON + HOUR), NOON + HOUR
    )
    result = load(wh, hours)
    assert [(hour["model"], hour["requests_ok"]) for hour in traffic(wh)] == [("chat", 4), ("llama-8b", 10)]
    assert "only the present configuration is known" in result.message


def test_devices_of_the_agent_by_instance_and_index(cloud, wh):
    """A gap of 20 minutes is no idleness; the sample after it speaks again."""
    common = {"InstanceId": "i-0abc", "name": "NVIDIA L4", "arch": "Ada", "host": "ip-10-0-0-7"}
    one, two = ({**common, "index": index} for index in "01")
    told = [*range(20), *range(40, 60)]
    cloud.put("CWAgent", "nvidia_smi_utilization_gpu", one, *[(m, 0.0) for m in told])
    cloud.put("CWAgent", "nvidia_smi_utilization_gpu", two, *[(m, 80.0) for m in range(60)])
    cloud.put("CWAgent", "nvidia_smi_memory_used", two, *[(m, 1000.0) for m in range(60)])
    cloud.put("CWAgent", "nvidia_smi_power_draw", two, *[(m, 50.0) for m in range(60)])
    cloud.put(
        "CWAgent", "nvidia_smi_utilization_gpu", {"InstanceId": "i-0abc"}, (0, 40.0)
    )  # over all of them
    load(wh, cloud.hours())
    first, second = answer(wh, "FROM device_hour ORDER BY device_id")
    assert [d["device_id"] for d in (first, second)] == ["i-0abc/0", "i-0abc/1"]
    assert (first["observed_seconds"], first["idle_seconds"], first["samples"]) == (2400, 2400, 40)
    assert (second["busy_seconds"], second["util_avg"], second["memory_avg"]) == (
        3600,
        pytest.approx(0.8),
        1000,
    )
    assert second["energy_joules"] == 50 * 3600
    assert (second["node"], second["gpu_model"], second["signal"], second["pod"]) == (
        "i-0abc", "NVIDIA L4", "nvidia_smi_utilization_gpu", None,
    )  # fmt: skip


def test_more_metrics_than_one_call_may_ask_for(cloud, wh):
    for number in range(501):
        cloud.put("AWS/Bedrock", "Invocations", {"ModelId": f"model-{number}"}, (0, number + 1))
    load(wh, cloud.hours())
    (total,) = answer(wh, "SELECT count(*) AS models, sum(requests_ok) AS requests FROM traffic")
    assert total == {"models": 501, "requests": 501 * 502 / 2}


def test_read_again_it_is_unchanged_and_grown_it_is_replaced(cloud, wh):
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (0, 10))
    assert [load(wh, cloud.hours()).status for _ in range(2)] == ["loaded", "unchanged"]
    cloud.put("AWS/SageMaker", "Invocations", VARIANT, (30, 5))
    assert load(wh, cloud.hours()).status == "loaded"
    assert [hour["requests_ok"] for hour in traffic(wh)] == [15]


def test_nothing_there_changes_nothing(cloud, wh):
    result = load(wh, cloud.hours())
    assert (result.status, result.rows) == ("unchanged", 0)


def test_the_period_is_the_finest_that_is_still_kept():
    now = datetime(2026, 10, 1)
    days = [period_of(now - timedelta(days=age), now) for age in (1, 14, 15, 62, 63, 400)]
    assert days == [60, 60, 300, 300, 3600, 3600]


def test_the_source_reads_from_the_overlap_of_the_watermark_to_the_running_hour(cloud):
    now = datetime.now(UTC).replace(tzinfo=None)
    watermark = now.replace(minute=0, second=0, microsecond=0)
    batches = list(CloudWatch(endpoint_url=cloud.url).batches(Window(), watermark))
    assert batches[0].hours.start == watermark - 2 * HOUR
    assert batches[-1].hours.end in (watermark + HOUR, watermark + 2 * HOUR)


def test_without_a_region_it_says_what_to_do(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(SourceError, match="region is told by --region"):
        next(CloudWatch().batches(Window(), None))


def test_a_rehearsal_on_the_command_line_shows_what_would_land(cloud, home):
    cloud.put("AWS/Bedrock", "Invocations", {"ModelId": "amazon.nova-lite-v1:0"}, (-5 * 60, 41))
    since = f"{NOON - 6 * HOUR:%Y-%m-%dT%H:%M}"
    words = [
        "cloudwatch",
        "--endpoint-url",
        cloud.url,
        "--region",
        "us-east-1",
        "--since",
        since,
        "--dry-run",
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "amazon.nova-lite-v1:0" in result.output
    assert "41" in result.output
    assert not home.exists()
