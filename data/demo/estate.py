"""What the invented company owns: machines it rents, models it serves, jobs it runs. Tables only.

Pelagia is an online marketplace. Lives and rollouts are written in days since 2026-08-03 (stories.FIRST_DAY),
prices in USD per hour on demand. layout.py puts pods on devices; signal.py makes them work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.demo import stories
from data.demo.stories import day_index

COMPANY = "Pelagia"
PAYER, PROD, RESEARCH = "100000000001", "100000000011", "100000000012"
ACCOUNT_NAMES = {PAYER: "pelagia-payer", PROD: "pelagia-prod", RESEARCH: "pelagia-research"}
GCP_BILLING_ACCOUNT, GCP_PROJECT = "01AAAA-BBBBBB-CCCCCC", "inference-prod"
AWS_REGION, GCP_REGION = "us-east-1", "europe-west4"

Provider = Literal["AWS", "GCP"]
Shape = Literal["retail", "office", "flat", "nightly", "steady"]
Router = Literal["packed", "spread"]
Mode = Literal["real time", "batch"]


@dataclass(frozen=True)
class Gpu:
    name: str  # as DCGM's modelName says it
    memory_mib: int
    idle_watts: float
    full_watts: float


L4 = Gpu("NVIDIA L4", 22888, 17, 72)
A10G = Gpu("NVIDIA A10G", 22888, 18, 150)
A100_40 = Gpu("NVIDIA A100-SXM4-40GB", 40960, 50, 400)
A100_80 = Gpu("NVIDIA A100-SXM4-80GB", 81920, 55, 400)
H100 = Gpu("NVIDIA H100 80GB HBM3", 81559, 68, 690)


@dataclass(frozen=True)
class InstanceType:
    """A machine type; rate is AWS's on-demand price (GCP's is the sum of its SKUs, in gcp.py)."""

    name: str
    gpu: Gpu
    gpus: int
    vcpus: int
    memory_gib: int
    rate: float = 0.0
    disk_gib: int = 0


G6 = InstanceType("g6.xlarge", L4, 1, 4, 16, float(stories.OVERSCALED_RATE))
G6_12 = InstanceType("g6.12xlarge", L4, 4, 48, 192, float(stories.SPIKE_RATE))
G5_12 = InstanceType("g5.12xlarge", A10G, 4, 48, 192, float(stories.RIGHT_RATE))
G5_48 = InstanceType("g5.48xlarge", A10G, 8, 192, 768, float(stories.UNSEEN_RATE))
P4D = InstanceType("p4d.24xlarge", A100_40, 8, 96, 1152, float(stories.STALE_RATE))
P4DE = InstanceType("p4de.24xlarge", A100_80, 8, 96, 1152, 27.44705)
P5 = InstanceType("p5.48xlarge", H100, 8, 192, 2048, float(stories.FORGOTTEN_RATE))
G2_12 = InstanceType("g2-standard-12", L4, 1, 12, 48, disk_gib=200)
G2_96 = InstanceType("g2-standard-96", L4, 8, 96, 384, disk_gib=800)
A2_8 = InstanceType("a2-highgpu-8g", A100_40, 8, 96, 680, disk_gib=1000)
A3_8 = InstanceType("a3-highgpu-8g", H100, 8, 208, 1872, disk_gib=6000)


@dataclass(frozen=True)
class Pool:
    """Machines of one type, bought in one way. team None = untagged; seen False = no exporter there."""

    name: str
    type: InstanceType
    machines: int
    account: str
    team: str | None
    start: float = 0
    end: float = stories.DAYS
    market: Literal["on demand", "spot", "savings plan"] = "on demand"
    seen: bool = True

    @property
    def provider(self) -> Provider:
        return "GCP" if self.account == GCP_PROJECT else "AWS"


POOLS = (
    Pool("rerank", G6, stories.OVERSCALED_BEFORE, PROD, "search"),
    Pool(
        "rerank-surge",
        G6,
        stories.OVERSCALED_AFTER - stories.OVERSCALED_BEFORE,
        PROD,
        "search",
        start=day_index(stories.OVERSCALED_SINCE),
    ),
    Pool("embed", G6_12, 5, PROD, "search"),
    Pool(
        "reembed",
        G6_12,
        stories.SPIKE_MACHINES,
        PROD,
        "search",
        start=day_index(stories.SPIKE_DAY),
        end=day_index(stories.SPIKE_DAY) + 1,
    ),
    Pool("ads", G5_12, stories.RESTATED_MACHINES, PROD, "ads"),
    Pool("vision", G5_12, 3, PROD, "catalog", market="spot"),
    Pool("moderation", G5_48, 1, PROD, "trust"),
    Pool("unseen", G5_48, 1, PROD, None, seen=False),
    Pool("extract", P4DE, stories.PLAN_MACHINES, PROD, "catalog", market="savings plan"),
    Pool("assist", P4D, 3, PROD, "platform"),
    Pool("chat-legacy", P4D, 1, PROD, "support"),
    Pool("chat", P5, 3, PROD, "support"),
    Pool("planner", P5, 2, PROD, "platform"),
    Pool("forgotten", P5, 1, RESEARCH, "research"),
    Pool("training", P5, 4, RESEARCH, "research"),
    Pool("simulation", P4D, 1, RESEARCH, None),
    Pool("translate", G2_12, 8, GCP_PROJECT, "catalog"),
    Pool("translate-long", G2_96, 1, GCP_PROJECT, None),
    Pool("assist-eu", A2_8, 2, GCP_PROJECT, "platform"),
    Pool("chat-eu", A3_8, 2, GCP_PROJECT, "support"),
    Pool("planner-eu", A3_8, 3, GCP_PROJECT, "platform"),
)


@dataclass(frozen=True)
class Model:
    """What one request of a model costs in work and tokens, and how its traffic moves.

    gpus: per replica. seconds: replica-seconds of work per request, so busy fraction = requests per second ×
    seconds ÷ replicas. latency: median end-to-end seconds. growth: of daily requests over 90 days.
    router: packed fills one replica after another, spread loads all alike.
    """

    name: str
    team: str
    gpus: int
    seconds: float
    latency: float
    prompt_tokens: int
    output_tokens: int = 0
    cached: float = 0.0
    shape: Shape = "retail"
    growth: float = 0.0
    router: Router = "packed"


RERANK = Model("search-rerank-7b", "search", 1, 0.5, 0.22, 820, shape="flat")
EMBED = Model("embed-large", "search", 1, 0.3, 0.08, 260, growth=0.25)
REEMBED = Model("embed-large", "search", 4, 0.1, 0.4, 310, shape="steady", router="spread")
ADS = Model("ads-copy-8b", "ads", 1, 0.6, 1.9, 540, 120, 0.25, growth=0.4)
VISION = Model("product-vision-11b", "catalog", 2, 1.5, 6.0, 1900, 180, shape="nightly", growth=0.1)
MODERATION = Model("moderation-8b", "trust", 1, 0.25, 0.35, 380, 6, 0.7, growth=0.2)
EXTRACT = Model("catalog-extract-32b", "catalog", 4, 2.0, 11.0, 3800, 700, shape="steady", growth=0.15)
ASSIST = Model("code-assist-34b", "platform", 4, 0.8, 1.6, 2100, 140, 0.5, "office", 0.3)
CHAT = Model("support-chat-70b", "support", 4, 0.35, 4.2, 1450, 310, 0.35, growth=0.3)
PLANNER = Model("agent-planner-405b", "platform", 8, 0.3, 9.5, 5200, 620, 0.6, growth=0.5, router="spread")
TRANSLATE = Model("translate-9b", "catalog", 1, 0.3, 0.9, 410, 390, 0.1, growth=0.1, router="spread")
TRANSLATE_LONG = Model("translate-9b", "catalog", 2, 1.2, 7.0, 5200, 4900, 0.05, "office")
INTENT = Model("intent-router-1b", "support", 0, 0.02, 0.06, 90, 2, growth=0.2, router="spread")


@dataclass(frozen=True)
class Version:
    """One version's turn on a lane; effort scales the model's seconds per request."""

    name: str
    start: float = 0
    effort: float = 1.0


@dataclass(frozen=True)
class Lane:
    """Replicas of one model on one pool, taking turns of versions.

    daily: requests on an average day at the start. tail: the lane keeps the pool's last replicas for itself.
    share: where set, its requests are that share of the whole model's, whatever they are.
    """

    model: Model
    pool: str
    replicas: int
    endpoint: str
    daily: float
    versions: tuple[Version, ...]
    mode: Mode = "real time"
    prefix: str = ""
    tail: bool = False
    share: float | None = None


def _turns(*turns: tuple[str, float, float]) -> tuple[Version, ...]:
    return tuple(Version(*turn) for turn in turns)


_MODERATION_TURNS = _turns(("6.0", 0, 1.1), ("6.1", 30, 1.0), ("6.2", 61, 0.95))
_ASSIST_TURNS = _turns(("0.9", 0, 1.2), ("1.0", 16, 1.05), ("1.1", 52, 1.0))
_CHAT_TURNS = _turns(("3.0", 0, 1.1), ("3.1", 24, 1.0), ("3.2", 55, 0.95))
_SURGE = (Version("1.9", day_index(stories.OVERSCALED_SINCE)),)
_REEMBED = (Version("3.0-rc1", day_index(stories.SPIKE_DAY)),)

LANES = (
    Lane(
        RERANK,
        "rerank",
        stories.OVERSCALED_BEFORE,
        "search-rerank",
        stories.OVERSCALED_DAILY_REQUESTS,
        _turns(("1.8", 0, 1.1), ("1.9", 21, 1.0)),
    ),
    # The gateway's upstream list never learned of these eight: they hold a GPU each and answer nothing.
    Lane(
        RERANK,
        "rerank-surge",
        stories.OVERSCALED_AFTER - stories.OVERSCALED_BEFORE,
        "search-rerank",
        0,
        _SURGE,
    ),
    Lane(
        EMBED,
        "embed",
        18,
        "embeddings",
        1_280_000,
        _turns(("1.5", 0, 1.15), ("2.0", 14, 1.0), ("2.1", 49, 0.9)),
    ),
    Lane(REEMBED, "reembed", stories.SPIKE_MACHINES, "embeddings-batch", 25_200_000, _REEMBED, mode="batch"),
    Lane(
        ADS,
        "ads",
        12,
        "ads-copy",
        420_000,
        _turns(("4.1", 0, 1.1), ("4.2", 18, 1.05), ("4.3", 40, 1.0), ("4.4", 66, 0.85)),
    ),
    Lane(
        VISION,
        "vision",
        6,
        "product-vision",
        60_000,
        _turns(("1.0", 0, 1.0), ("1.1", 25, 0.95), ("1.2", 58, 0.9)),
        mode="batch",
    ),
    Lane(MODERATION, "moderation", 7, "moderation", 700_000, _MODERATION_TURNS),
    Lane(
        MODERATION,
        "moderation",
        1,
        "moderation",
        45_000,
        (*_MODERATION_TURNS, Version("7.0-beta", 70, 1.3)),
        tail=True,
    ),
    Lane(
        EXTRACT,
        "extract",
        4,
        "catalog-extract",
        60_000,
        _turns(("2.2", 0, 1.1), ("2.3", 33, 1.0), ("2.4", 68, 0.9)),
        mode="batch",
    ),
    Lane(ASSIST, "assist", 5, "code-assist", 70_000, _ASSIST_TURNS),
    Lane(ASSIST, "assist", 1, "code-assist", 13_000, (*_ASSIST_TURNS, Version("1.2", 80, 0.9)), tail=True),
    Lane(
        ASSIST,
        "assist-eu",
        4,
        "code-assist-eu",
        45_000,
        _turns(("1.0", 0, 1.05), ("1.1", 59, 1.0)),
        prefix="eu-",
    ),
    Lane(CHAT, "chat", 5, "support-chat", 380_000, _CHAT_TURNS),
    Lane(CHAT, "chat", 1, "support-chat", 70_000, (*_CHAT_TURNS, Version("3.3-canary", 78, 0.9)), tail=True),
    Lane(
        CHAT,
        "chat-legacy",
        2,
        "support-chat-legacy",
        0,
        (Version(stories.STALE_VERSION, 0, 2.0),),
        share=stories.STALE_SHARE,
    ),
    Lane(
        CHAT,
        "chat-eu",
        4,
        "support-chat-eu",
        300_000,
        _turns(("3.0", 0, 1.1), ("3.1", 31, 1.0), ("3.2", 62, 0.95)),
        prefix="eu-",
    ),
    Lane(
        PLANNER,
        "planner",
        2,
        "agent-planner",
        150_000,
        _turns(("1.0", 0, 1.15), ("1.1", 28, 1.0), ("1.2", 63, 0.92)),
    ),
    Lane(
        PLANNER,
        "planner-eu",
        3,
        "agent-planner-eu",
        250_000,
        _turns(("1.0", 0, 1.15), ("1.1", 35, 1.0), ("1.2", 70, 0.92)),
        prefix="eu-",
    ),
    Lane(
        TRANSLATE,
        "translate",
        8,
        "translate",
        650_000,
        _turns(("5.0", 0, 1.1), ("5.1", 20, 1.0), ("5.2", 47, 0.95)),
    ),
    Lane(TRANSLATE_LONG, "translate-long", 4, "translate-long", 42_000, (Version("5.3-long"),)),
)

Work = Literal["training", "experiment", "simmer", "notebook"]


@dataclass(frozen=True)
class Job:
    """A holder without a deployed model; it keeps whole machines of a pool (first .. first + machines)."""

    name: str
    pool: str
    work: Work
    start: float = 0
    end: float = stories.DAYS
    first: int = 0
    machines: int = 1


JOBS = (
    Job("exp-longctx-sweep", "forgotten", "experiment", 0, day_index(stories.FORGOTTEN_SINCE)),
    Job("price-simulation", "simulation", "simmer"),
    Job("pretrain-catalog-v4", "training", "training", 0, 34.5, 0, 4),
    Job("pretrain-catalog-v5", "training", "training", 36.375, 78, 0, 4),
    Job("pretrain-catalog-v6", "training", "training", 78, 90, 0, 3),
    Job("notebook-vkim", "training", "notebook", 78, 90, 3, 1),
)

# The model that no accelerator serves: three machines without a GPU, and its two versions.
ROUTER_TYPE, ROUTER_RATE = "c7i.4xlarge", 0.714
ROUTER = Lane(INTENT, "router", 3, "intent-router", 2_400_000, _turns(("1.3", 0, 1.0), ("1.4", 30, 1.0)))

# The model that AWS serves: Bedrock, with a change of version on day 38.
MANAGED_MODEL = "claude-sonnet"
MANAGED_VERSIONS = _turns(("4", 0, 1.0), ("4.5", 38, 1.0))
