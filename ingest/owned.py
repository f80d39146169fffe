"""Machines that a company owns: what inferledger.toml says of one, and what an hour of it costs, to the last digit."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from pydantic import BaseModel, ConfigDict, Field, model_validator

DIGITS = Decimal("1e-12")  # of one stored amount
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
HOUR = timedelta(hours=1)


class OwnedMachine(BaseModel):
    """[[sources.NAME.machine]]. Money in the source's currency; power by its draw, or as a flat monthly figure."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    resource: str = Field(min_length=1, description="Its name, as on an invoice.")
    gpu_model: str = Field(min_length=1)
    gpu_count: int = Field(ge=1)
    purchase_price: Decimal = Field(ge=0, max_digits=24, decimal_places=12)
    purchase_date: date
    life_months: int = Field(ge=1, le=240)
    retired: date | None = Field(
        None,
        description="The first day on which it costs nothing any more; unset: it is in service.",
        examples=[date(2030, 1, 15)],
    )
    watts: Decimal | None = Field(
        None, ge=0, description="Drawn on average, at the socket; goes with energy_price.", examples=[7200]
    )
    pue: Decimal = Field(Decimal(1), ge=1, description="Energy of the building ÷ energy of the machine.")
    energy_price: Decimal | None = Field(None, ge=0, description="Per kWh.", examples=["0.21"])
    power_per_month: Decimal | None = Field(
        None,
        ge=0,
        max_digits=24,
        decimal_places=12,
        description="Instead of watts and energy_price.",
        examples=["1400.00"],
    )
    space_per_month: Decimal | None = Field(
        None, ge=0, max_digits=24, decimal_places=12, description="Rack space.", examples=["350.00"]
    )
    node: str | None = Field(
        None, description="What telemetry calls it; unset: as resource.", examples=["gpu-07"]
    )
    region: str | None = Field(None, description="Where it stands.", examples=["frankfurt"])
    team: str | None = Field(None, description="Whose it is.", examples=["research"])

    @model_validator(mode="after")
    def _told_once(self) -> OwnedMachine:
        if (self.watts is None) != (self.energy_price is None):
            raise ValueError("watts and energy_price go together: say both, or power_per_month alone")
        if self.watts is not None and self.power_per_month is not None:
            raise ValueError("power is told twice: by watts and by power_per_month; keep one of them")
        if self.retired and self.retired <= self.purchase_date:
            raise ValueError("retired must lie after purchase_date")
        return self


@dataclass(frozen=True)
class Charge:
    """What one component of a machine costs in one hour; UTC."""

    start: datetime
    component: str  # purchase, power, space
    cost: Decimal


def charges(machine: OwnedMachine, month: date, until: date) -> Iterator[Charge]:
    """Every hour's charges in a calendar month, up to `until` (exclusive).

    Shares telescope: the purchase lines of a whole life sum to the price, the flat lines of a whole month to the
    month's figure. After its life a machine in service costs its power and space, and 0 for the purchase.
    """
    bought, month_start = _midnight(machine.purchase_date), _midnight(month)
    month_end = _midnight(later(month, 1))
    life = _midnight(later(machine.purchase_date, machine.life_months)) - bought
    hour = max(bought, month_start)
    end = min(month_end, _midnight(until), _midnight(machine.retired) if machine.retired else month_end)
    while hour < end:
        yield Charge(hour, "purchase", _share(machine.purchase_price, hour - bought, life))
        if (power := _power(machine, hour - month_start, month_end - month_start)) is not None:
            yield Charge(hour, "power", power)
        if machine.space_per_month is not None:
            space = _share(machine.space_per_month, hour - month_start, month_end - month_start)
            yield Charge(hour, "space", space)
        hour += HOUR


def later(day: date, months: int) -> date:
    """The same day some months on; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _power(machine: OwnedMachine, since: timedelta, span: timedelta) -> Decimal | None:
    if machine.power_per_month is not None:
        return _share(machine.power_per_month, since, span)
    if machine.watts is None or machine.energy_price is None:
        return None
    kilowatts = EXACT.multiply(machine.watts, machine.pue) / 1000
    return EXACT.multiply(kilowatts, machine.energy_price).quantize(DIGITS, context=EXACT)


def _share(amount: Decimal, since: timedelta, span: timedelta) -> Decimal:
    """The hour's part of an amount spread over a span: the difference of two rounded running sums."""
    return _upto(amount, since + HOUR, span) - _upto(amount, since, span)


def _upto(amount: Decimal, since: timedelta, span: timedelta) -> Decimal:
    if since >= span:
        return amount
    passed, hours = Decimal(since // HOUR), Decimal(span // HOUR)
    return EXACT.divide(EXACT.multiply(amount, passed), hours).quantize(DIGITS, context=EXACT)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
