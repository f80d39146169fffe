"""The one filter bar: widgets bound to the URL on one side, `Filters` on the other. Every page is asked
with the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import as_of
from dashboard import format as fmt
from data.filters import (
    BASES,
    COMPARES,
    PRESETS,
    VIEWS,
    Basis,
    Compare,
    Filters,
    View,
    is_calendar,
    preset_period,
)
from data.query.choices import Choices

BASIS_HELP = (
    "**busy**: time in which the model's devices worked, and managed inference · **allocated**: what the "
    "version holds, idle time included · **fully loaded**: also its share of unallocated devices, shared "
    "cost and unused commitments"
)
VIEW_HELP = (
    "**effective**: amortised – upfront fees spread over the hours they cover · **billed**: as invoiced · "
    "**contracted**: negotiated prices, before commitments · **list**: public prices"
)
CURRENCY_HELP = "What was billed in this currency; amounts in two of them are never added."
COMPARE_HELP = (
    "**Previous period**: as many days right before; of a month the month before · **A month, a year earlier**: "
    "the same days of the calendar · **Other days**: any. Every change that a page shows is against these days."
)
_STATE = "filters"
_REACH = "days with data"
_MISSED = "asked for by the URL and not offered"
_NAMED = " · "  # between an account's id and its name
LABELS = {
    "period": "period",
    "range": "days",
    "compare": "comparison",
    "compare-range": "days compared with",
    "basis": "cost basis",
    "provider": "provider",
    "account": "account",
    "team": "team",
    "model": "model",
    "view": "cost view",
    "currency": "currency",
}
_UNUSABLE_BEFORE = "sources without effective cost in the period before"


def show(choices: Choices, beside: Callable[[], None]) -> Filters:
    """Draw the bar, with `beside` at its end, and return what it asks for. An unknown value in the URL falls back to
    the default, by Streamlit's binding, and the page says so.
    """
    assert choices.first_day is not None
    assert choices.last_day is not None
    asked = _asked(choices)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        currency = _currency(choices.currencies)
        first_day, last_day = choices.days.get(currency, (choices.first_day, choices.last_day))
        start, end, calendar = _period(first_day, last_day)
        if first_day < end:  # days before all data are unknown: no rate may count them as days without cost
            start = max(start, first_day)
        compare, compared = _compared(first_day, last_day)
        basis = st.selectbox(
            "Cost basis", BASES, index=1, key="basis", bind="query-params", help=BASIS_HELP, width=150
        )
        filters = replace(
            _scope(choices, start, end, basis),
            currency=currency, calendar=calendar, compare=compare, compared=compared,
        )  # fmt: skip
        as_of.popover()
        beside()
    _say_missed(asked, filters)
    st.session_state[_STATE] = filters
    st.session_state[_REACH] = (first_day, last_day)
    unusable_before(())
    return filters


def without_effective(filters: Filters) -> Filters:
    """The same question in the billed view where it was asked in the effective one, for every view of this run:
    an effective ladder would leave out what an export with unusable effective cost charged (MODEL.md §3).
    """
    if filters.view == "effective":
        filters = replace(filters, view="billed")
    st.session_state[_STATE] = filters
    return filters


def current() -> Filters:
    """The filters of this run, for a view. The frame draws the bar before any view runs."""
    filters: Filters = st.session_state[_STATE]
    return filters


def last_day() -> date:
    """The last day of the currency's data, which anchors "last n days" and "so far"."""
    reach: tuple[date, date] = st.session_state[_REACH]
    return reach[1]


def first_day() -> date:
    """The first day of the currency's data."""
    reach: tuple[date, date] = st.session_state[_REACH]
    return reach[0]


def reaches(day: date) -> bool:
    """Whether the data of the chosen currency goes back to that day."""
    reach: tuple[date, date] = st.session_state[_REACH]
    return reach[0] <= day


def unusable_before(sources: tuple[str, ...]) -> None:
    """Note the sources whose effective cost is unusable in the period before, for every view of this run."""
    st.session_state[_UNUSABLE_BEFORE] = sources


def incomparable(view: View) -> tuple[str, ...]:
    """The sources for which figures in that view have no equal in the period before: there an effective ladder
    leaves out what they charged."""
    sources: tuple[str, ...] = st.session_state[_UNUSABLE_BEFORE]
    return sources if view == "effective" else ()


def comparable(view: View) -> bool:
    """Whether all days compared with have data in that view: a change against half of them would mislead."""
    return reaches(current().previous().start) and not incomparable(view)


def earlier(view: View | None = None) -> Filters | None:
    """The same question about the period before, None where it is not comparable. `view`: of the figures, where
    they have one whatever view is chosen."""
    return current().previous() if comparable(view or current().view) else None


def _period(first_day: date, last_day: date) -> tuple[date, date, bool]:
    """Start, exclusive end, and whether it is asked for as a month."""
    names = list(PRESETS)
    preset = st.selectbox(
        "Period",
        [PRESETS[name] for name in names],
        index=names.index("30d"),
        key="period",
        bind="query-params",
        help=f"UTC days. “Last n days” end with the data's last day, {fmt.day(last_day)}, not with today.",
        width=160,
    )
    name = next(key for key, label in PRESETS.items() if label == preset)
    custom: tuple[date, ...] = ()
    if name == "custom":
        default = preset_period("30d", last_day)
        picked = st.date_input(
            "From – to",
            (max(default[0], first_day), last_day),
            min_value=first_day,
            max_value=last_day,
            key="range",
            bind="query-params",
            width=230,
        )
        custom = tuple(picked) if isinstance(picked, tuple) else (picked,)
    start, end = preset_period(name, last_day, custom)
    return start, end, is_calendar(name, start, end)


