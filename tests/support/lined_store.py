"""A small real store with charge lines, telemetry and traffic, so that a number can be followed to its lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from small_store import device_hour, line, load_lines, load_rows, machine_line

from data.filters import Filters
from data.model.settings import ModelSettings
from data.warehouse import Warehouse

START = datetime(2026, 10, 5)
WEEK = Filters(date(2026, 10, 5), date(2026, 10, 12))


def small_estate(home: Path) -> Path:
    """Two accounts over two days: served and free GPUs, an unused plan, storage, two managed models (nobody counts one
    of them), tax, a credit; a pod that is known by its machine, asked in two modes, and a gateway that is not."""
    lines, seen, traffic = [], [], []
    for h in range(30):
        hour = START + timedelta(hours=h)
        lines += [machine_line(hour, "i-0", "7.3331"), machine_line(hour, "i-1", "5.01")]
        seen += [
            device_hour(hour, "GPU-0", "n0", 1200, 2400, namespace="serve", pod=f"llama-v{1 + h % 2}-a"),
            device_hour(hour, "GPU-1", "n1", 0, 3600),
        ]
        told = {"hour": hour, "requests_failed": 1, "input_tokens": 300, "output_tokens": 70}
        traffic.append(told | {"namespace": "serve", "pod": f"llama-v{1 + h % 2}-a", "requests_ok": 100 + h})
        traffic.append(traffic[-1] | {"mode": "batch", "requests_ok": 40})
        traffic.append(told | {"model": "titan", "requests_ok": 11, "endpoint": "gateway"})
    bedrock = {"service_name": "Amazon Bedrock", "resource_id": "foundation-model/titan"}
    lines += [
        line(START + timedelta(days=day), 24, cost=cost, **told)
        for day in (0, 1)
        for cost, told in (
            ("9.99", bedrock),
            ("1.07", bedrock | {"resource_id": "foundation-model/uncounted"}),
            ("3.335", {"x_usage_type": "EBS:VolumeUsage"}),
            (
                "1.111",
                {"x_usage_type": "EBS:VolumeUsage", "sub_account_id": "222", "billing_account_id": "200"},
            ),
            ("2", {"commitment_discount_id": "sp-1", "commitment_discount_status": "Unused"}),
            ("-0.5", {"charge_category": "Credit"}),
            ("4.25", {"charge_category": "Tax"}),
            ("8", {"service_name": "Amazon RDS", "resource_id": "db-1", "billed_cost": "11"}),
        )
    ]
    with Warehouse.open(home) as wh:
        nodes = [{"node": f"n{k}", "resource_id": f"i-{k}"} for k in range(2)]
        load_rows(wh, "resource_map", nodes, "estate", "resources")
        names = [
            {"namespace": "serve", "pod": f"llama-{v}-%", "model": "llama", "version": v}
            for v in ("v1", "v2")
        ]
        load_rows(wh, "deployment_map", names, "names", "resources")
        load_lines(wh, lines)
        load_rows(wh, "device_hour", seen)
        load_rows(wh, "traffic", traffic, "vllm")
        wh.publish(ModelSettings(device_share=0.9))
    return home
