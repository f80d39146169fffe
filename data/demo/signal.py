"""How the estate moves: requests per lane, work per replica, busy fraction per device, every ten minutes.

Requests drive everything: busy = requests × seconds per request. All curves come from one seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property

import numpy as np
import numpy.typing as npt

from data.demo import stories
from data.demo.estate import LANES, ROUTER, Job, Lane, Shape
from data.demo.layout import Hold, Layout, deployments

Curve = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

SEED = 20260803
STEP_SECONDS = 600
STEPS_PER_DAY = 144
FULL = 0.75  # a packed replica takes no more than this before the next one is used


@dataclass(frozen=True)
class Calendar:
    """The last `days` of the 90, in ten-minute steps. Positions are counted from its own first step."""

    days: int = stories.DAYS

    @property
    def first_day(self) -> int:
        return stories.DAYS - self.days

    @property
    def steps(self) -> int:
        return self.days * STEPS_PER_DAY

    def position(self, day: float) -> int:
        """The step at which a day (since 2026-08-03) begins, cut to the calendar."""
        return min(max(round((day - self.first_day) * STEPS_PER_DAY), 0), self.steps)

    @cached_property
    def hours(self) -> Curve:
        """Hours since Monday 2026-08-03 00:00 UTC at each step."""
        return self.first_day * 24 + np.arange(self.steps) / 6

    @cached_property
    def times(self) -> Times:
        """Microseconds since 1970 at each step."""
        return micros(self.first_day) + np.arange(self.steps, dtype=np.int64) * STEP_SECONDS * 1_000_000


def micros(day: float) -> int:
    """Microseconds since 1970 at a day counted from 2026-08-03."""
    start = datetime.combine(stories.FIRST_DAY, time(), UTC)
    return (int(start.timestamp()) + round(day * 86_400)) * 1_000_000


def shape(kind: Shape, hours: Curve) -> Curve:
    """Relative load over a week whose mean is 1: retail peaks in the evening, office sleeps at weekends."""
    week = np.arange(0, 168, 1 / 6)
    return np.asarray(_raw_shape(kind, hours) / _raw_shape(kind, week).mean())


def _raw_shape(kind: Shape, hours: Curve) -> Curve:
    of_day = hours % 24
    weekend = (hours % 168) >= 120
    evening = 1 + 0.55 * np.cos(2 * np.pi * (of_day - 19) / 24)
    if kind == "retail":
        return evening * np.where(weekend, 1.15, 1.0)
    if kind == "flat":
        return evening
    if kind == "office":
        desk = np.clip(np.sin(np.pi * (of_day - 12) / 12), 0, None)
        return np.asarray(np.where(weekend, 0.06, 1.0) * desk)
    if kind == "nightly":
        return np.where((of_day >= 22) | (of_day < 6), 1.0, 0.0)
    return np.asarray(1 + 0.2 * np.cos(2 * np.pi * (of_day - 14) / 24))


@dataclass(frozen=True)
class Signals:
    """Every curve of the estate on the calendar's steps: requests per step, activity and signal 0..1."""

    layout: Layout
    calendar: Calendar

    def _random(self, *key: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([SEED, self.calendar.days, *key]))

    @cached_property
    def lane_requests(self) -> dict[Lane, Curve]:
        """Expected requests of each lane per step; zero outside the lane's life."""
        own = {lane: self._own_requests(place, lane) for place, lane in enumerate((*LANES, ROUTER))}
        for lane in LANES:
            if lane.share is not None:
                others = sum(curve for other, curve in own.items() if other.model.name == lane.model.name)
                own[lane] = others * lane.share / (1 - lane.share) * np.ones(self.calendar.steps)
        return own

    def _own_requests(self, place: int, lane: Lane) -> Curve:
        hours = self.calendar.hours
        scaled = lane.daily * self.layout.replicas(lane) / lane.replicas
        curve = scaled / STEPS_PER_DAY * shape(lane.model.shape, hours)
        curve = curve * (1 + lane.model.growth) ** (hours / 24 / stories.DAYS)
        if lane.model.shape != "flat":
            random = self._random(1, place)
            by_day = np.repeat(random.normal(1, 0.03, self.calendar.days), STEPS_PER_DAY)
            curve = curve * by_day * np.clip(random.normal(1, 0.04, self.calendar.steps), 0.8, 1.2)
        turns = list(deployments(lane))
        alive = np.zeros(self.calendar.steps)
        alive[self.calendar.position(turns[0].start) : self.calendar.position(turns[-1].end)] = 1
        return curve * alive

    def _effort(self, lane: Lane) -> Curve:
        """Replica-seconds of work per request at each step: it changes with the version."""
        curve = np.full(self.calendar.steps, lane.model.seconds)
        for turn in deployments(lane):
            a, b = self.calendar.position(turn.start), self.calendar.position(turn.end)
            curve[a:b] = lane.model.seconds * turn.version.effort
        return curve

    @cached_property
    def lane_activity(self) -> dict[Lane, Curve]:
        """Busy fraction of each replica: [replica, step]. A packed lane fills one replica after another."""
        return {lane: self._activity(lane) for lane in (*LANES, ROUTER)}

    def _activity(self, lane: Lane) -> Curve:
        replicas = self.layout.replicas(lane)
        work = self.lane_requests[lane] * self._effort(lane) / STEP_SECONDS
        if lane.model.router == "spread":
            return np.broadcast_to(work / replicas, (replicas, len(work))).copy()
        level = np.maximum(FULL, work / replicas)
        return np.clip(work - np.arange(replicas)[:, None] * level, 0, level)

    def replica_activity(self, hold: Hold) -> Curve:
        """Busy fraction of one serving pod per step, over its own life."""
        assert hold.deployment is not None, f"{hold.pod} serves nothing"
        a, b = self.calendar.position(hold.start), self.calendar.position(hold.end)
        return self.lane_activity[hold.deployment.lane][hold.replica, a:b]

    def replica_requests(self, hold: Hold) -> Curve:
        """Expected requests per step that one serving pod answers, over its own life."""
        assert hold.deployment is not None, f"{hold.pod} serves nothing"
        a, b = self.calendar.position(hold.start), self.calendar.position(hold.end)
        effort = self._effort(hold.deployment.lane)[a:b]
        return self.replica_activity(hold) * STEP_SECONDS / effort

    @cached_property
    def device_signal(self) -> Curve:
        """GR_ENGINE_ACTIVE of every device: [device, step]; at rest it is 0 but for sensor noise."""
        devices = len(self.layout.devices)
        noise = self._random(2).standard_normal((devices, self.calendar.steps), dtype=np.float32)
        signal = np.where(noise > 2.4, 0.001, 0.0)
        for hold in self.layout.holds:
            a, b = self.calendar.position(hold.start), self.calendar.position(hold.end)
            rows = slice(hold.devices.start, hold.devices.stop)
            activity = self._hold_activity(hold, a, b)
            jitter = 0.1 if hold.job and hold.job.work == "simmer" else 0.05
            busy = activity * (1 + jitter * np.clip(noise[rows, a:b], -2, 2))
            signal[rows, a:b] = np.where(activity > 0, np.clip(busy, 0, 1), signal[rows, a:b])
        self._silence_forgotten(signal)
        return np.asarray(np.round(signal, 4), dtype=np.float64)

    def _silence_forgotten(self, signal: Curve) -> None:
        since = self.calendar.position(stories.day_index(stories.FORGOTTEN_SINCE))
        rows = [
            row for row, device in enumerate(self.layout.devices) if device.machine.pool.name == "forgotten"
        ]
        signal[rows, since:] = 0.0

    def _hold_activity(self, hold: Hold, a: int, b: int) -> Curve:
        if hold.deployment:
            return self.replica_activity(hold)
        assert hold.job is not None, f"{hold.pod} is neither a deployment's nor a job's"
        return _job_activity(hold.job, self.calendar.hours[a:b])


def _job_activity(job: Job, hours: Curve) -> Curve:
    of_day = hours % 24
    weekday = (hours % 168) < 120
    if job.work == "training":  # a checkpoint every six hours stops the devices for one step
        return np.where(np.isclose(hours % 6, 0), 0.12, 0.93)
    if job.work == "experiment":
        return np.full(len(hours), 0.6)
    if job.work == "simmer":
        by_day = (of_day >= 8) & (of_day < 20)
        return np.where(by_day, stories.SIMMER_BY_DAY, stories.SIMMER_BY_NIGHT)
    return np.where(weekday & (of_day >= 15) & (of_day < 17), 0.3, 0.0)
