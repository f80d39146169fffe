"""A change of a product, taken apart into its factors without a rest: the additive log-mean Divisia index (LMDI-I).

Each factor's part is L(before, now) · ln(factor now ÷ factor before), where L is the logarithmic mean of the two
products. The parts sum to the change, and exchanging the periods turns every sign (Ang, Energy Policy 33, 2005).
"""

from __future__ import annotations

import math
from collections.abc import Mapping


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean of two positive numbers, (b − a) ÷ ln(b ÷ a); a where they are equal."""
    return a if math.isclose(a, b, rel_tol=1e-12) else (b - a) / math.log(b / a)


def take_apart(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """What each factor did to the product of all of them. Raises ValueError unless all factors of both periods are
    positive."""
    if not all(value > 0 for value in (*before.values(), *now.values())):
        raise ValueError(
            f"A factor is not positive: {dict(before)} → {dict(now)}; only positive factors can be taken apart."
        )
    mean = log_mean(math.prod(before.values()), math.prod(now.values()))
    return {name: mean * math.log(now[name] / before[name]) for name in before}