def _compared(first_day: date, last_day: date) -> tuple[Compare, tuple[date, date] | None]:
    """What the period is compared with, and of other days which (the end exclusive)."""
    label = st.selectbox(
        "Compared with",
        list(COMPARES.values()),
        key="compare",
        bind="query-params",
        help=COMPARE_HELP,
        width=170,
    )
    compare = next(key for key, told in COMPARES.items() if told == label)
    if compare != "custom":
        return compare, None
    picked = st.date_input(
        "Its days", (first_day, last_day), min_value=first_day, max_value=last_day,
        key="compare-range", bind="query-params", width=230,
    )  # fmt: skip
    days = picked if isinstance(picked, tuple) else (picked,)
    return compare, preset_period("custom", last_day, days)


def _scope(choices: Choices, start: date, end: date, basis: Basis) -> Filters:
    """The finer filters, folded into one popover so that a phone shows numbers first; its label says how
    many are set.
    """
    popover = st.popover(_label(), icon=":material/filter_alt:", key="scope")
    with popover:
        providers = _several("Provider", choices.providers, "provider")
        accounts = _several("Account", choices.accounts, "account", _account_labels(choices))
        teams = _several("Team", choices.teams, "team")
        models = _several("Model", choices.models, "model")
        view = st.selectbox("Cost view", VIEWS, key="view", bind="query-params", help=VIEW_HELP)
    return Filters(start, end, providers, accounts, teams, models, basis, _as_view(view))


def _several(
    label: str, options: tuple[str, ...], key: str, names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """`names`: how an option reads, where that is not the option itself."""
    read = {} if names is None else names
    return tuple(
        st.multiselect(
            label,
            options,
            format_func=lambda option: read.get(option, option),
            key=key,
            bind="query-params",
            placeholder="all",
        )
    )


def _account_labels(choices: Choices) -> dict[str, str]:
    names = choices.account_names
    return {a: f"{a}{_NAMED}{names[a]}" for a in choices.accounts if names.get(a, a) != a}


def _asked(choices: Choices) -> dict[str, tuple[str, ...]]:
    """What the URL asks for, per filter, read before the widgets take out what they do not offer.

    Streamlit's binding knows an account by what its option reads. A link may hold the bare id, or a name that the
    account had before: what stands before the name decides, and such a link is rewritten before the widget reads it.
    """
    asked = {key: tuple(st.query_params.get_all(key)) for key in LABELS}
    names = _account_labels(choices)
    accounts = tuple(told if told in choices.accounts else told.split(_NAMED)[0] for told in asked["account"])
    spelled = tuple(names.get(account, account) for account in accounts)
    if "account" not in st.session_state and spelled != asked["account"]:
        st.query_params["account"] = spelled
        st.rerun()
    return asked | {"account": accounts}


def _say_missed(asked: Mapping[str, tuple[str, ...]], filters: Filters) -> None:
    """A link that names what is not there shows more than it promises: say which value, until that filter is set."""
    got = {
        "period": (st.session_state["period"],),
        "compare": (COMPARES[filters.compare],),
        "basis": (filters.basis,),
        "provider": filters.providers,
        "account": filters.accounts,
        "team": filters.teams,
        "model": filters.models,
        "view": (filters.view,),
        "currency": (filters.currency,),
    }
    for key in ("range", "compare-range"):  # drawn, and asked for, only where the days are picked
        picked = st.session_state.get(key)
        days = picked if isinstance(picked, tuple) else (picked,)
        got[key] = asked[key] if picked is None else tuple(day.isoformat() for day in days)
    missed = {key: tuple(v for v in values if v and v not in got[key]) for key, values in asked.items()}
    first: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = st.session_state.setdefault(
        _MISSED, {key: (values, got[key]) for key, values in missed.items()}
    )
    said = [
        f"{LABELS[key]} = {', '.join(values)}"
        for key, (values, then) in first.items()
        if values and got[key] == then
    ]
    if said:
        st.warning(
            f"The link asks for {' and '.join(said)}, which this store does not offer; the page is not narrowed by it. "
            "Choose from the filters what there is.",
            icon=":material/link_off:",
        )


def _currency(currencies: tuple[str, ...]) -> str:
    """Amounts in two currencies are never added: with more than one, one is chosen, in sight, since the page shows
    nothing of the others."""
    if len(currencies) > 1:
        return st.selectbox(
            "Currency", currencies, key="currency", bind="query-params", help=CURRENCY_HELP, width=110
        )
    return currencies[0] if currencies else "USD"


def _as_view(view: str) -> View:
    return next(v for v in VIEWS if v == view)


def _label() -> str:
    chosen = sum(bool(st.session_state.get(key)) for key in ("provider", "account", "team", "model"))
    return f"Filters ({chosen})" if chosen else "Filters"
