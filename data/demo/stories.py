"""The planted stories: the constants that the generator builds from, and the answers, worked out by hand.

Nothing here is measured through the product. STORIES.md tells each one and names the page that must show it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

FIRST_DAY = date(2026, 8, 3)  # a Monday
DAYS = 90  # the last day is 2026-10-31
HOURS = DAYS * 24


def day_index(day: date) -> int:
    """Days since FIRST_DAY: the unit in which the estate's lives and deployments are written."""
    return (day - FIRST_DAY).days


# 1 · A p5.48xlarge of the research account, forgotten since day 61.
FORGOTTEN_SINCE = date(2026, 10, 2)
FORGOTTEN_RATE = Decimal("55.04")
FORGOTTEN_GPUS = 8
FORGOTTEN_DAYS = 30
FORGOTTEN_COST = FORGOTTEN_DAYS * 24 * FORGOTTEN_RATE  # 39,628.80

# 2 · A version that serves 0.3 % of its model's requests on 8 GPUs.
STALE_MODEL, STALE_VERSION = "support-chat-70b", "2.4"
STALE_SHARE = 0.003
STALE_GPUS = 8
STALE_RATE = Decimal("21.957642")
STALE_COST = HOURS * STALE_RATE  # 47,428.506720

# 3 · Replicas 21 -> 29 while requests and price stood still: cost per inference rises 38.1 %.
OVERSCALED_MODEL = "search-rerank-7b"
OVERSCALED_SINCE = date(2026, 10, 17)
OVERSCALED_DAYS = 15  # the last 15 days against the 15 before
OVERSCALED_BEFORE, OVERSCALED_AFTER = 21, 29
OVERSCALED_RATE = Decimal("0.8048")
OVERSCALED_DAILY_REQUESTS = 1_500_000
OVERSCALED_COST_BEFORE = OVERSCALED_BEFORE * OVERSCALED_RATE * 24 * OVERSCALED_DAYS  # 6,084.288
OVERSCALED_COST_AFTER = OVERSCALED_AFTER * OVERSCALED_RATE * 24 * OVERSCALED_DAYS  # 8,402.112
OVERSCALED_RISE = Decimal(OVERSCALED_AFTER) / Decimal(OVERSCALED_BEFORE) - 1  # 0.380952…

# 4 · A compute savings plan of $50 an hour; two p4de at $20 an hour use $40 of it, every hour.
PLAN_COMMITMENT = Decimal("50.00")
PLAN_RATE = Decimal("20.00")
PLAN_MACHINES = 2
PLAN_UNUSED_SHARE = 1 - PLAN_MACHINES * PLAN_RATE / PLAN_COMMITMENT  # 0.2
PLAN_FEE = HOURS * PLAN_COMMITMENT  # 108,000.00
PLAN_UNUSED = HOURS * (PLAN_COMMITMENT - PLAN_MACHINES * PLAN_RATE)  # 21,600.00

# 5 · A g5.48xlarge that is billed for all 90 days and never seen by telemetry.
UNSEEN_RATE = Decimal("16.288")
UNSEEN_GPUS = 8
UNSEEN_COST = HOURS * UNSEEN_RATE  # 35,182.08

# 6 · September, delivered twice: a late line, and the rate of three g5.12xlarge put right (5.572 -> 5.672).
RESTATED_MONTH = date(2026, 9, 1)
LATE_LINE = Decimal("1234.56")
LATE_LINE_DAY = date(2026, 9, 30)
WRONG_RATE, RIGHT_RATE = Decimal("5.572"), Decimal("5.672")
RESTATED_MACHINES = 3
RESTATED_BY = LATE_LINE + 30 * 24 * RESTATED_MACHINES * (RIGHT_RATE - WRONG_RATE)  # 1,450.56

# 7 · One day's burst: 40 g6.12xlarge for 24 hours of re-embedding.
SPIKE_DAY = date(2026, 10, 7)
SPIKE_MACHINES = 40
SPIKE_RATE = Decimal("4.6016")
SPIKE_COST = SPIKE_MACHINES * 24 * SPIKE_RATE  # 4,417.536

# 8 · A job that simmers at 3 % from 20:00 to 08:00 UTC and works at 60 % by day: idle at 5 %, never at 1 %.
SIMMER_GPUS = 8
SIMMER_NIGHT_HOURS = 12  # 20:00–08:00, every one of the 90 days
SIMMER_BY_NIGHT, SIMMER_BY_DAY = 0.03, 0.60
SIMMER_RATE = Decimal("21.957642")
SIMMER_GPU_HOURS = DAYS * SIMMER_NIGHT_HOURS * SIMMER_GPUS  # 8,640
SIMMER_COST = SIMMER_GPU_HOURS * SIMMER_RATE / SIMMER_GPUS  # 23,714.253360
