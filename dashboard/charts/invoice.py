"""The Invoice page's pictures: bars of a dimension over time, and the tree of who charged what."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme
from data.query.invoice import Bin, Explored

LEVELS = ("provider", "sub_account_id", "service_name", "resource_id")
SPANS: dict[Bin, pd.Timedelta] = {
    "day": pd.Timedelta(days=1),
    "week": pd.Timedelta(days=7),
    "month": pd.Timedelta(days=30),
}
SHADES = {
    1: ("#1F4E96", "#FFFFFF"),
    2: ("#2F66B8", "#FFFFFF"),
    3: ("#3871C8", "#FFFFFF"),
    4: ("#9CC4F4", "#10233F"),
}


def member_name(dimension: str, member: object, members: int = 0) -> str:
    """How a member reads; the others say how many they are."""
    if fmt.is_unknown(member):
        return f"others ({members:,})" if members else "others"
    return theme.rung_name(str(member)) if dimension == "rung" else str(member)


def bars(explored: Explored, dimension: str, currency: str, bin: Bin) -> go.Figure:
    """Stacked bars, the largest member at the axis, the others on top in grey; what is below zero hangs."""
    figure, sign = go.Figure(), fmt.symbol(currency)
    columns = ["member", "place", "members", "cost"]
    for member, place, members, cost in explored.members[columns].to_numpy(dtype=object):
        rows = explored.bins[explored.bins["place"] == place]
        name = member_name(dimension, member, members)
        figure.add_bar(
            x=rows["bin"].to_numpy(),
            y=rows["cost"].to_numpy(dtype="float64"),
            name=f"{fmt.shorten(name, 26)} {fmt.short_money(cost, currency)}",
            marker=_marker(dimension, member, place),
            hovertemplate=f"{sign}%{{y:,.0f}}<extra>{fmt.shorten(name, 40)}</extra>",
        )
    theme.dress(figure, unit=f"{currency} per {bin} (UTC)", height=420)
    figure.update_layout(barmode="relative")
    figure.update_yaxes(**theme.money_ticks())
    ticks = {"tickformat": "%b %Y", "dtick": "M1"} if bin == "month" else {"tickformat": "%b %-d"}
    figure.update_xaxes(**ticks, hoverformat="%b %Y" if bin == "month" else "%a %b %-d")
    theme.widen_lone_bar(figure, explored.bins["bin"], SPANS[bin])
    return figure


def _marker(dimension: str, member: object, place: int) -> dict[str, object]:
    if fmt.is_unknown(member) or member == "none":
        return {"color": theme.OTHER if fmt.is_unknown(member) else theme.NEUTRAL, "line": {"width": 0}}
    if dimension == "rung":
        return theme.rung_marker(str(member))
    return {"color": theme.SERIES[(place - 1) % len(theme.SERIES)], "line": {"width": 0}}


def node_id(path: tuple[str, ...]) -> str:
    """A node of the tree by its path; a name may hold a slash, so it is no separator."""
    return "\n".join(path)


def tree_nodes(tree: pd.DataFrame) -> pd.DataFrame:
    """id, parent, label, cost, level of every node above zero; a parent is the sum of the children that are drawn."""
    drawn = tree[tree["cost"] > 0]
    nodes: dict[tuple[str, ...], float] = {}
    for *place, resource, resources, cost in drawn[[*LEVELS, "resources", "cost"]].to_numpy(dtype=object):
        leaf = f"others ({resources:,})" if fmt.is_unknown(resource) else str(resource)
        path = (*map(str, place), leaf)
        for depth in range(1, len(path) + 1):
            nodes[path[:depth]] = nodes.get(path[:depth], 0.0) + float(cost)
    told = [
        {
            "id": node_id(path),
            "parent": node_id(path[:-1]),
            "label": path[-1],
            "cost": cost,
            "level": len(path),
        }
        for path, cost in nodes.items()
    ]
    return pd.DataFrame(told, columns=["id", "parent", "label", "cost", "level"])


def treemap(tree: pd.DataFrame, currency: str) -> go.Figure:
    """Provider → account → service → resource, area = cost."""
    nodes = tree_nodes(tree)
    figure = go.Figure(
        go.Treemap(
            ids=nodes["id"].tolist(),
            labels=[fmt.shorten(label, 34) for label in nodes["label"]],
            parents=nodes["parent"].tolist(),
            values=nodes["cost"].to_numpy(dtype="float64"),
            customdata=[
                [fmt.short_money(c, currency), n] for c, n in zip(nodes["cost"], nodes["label"], strict=True)
            ],
            branchvalues="total",
            texttemplate="%{label}<br>%{customdata[0]}",
            hovertemplate="%{customdata[1]}<br>%{customdata[0]}<extra></extra>",
            marker={"colors": _shades(nodes), "line": {"width": 1}, "pad": {"t": 22, "l": 3, "r": 3, "b": 3}},
            textfont={"color": _inks(nodes)},
            pathbar={"visible": True, "thickness": 22, "textfont": {"color": _inks(nodes)}},
            maxdepth=3,
            root={"color": "rgba(0,0,0,0)"},
        )
    )
    theme.dress(figure, legend=False, height=460)
    figure.update_layout(hovermode="closest", uniformtext={"minsize": 10, "mode": "hide"})
    return figure


def _shades(nodes: pd.DataFrame) -> list[str]:
    """One hue: cost is blue; a level deeper is lighter."""
    return [SHADES[level][0] for level in nodes["level"]]


def _inks(nodes: pd.DataFrame) -> list[str]:
    """What is legible on the shade, in either scheme."""
    return [SHADES[level][1] for level in nodes["level"]]
