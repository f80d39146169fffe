"""Who sits where: the estate's machines, their devices, and the pods that hold them, at a scale."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from data.demo import stories
from data.demo.estate import (
    GCP_PROJECT,
    GCP_REGION,
    JOBS,
    LANES,
    POOLS,
    PROD,
    ROUTER,
    InstanceType,
    Job,
    Lane,
    Pool,
    Version,
)

POOL = {pool.name: pool for pool in POOLS}


def short_hash(*parts: object, length: int = 5) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:length]


@dataclass(frozen=True)
class Machine:
    """One rented machine: host is what telemetry calls it, resource_id what the bill calls it."""

    pool: Pool
    host: str
    resource_id: str

    @property
    def type(self) -> InstanceType:
        return self.pool.type


@dataclass(frozen=True)
class Device:
    machine: Machine
    slot: int  # 0 .. gpus - 1 on its machine
    uuid: str


@dataclass(frozen=True)
class Deployment:
    """What runs behind pods named `<name>-<hash>-<n>` from start to end (days)."""

    name: str
    lane: Lane
    version: Version
    start: float
    end: float


@dataclass(frozen=True)
class Hold:
    """One pod from start to end and the devices (rows of Layout.devices) that it keeps."""

    pod: str
    namespace: str
    container: str
    devices: range
    start: float
    end: float
    replica: int = 0
    deployment: Deployment | None = None
    job: Job | None = None


@dataclass(frozen=True)
class Layout:
    """The whole estate at scale 1.0; a smaller scale keeps at least one machine of each pool."""

    scale: float = 1.0

    @cached_property
    def machines(self) -> tuple[Machine, ...]:
        return tuple(_machine(pool, number) for pool in POOLS for number in range(self.size(pool.name)))

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        return tuple(
            Device(machine, slot, f"GPU-{uuid.uuid5(uuid.NAMESPACE_DNS, f'{machine.resource_id}/{slot}')}")
            for machine in self.machines
            for slot in range(machine.type.gpus)
        )

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        serving = (hold for lane in LANES for hold in self.lane_holds(lane))
        return (*serving, *(hold for job in JOBS for hold in self._job_holds(job)))

    @cached_property
    def router_machines(self) -> tuple[str, ...]:
        return tuple(f"i-0{short_hash('router', n, length=16)}" for n in range(ROUTER.replicas))

    @cached_property
    def _first_device(self) -> dict[str, int]:
        firsts: dict[str, int] = {}
        for row, device in enumerate(self.devices):
            firsts.setdefault(device.machine.pool.name, row)
        return firsts

    def size(self, pool: str) -> int:
        return max(1, round(POOL[pool].machines * self.scale))

    def _room(self, lane: Lane) -> int:
        """Replicas that the lane's pool has devices for."""
        return self.size(lane.pool) * POOL[lane.pool].type.gpus // lane.model.gpus

    def replicas(self, lane: Lane) -> int:
        if lane.model.gpus == 0 or lane.tail:
            return lane.replicas
        kept = sum(other.replicas for other in LANES if other.pool == lane.pool and other.tail)
        return min(lane.replicas, self._room(lane) - kept)

    def lane_holds(self, lane: Lane) -> Iterator[Hold]:
        """Pods of a lane: each replica's devices pass from version to version."""
        gpus = lane.model.gpus
        base = self._first_device[lane.pool] if gpus else 0
        if lane.tail:
            base += (self._room(lane) - lane.replicas) * gpus
        numbered = self._numbered_before(lane)
        for deployment in deployments(lane):
            for replica in range(self.replicas(lane)):
                first = base + replica * gpus
                yield Hold(
                    pod=f"{deployment.name}-{short_hash(deployment.name)}-{numbered + replica}",
                    namespace=lane.model.team,
                    container="vllm",
                    devices=range(first, first + gpus),
                    start=deployment.start,
                    end=deployment.end,
                    replica=replica,
                    deployment=deployment,
                )

    def _numbered_before(self, lane: Lane) -> int:
        """Replicas of the same model in earlier lanes: one deployment numbers its pods through."""
        earlier = LANES[: LANES.index(lane)] if lane in LANES else ()
        alike = (one for one in earlier if (one.model.name, one.prefix) == (lane.model.name, lane.prefix))
        return sum(self.replicas(one) for one in alike)

    def _job_holds(self, job: Job) -> Iterator[Hold]:
        gpus = POOL[job.pool].type.gpus
        for number in range(job.first, min(job.first + job.machines, self.size(job.pool))):
            first = self._first_device[job.pool] + number * gpus
            yield Hold(
                pod=f"{job.name}-{short_hash(job.name)}-{number}",
                namespace="research",
                container="main",
                devices=range(first, first + gpus),
                start=job.start,
                end=job.end,
                job=job,
            )


def deployments(lane: Lane) -> Iterator[Deployment]:
    """Each version's turn on a lane: from its start to the next one's, the last to the end of the pool."""
    last = POOL[lane.pool].end if lane.pool in POOL else stories.DAYS
    ends = [*(version.start for version in lane.versions[1:]), last]
    for version, end in zip(lane.versions, ends, strict=True):
        name = f"{lane.prefix}{lane.model.name}-v{version.name.replace('.', '-')}"
        yield Deployment(name, lane, version, version.start, end)


def _machine(pool: Pool, number: int) -> Machine:
    if pool.provider == "AWS":
        network = f"{11 if pool.account == PROD else 12}-{POOLS.index(pool)}"
        host = f"ip-10-{network}-{10 + number}.ec2.internal"
        return Machine(pool, host, f"i-0{short_hash(pool.name, number, length=16)}")
    host = f"gke-inference-{pool.name}-{short_hash(pool.name, number, length=4)}"
    path = f"projects/{GCP_PROJECT}/zones/{GCP_REGION}-b/instances/{host}"
    return Machine(pool, host, f"//compute.googleapis.com/{path}")
