"""What a company may decide about its own numbers; everything else is fixed by data/README.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EstateRule:
    """First match by priority wins. Patterns are SQL LIKE; class is one of machine, managed, storage, network,
    orchestration, support, commitment_fee, outside; component names the bar in the component stack."""

    priority: int
    provider: str
    service: str
    category: str
    usage: str
    klass: str
    component: str


@dataclass(frozen=True)
class ModelSettings:
    """Settings of the model. A change of any of them makes every month dirty.

    device_share: part of a GPU machine's price that its devices carry, 0 < share <= 1; the rest is `shared`.
    team_tags, model_tags, version_tags: tag keys in order of preference; the first one present on a line wins.
    rules: the company's own estate rules, asked before the shipped ones (data/reference/estate_rules.csv).
    source_order: telemetry and traffic sources, most trusted first; sources not named follow, of traffic the
        nearest to the model first, then the finest step.
    rate_max_age_days: days for which an exchange rate counts after its own, at least 0; an older one is no rate, and an
        amount that needs it is unknown. A monthly file needs 31; the bank's longest holidays are five days.
    """

    device_share: float = 1.0
    team_tags: tuple[str, ...] = ("team", "user_team", "user:team", "Team", "owner")
    model_tags: tuple[str, ...] = ("model", "user_model", "user:model", "model_name")
    version_tags: tuple[str, ...] = ("model_version", "user_model_version", "user:model_version", "version")
    rules: tuple[EstateRule, ...] = ()
    source_order: tuple[str, ...] = ()
    rate_max_age_days: int = 35

    def __post_init__(self) -> None:
        if not 0 < self.device_share <= 1:
            raise ValueError(
                f"device_share is {self.device_share}; it is the part of a GPU machine's price that its devices "
                "carry, above 0 and at most 1. Set [model] device_share in inferledger.toml, or leave it out for 1.0."
            )
        if self.rate_max_age_days < 0:
            raise ValueError(
                f"rate_max_age_days is {self.rate_max_age_days}; it is for how many days an exchange rate counts after "
                "its own, 0 or more. Set [model] rate_max_age_days in inferledger.toml, or leave it out for 35."
            )
