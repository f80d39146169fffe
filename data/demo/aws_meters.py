"""Everything that AWS meters for the company: a meter is what all lines of one charge share (cur.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from data.demo import stories
from data.demo.estate import (
    MANAGED_MODEL,
    MANAGED_VERSIONS,
    PAYER,
    PROD,
    RESEARCH,
    ROUTER_RATE,
    ROUTER_TYPE,
    Pool,
    Shape,
)
from data.demo.layout import Layout, Machine, short_hash
from data.demo.stories import day_index

Every = Literal["hour", "day", "month", "once"]
Plan = Literal["covered", "negation", "fee"]
PLAN_ARN = f"arn:aws:savingsplans::{PAYER}:savingsplan/5f0c2a6e-0b7d-4e52-9f6b-2c1d9a7e4b31"


@dataclass(frozen=True)
class Service:
    code: str  # line_item_product_code
    name: str  # product['product_name']


EC2 = Service("AmazonEC2", "Amazon Elastic Compute Cloud")
S3 = Service("AmazonS3", "Amazon Simple Storage Service")
VPC = Service("AmazonVPC", "Amazon Virtual Private Cloud")
ELB = Service("AWSELB", "Elastic Load Balancing")
EKS = Service("AmazonEKS", "Amazon Elastic Kubernetes Service")
ECR = Service("AmazonECR", "Amazon EC2 Container Registry (ECR)")
BEDROCK = Service("AmazonBedrock", "Amazon Bedrock")
PLANS = Service("ComputeSavingsPlans", "Savings Plans for AWS Compute usage")
SUPPORT = Service("AWSSupportBusiness", "AWS Support (Business)")
RDS = Service("AmazonRDS", "Amazon Relational Database Service")
REDSHIFT = Service("AmazonRedshift", "Amazon Redshift")
CACHE = Service("AmazonElastiCache", "Amazon ElastiCache")
DYNAMO = Service("AmazonDynamoDB", "Amazon DynamoDB")
CLOUDFRONT = Service("AmazonCloudFront", "Amazon CloudFront")
LAMBDA = Service("AWSLambda", "AWS Lambda")
CLOUDWATCH = Service("AmazonCloudWatch", "AmazonCloudWatch")


@dataclass(frozen=True)
class Meter:
    """One charge over time: cost of a line = quantity × rate (USD), every hour, day or month, or once.

    shape: how the quantity moves within the week. spot: the rate moves by day. wrong_rate: what the first
    delivery of September charged. late: the first delivery lacks the line. used: of the plan, USD an hour.
    """

    account: str
    service: Service
    usage_type: str
    unit: str
    rate: float
    quantity: float = 1.0
    every: Every = "hour"
    start: float = 0
    end: float = stories.DAYS
    operation: str = ""
    description: str = ""
    family: str = ""
    line_type: str = "Usage"
    resource: str = ""
    instance_type: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    shape: Shape | None = None
    growth: float = 0.0
    spot: bool = False
    plan: Plan | None = None
    used: float = 0.0
    wrong_rate: float | None = None
    late: bool = False


def meters(layout: Layout) -> tuple[Meter, ...]:
    """Every meter of the payer, in a fixed order."""
    return (
        *_accelerator_machines(layout),
        *_cpu_machines(layout),
        *_savings_plan(layout),
        *_volumes(layout),
        *_storage(),
        *_egress(layout),
        *_gateways(),
        *_managed_model(),
        *_cluster_and_support(),
        *_tax_credit_refund(),
        *_outside(),
    )


def _tags(team: str | None, name: str) -> dict[str, str]:
    return {} if team is None else {"user_Name": name, "user_env": "prod", "user_team": team}


def _accelerator_machines(layout: Layout) -> Iterator[Meter]:
    for machine in layout.machines:
        if machine.pool.provider == "AWS":
            yield _machine_hours(machine)


def _machine_hours(machine: Machine) -> Meter:
    pool, kind = machine.pool, machine.type
    covered, spot = pool.market == "savings plan", pool.market == "spot"
    return Meter(
        pool.account,
        EC2,
        f"{'SpotUsage' if spot else 'BoxUsage'}:{kind.name}",
        "Hrs",
        kind.rate,
        start=pool.start,
        end=pool.end,
        operation="RunInstances:SV001" if spot else "RunInstances",
        description=f"${kind.rate} per {'spot' if spot else 'On Demand'} Linux {kind.name} Instance Hour",
        family="Compute Instance",
        line_type="SavingsPlanCoveredUsage" if covered else "Usage",
        resource=machine.resource_id,
        instance_type=kind.name,
        tags=_tags(pool.team, f"{pool.name}-{machine.host.split('.')[0]}"),
        attributes={"gpu": str(kind.gpus), "vcpu": str(kind.vcpus), "memory": f"{kind.memory_gib} GiB"},
        spot=spot,
        plan="covered" if covered else None,
        wrong_rate=float(stories.WRONG_RATE) if pool.name == "ads" else None,
    )


def _cpu_machines(layout: Layout) -> Iterator[Meter]:
    serving = [(resource, ROUTER_TYPE, ROUTER_RATE, "support") for resource in layout.router_machines]
    system = [
        (f"i-0{short_hash('system', n, length=16)}", "m6i.2xlarge", 0.384, "platform") for n in range(4)
    ]
    for resource, kind, rate, team in serving + system:
        yield Meter(
            PROD,
            EC2,
            f"BoxUsage:{kind}",
            "Hrs",
            rate,
            operation="RunInstances",
            description=f"${rate} per On Demand Linux {kind} Instance Hour",
            family="Compute Instance",
            resource=resource,
            instance_type=kind,
            tags=_tags(team, "intent-router" if team == "support" else "kube-system"),
        )


def _savings_plan(layout: Layout) -> Iterator[Meter]:
    """What undoes the on-demand charge of covered hours, and the fee: $50 an hour, $40 of it used."""
    machines = [machine for machine in layout.machines if machine.pool.market == "savings plan"]
    kind = machines[0].type
    yield Meter(
        PROD,
        EC2,
        f"BoxUsage:{kind.name}",
        "Hrs",
        -kind.rate,
        quantity=len(machines),
        operation="RunInstances",
        description=f"SavingsPlanNegation used by AccountId : {PROD} and UsageSku : {short_hash(kind.name)}",
        line_type="SavingsPlanNegation",
        instance_type=kind.name,
        plan="negation",
    )
    yield Meter(
        PAYER,
        PLANS,
        "ComputeSP:1yrNoUpfront",
        "Hrs",
        float(stories.PLAN_COMMITMENT),
        description="1 year No Upfront Compute Savings Plan",
        line_type="SavingsPlanRecurringFee",
        resource=PLAN_ARN,
        plan="fee",
        used=len(machines) * float(stories.PLAN_RATE),
    )


def _volumes(layout: Layout) -> Iterator[Meter]:
    """One volume of weights per pool: GB-months by the hour."""
    pools: dict[str, Pool] = {m.pool.name: m.pool for m in layout.machines if m.pool.provider == "AWS"}
    for pool in pools.values():
        size = 400 * layout.size(pool.name)
        yield Meter(
            pool.account,
            EC2,
            "EBS:VolumeUsage.gp3",
            "GB-Mo",
            0.08,
            quantity=size / 720,
            start=pool.start,
            end=pool.end,
            operation="CreateVolume-Gp3",
            description="$0.08 per GB-month of General Purpose (gp3) provisioned storage",
            family="Storage",
            resource=f"vol-0{short_hash('volume', pool.name, length=16)}",
            tags=_tags(pool.team, f"{pool.name}-weights"),
        )


def _storage() -> Iterator[Meter]:
    buckets = (
        (PROD, "pelagia-model-registry", 42_000, "platform"),
        (PROD, "pelagia-embeddings", 96_000, "search"),
        (PROD, "pelagia-prompt-logs", 61_000, None),
        (RESEARCH, "pelagia-training-data", 310_000, "research"),
    )
    for account, bucket, gigabytes, team in buckets:
        yield Meter(
            account,
            S3,
            "TimedStorage-ByteHrs",
            "GB-Mo",
            0.022,
            quantity=gigabytes / 30,
            every="day",
            operation="StandardStorage",
            description="$0.022 per GB - next 450 TB / month of storage used",
            family="Storage",
            resource=bucket,
            tags=_tags(team, bucket),
            growth=0.2,
        )


def _egress(layout: Layout) -> Iterator[Meter]:
    first = {machine.pool.name: machine for machine in reversed(layout.machines)}
    for pool, gigabytes in (("chat", 95.0), ("ads", 40.0), ("rerank", 25.0), ("assist", 30.0)):
        yield Meter(
            PROD,
            EC2,
            "DataTransfer-Out-Bytes",
            "GB",
            0.09,
            quantity=gigabytes,
            operation="RunInstances",
            description="$0.090 per GB - first 10 TB / month data transfer out beyond the global free tier",
            family="Data Transfer",
            resource=first[pool].resource_id,
            tags=_tags(first[pool].pool.team, pool),
            shape="retail",
        )


def _gateways() -> Iterator[Meter]:
    nat = f"arn:aws:ec2:us-east-1:{PROD}:natgateway/nat-0{short_hash('nat', length=16)}"
    hours = Meter(PROD, EC2, "NatGateway-Hours", "Hrs", 0.045, operation="NatGateway", resource=nat)
    yield hours
    yield replace(hours, usage_type="NatGateway-Bytes", unit="GB", quantity=180.0, shape="retail")
    balancer = (
        f"arn:aws:elasticloadbalancing:us-east-1:{PROD}:loadbalancer/app/{short_hash('alb', length=16)}"
    )
    yield Meter(
        PROD,
        ELB,
        "LoadBalancerUsage",
        "Hrs",
        0.0225,
        operation="LoadBalancing:Application",
        family="Load Balancer-Application",
        resource=balancer,
    )
    yield Meter(
        PROD,
        VPC,
        "PublicIPv4:InUseAddress",
        "Hrs",
        0.005,
        quantity=12,
        operation="AllocateAddressVPC",
        family="VpcPublicIPv4Address",
    )


def _managed_model() -> Iterator[Meter]:
    """One model that AWS serves, in thousands of tokens an hour, by the version that was in use."""
    ends = [*(version.start for version in MANAGED_VERSIONS[1:]), float(stories.DAYS)]
    for version, end in zip(MANAGED_VERSIONS, ends, strict=True):
        label = version.name.replace(".", "_")
        profile = f"application-inference-profile/{short_hash(MANAGED_MODEL, label, length=12)}"
        for direction, rate, thousands in (("input", 0.003, 5200.0), ("output", 0.015, 640.0)):
            yield Meter(
                PROD,
                BEDROCK,
                f"USE1-ClaudeSonnet{label}-{direction}-tokens",
                "1K tokens",
                rate,
                quantity=thousands,
                start=version.start,
                end=end,
                operation="InvokeModelInference",
                description=f"${rate} per 1K {direction} tokens for Claude Sonnet {version.name}",
                family="Amazon Bedrock",
                resource=f"arn:aws:bedrock:us-east-1:{PROD}:{profile}",
                tags=_tags("support", "ticket-triage")
                | {"user_model": MANAGED_MODEL, "user_model_version": version.name},
                shape="office",
                growth=0.6,
            )


def _cluster_and_support() -> Iterator[Meter]:
    cluster = f"arn:aws:eks:us-east-1:{PROD}:cluster/inference-prod"
    yield Meter(
        PROD,
        EKS,
        "USE1-AmazonEKS-Hours:perCluster",
        "Hours",
        0.10,
        operation="CreateOperation",
        family="Compute",
        resource=cluster,
        tags=_tags("platform", "inference-prod"),
    )
    yield Meter(
        PROD,
        ECR,
        "TimedStorage-ByteHrs",
        "GB-Mo",
        0.10,
        quantity=2400 / 30,
        every="day",
        family="EC2 Container Registry",
        resource="pelagia/vllm",
    )
    yield Meter(
        PAYER,
        SUPPORT,
        "Dollar",
        "Dollar",
        21_500.0,
        every="month",
        description="AWS Support (Business), tiered share of the month's usage",
    )


def _tax_credit_refund() -> Iterator[Meter]:
    for account, amount in ((PROD, 4_118.27), (RESEARCH, 1_502.66)):
        yield Meter(
            account,
            EC2,
            "",
            "",
            amount,
            every="month",
            line_type="Tax",
            description="Tax for product code AmazonEC2",
        )
    yield Meter(
        PROD,
        EC2,
        "BoxUsage:p5.48xlarge",
        "",
        -4_000.0,
        every="once",
        start=57,
        line_type="Credit",
        operation="RunInstances",
        description="Migration credit",
    )
    yield Meter(
        PROD,
        S3,
        "TimedStorage-ByteHrs",
        "",
        -812.40,
        every="once",
        start=70,
        line_type="Refund",
        description="Refund for storage charged twice in August",
    )


def _outside() -> Iterator[Meter]:
    """What the marketplace itself runs on: on the same bill, not AI."""
    hourly = (
        (RDS, "rds", "InstanceUsage:db.r6g.4xlarge", 2.07, 2),
        (REDSHIFT, "redshift", "Node:ra3.4xlarge", 3.26, 4),
        (CACHE, "elasticache", "NodeUsage:cache.r6g.xlarge", 0.411, 3),
    )
    for service, short, usage_type, rate, count in hourly:
        for number in range(count):
            arn = f"arn:aws:{short}:us-east-1:{PROD}:cluster/{short_hash(short, number, length=8)}"
            yield Meter(PROD, service, usage_type, "Hrs", rate, resource=arn)
    daily = (
        (DYNAMO, "ReadRequestUnits", "ReadRequestUnits", 2.5e-7, 1.9e9),
        (CLOUDFRONT, "US-Requests-Tier2-HTTPS", "Requests", 1e-6, 4.6e8),
        (LAMBDA, "Lambda-GB-Second", "Second", 1.66667e-5, 2.1e7),
        (CLOUDWATCH, "CW:MetricMonitorUsage", "Metrics", 0.1, 480.0),
    )
    for service, usage_type, unit, rate, quantity in daily:
        yield Meter(PROD, service, usage_type, unit, rate, quantity=quantity, every="day", growth=0.1)
    yield Meter(
        PROD,
        CLOUDWATCH,
        "DataProcessing-Events",
        "GB",
        float(stories.LATE_LINE),
        every="once",
        start=day_index(stories.LATE_LINE_DAY),
        late=True,
        description="Log events, metered late",
    )
