"""SageMaker, Bedrock and the CloudWatch agent's GPUs, from CloudWatch.

    python -m ingest cloudwatch --region eu-central-1 --since 2026-10-01

Credentials as boto3 finds them. ingest/telemetry/cloudwatch.py says what is read and how.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ingest.source import Window
from ingest.telemetry.cloudwatch import CloudWatchHours, asking
from ingest.telemetry.endpoints import Endpoints
from ingest.telemetry.http import days, now_utc
from ingest.telemetry.staging import Batch


@dataclass(frozen=True)
class CloudWatch:
    """region: as AWS spells it, None = the credentials' own. endpoint_url: a server to ask instead of AWS."""

    region: str | None = None
    endpoint_url: str | None = None
    kind: ClassVar[str] = "cloudwatch"

    def batches(self, window: Window, watermark: datetime | None) -> Iterator[Batch]:
        """UTC days from two hours before the watermark, oldest first, as a Prometheus server. Raises SourceError."""
        import boto3  # here, so that sources without AWS start without it

        with asking("CloudWatch", "cloudwatch:ListMetrics"):
            client = boto3.client("cloudwatch", region_name=self.region, endpoint_url=self.endpoint_url)
            sagemaker = boto3.client("sagemaker", region_name=self.region, endpoint_url=self.endpoint_url)
        now = now_utc()
        for hours in days(window, watermark, now):
            yield CloudWatchHours(client, Endpoints(sagemaker), hours, now)
