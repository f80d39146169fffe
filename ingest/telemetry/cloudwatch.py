"""CloudWatch's metrics of SageMaker, Bedrock and the CloudWatch agent, staged as samples.

Which metrics exist is asked with ListMetrics (not every stand-in for AWS knows SEARCH()); what they say with
GetMetricData. A period without a datapoint stays one: nothing is filled in.

Counts are read as sums per hour and staged as a counter that grows by them, devices as means of the finest period that
CloudWatch still keeps. SageMaker adds up the utilisation of an instance's GPUs (0 to N × 100): each of the N devices
of the variant's machine gets the mean, since nothing tells them apart. Where N is unknown, or where the mean is idle
while one device alone could be busy, nothing is said of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ingest.source import SourceError, Window
from ingest.telemetry.endpoints import Endpoints, Variant
from ingest.telemetry.servers.cloudwatch import SAGEMAKER
from ingest.telemetry.staging import HOUR_MS, ReadFile, Staging, to_ms

QUERIES = 500  # of one GetMetricData call
MINUTE = 60
KEPT = ((timedelta(days=15), MINUTE), (timedelta(days=63), 300))  # older hours have only hourly values
LEAD = TAIL = timedelta(hours=1)  # a device's sample speaks until the next one
IDLE = 0.01
Labels = Mapping[str, str]
Points = list[tuple[int, float]]  # milliseconds since 1970, value


class Metric(NamedTuple):
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]

    def place(self) -> tuple[str, str, list[tuple[str, str]]]:
        return self.namespace, self.name, sorted(self.dimensions)

    @property
    def where(self) -> dict[str, str]:
        return dict(self.dimensions)


class Space(NamedTuple):
    """A namespace: the dimensions that tell its parts apart, and the metrics that are read.

    exact: other series of the namespace add the same up in another way.
    """

    prefix: str
    dimensions: frozenset[str]
    names: tuple[str, ...]
    counts: bool
    exact: bool = True


VARIANT = frozenset({"EndpointName", "VariantName"})
SPACES: Mapping[str, Space] = {
    "AWS/SageMaker": Space(
        "sagemaker:",
        VARIANT,
        ("Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "ModelLatency"),
        counts=True,
    ),
    "AWS/Bedrock": Space(
        "bedrock:",
        frozenset({"ModelId"}),
        (
            "Invocations",
            "InvocationClientErrors",
            "InvocationServerErrors",
            "InvocationThrottles",
            "InvocationLatency",
            "InputTokenCount",
            "OutputTokenCount",
            "CacheReadInputTokenCount",
            "CacheWriteInputTokenCount",
        ),
        counts=True,
    ),
    "/aws/sagemaker/Endpoints": Space(
        "sagemaker:", VARIANT, ("GPUUtilization", "GPUMemoryUtilization"), counts=False
    ),
    "CWAgent": Space(
        "cwagent:",
        frozenset({"InstanceId", "index"}),
        ("nvidia_smi_utilization_gpu", "nvidia_smi_memory_used", "nvidia_smi_power_draw"),
        counts=False,
        exact=False,  # name, arch, host and what the agent is told to append
    ),
}


@dataclass(frozen=True)
class CloudWatchHours:
    """One load's worth: the hours to replace. now: what is older than 15 and 63 days is kept in coarser periods."""

    client: Any  # boto3 clients, which ship no types
    endpoints: Endpoints
    hours: Window
    now: datetime
    delivery_id: None = field(default=None)

    @property
    def read_from(self) -> datetime | None:
        return self.hours.start

    def stage(self, staging: Staging) -> None:
        """Reads every metric of the hours. Raises SourceError."""
        assert self.hours.start is not None
        assert self.hours.end is not None
        found = sorted(self._metrics(), key=Metric.place)
        counts = [metric for metric in found if SPACES[metric.namespace].counts]
        devices = [metric for metric in found if not SPACES[metric.namespace].counts]
        rows = 0
        for metric, points in self._read(counts, self.hours.start, self.hours.end, HOUR_MS // 1000, "Sum"):
            rows += len(points)
            self._stage_counts(staging, metric, points)
        period = period_of(self.hours.start, self.now)
        start, end = self.hours.start - LEAD, self.hours.end + TAIL
        unclear = 0
        for metric, points in self._read(devices, start, end, period, "Average"):
            rows += len(points)
            unclear += self._stage_devices(staging, metric, points)
        staging.flush()
        staging.files.append(ReadFile(f"cloudwatch:{self.client.meta.region_name}", None, None, rows))
        staging.notes += self.endpoints.notes()
        if unclear:
            staging.notes.append(
                f"{unclear} samples of SageMaker's GPUs leave open whether one of several is busy: left out"
            )

    def _metrics(self) -> set[Metric]:
        """What there is to read, each once."""
        pages = self.client.get_paginator("list_metrics")
        told = set()
        with asking("CloudWatch's metrics", "cloudwatch:ListMetrics"):
            for namespace, space in SPACES.items():
                for page in pages.paginate(Namespace=namespace):
                    told |= {metric for one in page["Metrics"] if (metric := _wanted(space, one))}
        return told

    def _read(
        self, metrics: Sequence[Metric], start: datetime, end: datetime, period: int, stat: str
    ) -> Iterator[tuple[Metric, Points]]:
        """The datapoints in [start, end) of each metric that has any, in the order of time."""
        for first in range(0, len(metrics), QUERIES):
            some = metrics[first : first + QUERIES]
            told: dict[str, dict[int, float]] = {}
            queries = [_query(f"m{number}", metric, period, stat) for number, metric in enumerate(some)]
            pages = self.client.get_paginator("get_metric_data")
            with asking("CloudWatch's datapoints", "cloudwatch:GetMetricData"):
                for page in pages.paginate(
                    MetricDataQueries=queries,
                    StartTime=start.replace(tzinfo=UTC),
                    EndTime=end.replace(tzinfo=UTC),
                ):
                    for result in page["MetricDataResults"]:
                        _check_result(result)
                        told.setdefault(result["Id"], {}).update(_points(result))
            for number, metric in enumerate(some):
                if points := sorted(told.get(f"m{number}", {}).items()):
                    yield metric, points

    def _stage_counts(self, staging: Staging, metric: Metric, points: Points) -> None:
        """The running total of hourly sums, from 0 an hour before the first: what it grows by is the hour's sum."""
        name = SPACES[metric.namespace].prefix + metric.name.lower()
        totals: dict[int, float] = {}
        for moment, value in points:
            labels = self._process(metric, moment)
            series = staging.number(name, labels)
            if series not in totals:
                staging.add(series, moment - HOUR_MS, 0.0)
            totals[series] = totals.get(series, 0.0) + value
            staging.add(series, moment, totals[series])
            if "pod" in labels and name == "sagemaker:invocations":
                self._stage_deployment(staging, labels, moment)

    def _process(self, metric: Metric, moment: int) -> Labels:
        where = metric.where
        if "ModelId" in where:
            return {"model": where["ModelId"]}
        variant = self.endpoints.variant(where["EndpointName"], where["VariantName"], moment)
        return {
            "model": variant.model,
            "version": variant.name,
            "endpoint": variant.endpoint,
            "namespace": "sagemaker",
            "pod": variant.pod,
        }

    def _stage_deployment(self, staging: Staging, labels: Labels, moment: int) -> None:
        """What the variant runs, as Kubernetes would tell it of a pod, so that its devices are the model's."""
        said = {
            "namespace": labels["namespace"],
            "pod": labels["pod"],
            "label_model": labels["model"],
        }
        if labels["version"] not in SAGEMAKER.untold:
            said["label_model_version"] = labels["version"]
        staging.add(staging.number("kube_pod_labels", said), moment, 1.0)

    def _stage_devices(self, staging: Staging, metric: Metric, points: Points) -> int:
        """Stages the points of each device; returns how many told nothing."""
        name = SPACES[metric.namespace].prefix + metric.name.lower()
        where = metric.where
        if "InstanceId" in where:
            index = where["index"]
            device = {"device": f"{where['InstanceId']}/{index}", "node": where["InstanceId"], "index": index}
            series = staging.number(name, {**device, **({"model": where["name"]} if "name" in where else {})})
            for moment, value in points:
                staging.add(series, moment, value)
            return 0
        unclear = 0
        for moment, value in points:
            variant = self.endpoints.variant(where["EndpointName"], where["VariantName"], moment)
            unclear += _stage_variant(staging, name, variant, moment, value)
        return unclear


def _stage_variant(staging: Staging, name: str, variant: Variant, moment: int, value: float) -> int:
    """Every device of the variant's machine at the mean; 1 where the sum leaves open whether one of them works."""
    if not variant.gpus:
        return 0
    mean = value / variant.gpus
    if name == "sagemaker:gpuutilization":
        if mean <= IDLE * 100 < value:
            return 1
    elif variant.gpu_memory is None:
        return 0
    else:
        mean = mean / 100 * variant.gpu_memory
    for index in range(variant.gpus):
        labels = {
            "device": f"{variant.pod}/{index}",
            "node": variant.node,
            "namespace": "sagemaker",
            "pod": variant.pod,
            **({"model": variant.gpu_model} if variant.gpu_model else {}),
        }
        staging.add(staging.number(name, labels), moment, mean)
    return 0


def period_of(start: datetime, now: datetime) -> int:
    """The finest period in seconds of which CloudWatch still has every datapoint since `start`."""
    age = now - (start - LEAD)
    return next((period for oldest, period in KEPT if age < oldest), 3600)


@contextmanager
def asking(what: str, permission: str) -> Iterator[None]:
    """Raises SourceError, in our words, where AWS refuses, does not answer, or answers something else."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except SourceError:
        raise
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        why = f"AWS answered {code}"
    except BotoCoreError as error:
        why = f"AWS could not be asked ({error})"
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SourceError(
            f"{what} cannot be read: the answer is none of AWS' ({type(error).__name__}: {error}). Does a proxy "
            "answer, or does --endpoint-url name another service?"
        ) from None
    else:
        return
    raise SourceError(
        f"{what} cannot be read: {why}. The credentials need {permission}; the region is told by --region or "
        "AWS_REGION."
    )


def _wanted(space: Space, told: Mapping[str, Any]) -> Metric | None:
    dimensions = frozenset((one["Name"], one["Value"]) for one in told["Dimensions"])
    names = {name for name, _ in dimensions}
    fits = names == space.dimensions if space.exact else names >= space.dimensions
    known = told["MetricName"] in space.names
    return Metric(told["Namespace"], told["MetricName"], dimensions) if fits and known else None


def _query(number: str, metric: Metric, period: int, stat: str) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(metric.dimensions)]
    told = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {"Id": number, "MetricStat": {"Metric": told, "Period": period, "Stat": stat}}


def _points(result: Mapping[str, Any]) -> Points:
    """What is no number is no datapoint: a running total would never be one again."""
    moments = [to_ms(moment.astimezone(UTC)) for moment in result["Timestamps"]]
    values = [float(value) for value in result["Values"]]
    return [(moment, value) for moment, value in zip(moments, values, strict=True) if math.isfinite(value)]


def _check_result(result: Mapping[str, Any]) -> None:
    """'PartialData' only says that another page follows. Raises SourceError for what CloudWatch could not answer."""
    if result.get("StatusCode") in ("InternalError", "Forbidden"):
        raise SourceError(
            f"CloudWatch answered {result['StatusCode']} for {result.get('Label') or result['Id']}. Nothing was "
            "changed; load it again, or grant cloudwatch:GetMetricData."
        )
