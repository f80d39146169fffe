"""What a month costs against how many requests it has: the steps of self-hosting, the lines of APIs."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme
from data.economics.switch_over import SelfHost, outline
from data.query.switch_over import Offer, Workload

FAR = 30  # costs that lie further apart than this are drawn on logarithmic axes


def switch_over(
    model: str, work: Workload, host: SelfHost, offers: Sequence[Offer], currency: str
) -> go.Figure:
    """Known offers, the cheapest first. Solid where volumes were measured, dashed beyond; a dot is what was measured, a
    diamond where self-hosting begins to stay cheaper."""
    known = [offer for offer in offers if offer.is_known]
    costs = [work.measured.monthly_cost, *(offer.cost.monthly(work.volume) or 0.0 for offer in known)]
    wide = max(costs) > FAR * max(min(costs), 1e-9)
    low, high = work.range
    reach = _reach(work, known, wide)
    start = low / 10 if wide else 0.0
    figure = go.Figure()
    figure.add_vrect(x0=low, x1=high, fillcolor="rgba(128,138,152,0.10)", line_width=0, layer="below")
    name = f"self-host {fmt.shorten(model, 22)}"
    for begin, end, dash in ((start, low, "dot"), (low, high, "solid"), (high, reach, "dot")):
        if end > begin:
            _line(figure, outline(host, begin, end), name, theme.COST, dash, 3, legend=dash == "solid")
    for place, offer in enumerate(known):
        ends = [(v, offer.cost.monthly(v) or 0.0) for v in (start, work.volume, reach)]
        colour = theme.SERIES[(place + 1) % len(theme.SERIES)]
        _line(figure, ends, fmt.shorten(offer.price.name, 30), colour, "solid", 2)
    _marks(figure, work, host, known, (start, reach))
    theme.dress(figure, unit=f"{currency} a month", height=400)
    figure.update_layout(hovermode="closest", legend={"y": -0.2})
    figure.update_xaxes(title={"text": "requests a month", "font": {"size": 11}}, tickformat="~s")
    figure.update_yaxes(**theme.money_ticks())
    if wide:
        figure.update_xaxes(type="log", dtick="D2")
        figure.update_yaxes(type="log", dtick="D2")
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure


def _reach(work: Workload, known: Sequence[Offer], wide: bool) -> float:
    """The right end: beyond what was measured, and as far as the first offer's crossing where that is not far off."""
    high = max(work.range[1], work.volume)
    reach = high * (3 if wide else 1.25)
    crossing = known[0].switch.volume if known and known[0].switch else None
    return max(reach, 1.15 * crossing) if crossing and crossing < 5 * high else reach


def _line(
    figure: go.Figure, points: Sequence[tuple[float, float]], name: str, colour: str, dash: str, width: int,
    *, legend: bool = True,
) -> None:  # fmt: skip
    figure.add_scatter(
        x=[volume for volume, _ in points], y=[cost for _, cost in points], name=name, mode="lines",
        legendgroup=name, showlegend=legend, line={"color": colour, "width": width, "dash": dash},
        hovertemplate=f"{name}<br>%{{x:.4s}} requests: %{{y:$,.3s}} a month<extra></extra>",
    )  # fmt: skip


def _marks(
    figure: go.Figure, work: Workload, host: SelfHost, known: Sequence[Offer], seen: tuple[float, float]
) -> None:
    figure.add_scatter(
        x=[work.volume], y=[work.measured.monthly_cost], mode="markers+text", text=["measured"],
        textposition="top left", showlegend=False, marker={"color": theme.COST, "size": 12},
        hovertemplate="measured: %{x:.4s} requests, %{y:$,.3s} a month<extra></extra>",
    )  # fmt: skip
    crossings = [
        (offer.switch.volume, offer.price.name)
        for offer in known
        if offer.switch and offer.switch.volume and seen[0] <= offer.switch.volume <= seen[1]
    ]
    if crossings:
        figure.add_scatter(
            x=[volume for volume, _ in crossings],
            y=[host.monthly(volume) for volume, _ in crossings],
            mode="markers+text", text=[fmt.short_count(volume) for volume, _ in crossings],
            textposition="bottom right", showlegend=False, customdata=[name for _, name in crossings],
            marker={"color": theme.GOOD, "size": 12, "symbol": "diamond"},
            hovertemplate="self-hosting stays cheaper than %{customdata} from %{x:.4s} requests<extra></extra>",
        )  # fmt: skip
