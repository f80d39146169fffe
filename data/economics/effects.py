"""Published effect sizes: bands to compare an assumption with, never a default (MODEL.md §8).

A fall in cost per unit of work by c means throughput up by 1 ÷ (1 - c) - 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SURVEY = "industry range collected in this project's model notes, primary source not recorded"


@dataclass(frozen=True)
class Effect:
    """A published range of one lever, as a change of that lever (0.5 = +50 %)."""

    lever: Literal["throughput", "price"]
    name: str
    low: float
    high: float
    source: str


def throughput_from_cost(cost_change: float) -> float:
    """The change of throughput that cuts the cost of a unit of work by `cost_change`: 1 ÷ 0.7 - 1."""
    return 1 / (1 + cost_change) - 1


EFFECTS = (
    Effect(
        "throughput",
        "Batching, KV cache, sharding: −30 to −60 % per token",
        throughput_from_cost(-0.30),
        throughput_from_cost(-0.60),
        SURVEY,
    ),
    Effect(
        "throughput",
        "Quantisation: −50 to −75 % memory and compute",
        throughput_from_cost(-0.50),
        throughput_from_cost(-0.75),
        SURVEY,
    ),
    Effect(
        "throughput",
        "Paged KV cache: 2 to 4 × the requests at the same latency",
        1.0,
        3.0,
        "Kwon et al., Efficient Memory Management for Large Language Model Serving with PagedAttention, SOSP 2023: "
        "vLLM against FasterTransformer and Orca",
    ),
    Effect(
        "throughput",
        "Batch instead of real time: −40 to −60 % per unit of work",
        throughput_from_cost(-0.40),
        throughput_from_cost(-0.60),
        SURVEY + "; a second source says −70 to −80 % per token",
    ),
    Effect(
        "price",
        "One- or three-year savings plan: up to −72 % off On-Demand",
        -0.72,
        0.0,
        "AWS, Savings Plans User Guide: for one instance family in one region; up to −66 % for any",
    ),
)
