"""What runs behind a SageMaker endpoint: the model and machine of each variant, where the credentials may ask."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import data
from ingest.telemetry.staging import HOUR_MS, to_ms

ACCELERATORS = Path(data.__file__).parent / "reference" / "accelerators.csv"


class Machine(NamedTuple):
    """gpu_memory: MiB of one device."""

    gpus: int
    gpu_model: str | None
    gpu_memory: float | None


@dataclass(frozen=True)
class Variant:
    """One variant of an endpoint. node: what the bill calls the endpoint. gpus: of one instance; 0 = unknown."""

    endpoint: str
    name: str
    model: str
    node: str
    gpus: int = 0
    gpu_model: str | None = None
    gpu_memory: float | None = None

    @property
    def pod(self) -> str:
        return f"{self.endpoint}/{self.name}"


class _Config(NamedTuple):
    arn: str
    since: int  # milliseconds: the configuration did not exist before
    variants: dict[str, tuple[str | None, str | None]]  # name → model, instance type


@dataclass
class Endpoints:
    """Asked once per endpoint. client: of SageMaker."""

    client: Any  # boto3's, which ships no types
    _known: dict[str, _Config | None] = field(default_factory=dict)
    _why: dict[str, str] = field(default_factory=dict)
    _before: set[str] = field(default_factory=set)

    def variant(self, endpoint: str, name: str, moment: int) -> Variant:
        """The variant as it stood at a moment. An endpoint of which nothing is known is called by its own name.

        Only the present configuration can be asked for; what ran before it was made is unknown.
        """
        if endpoint not in self._known:
            self._known[endpoint] = self._ask(endpoint)
        config = self._known[endpoint]
        if config is None:
            return Variant(endpoint, name, endpoint, endpoint)
        if moment < config.since // HOUR_MS * HOUR_MS or name not in config.variants:
            self._before.add(endpoint)
            return Variant(endpoint, name, endpoint, config.arn)
        model, instance_type = config.variants[name]
        return Variant(endpoint, name, model or endpoint, config.arn, *_machine(instance_type))

    def notes(self) -> list[str]:
        """What could not be asked, and since when it is known."""
        told = [
            f"what endpoint {name} runs is unknown, its GPUs stay unobserved: {why}"
            for name, why in sorted(self._why.items())
        ]
        if self._before:
            told.append(
                f"of {', '.join(sorted(self._before))} only the present configuration is known: what ran before it is "
                "called by the endpoint's name, its GPUs stay unobserved"
            )
        return told

    def _ask(self, endpoint: str) -> _Config | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            told = self.client.describe_endpoint(EndpointName=endpoint)
            config = self.client.describe_endpoint_config(EndpointConfigName=told["EndpointConfigName"])
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            self._why[endpoint] = f"sagemaker:DescribeEndpoint and DescribeEndpointConfig answered {code}"
            return None
        except BotoCoreError as error:
            self._why[endpoint] = f"SageMaker could not be asked ({error})"
            return None
        variants = {
            one["VariantName"]: (one.get("ModelName"), one.get("InstanceType"))
            for one in config["ProductionVariants"]
        }
        return _Config(told["EndpointArn"], to_ms(config["CreationTime"].astimezone(UTC)), variants)


def _machine(instance_type: str | None) -> Machine:
    """GPUs of ml.g5.12xlarge, as of g5.12xlarge."""
    return _machines().get((instance_type or "").removeprefix("ml."), Machine(0, None, None))


@cache
def _machines() -> dict[str, Machine]:
    with ACCELERATORS.open(encoding="utf-8", newline="") as text:
        return {
            row["instance_type"]: Machine(
                int(row["device_count"]),
                row["device_model"] or None,
                float(row["device_memory_mib"]) if row["device_memory_mib"] else None,
            )
            for row in csv.DictReader(text)
            if row["provider"] == "AWS"
            and row["device_kind"] == "gpu"
            and row["device_count"] not in ("", "0")
        }
