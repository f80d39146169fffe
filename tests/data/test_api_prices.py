"""Prices of APIs: the shipped ones tell day and source, what people enter counts before them and is never lost."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from data.api_prices import ApiPrice, BadPrice, dated, enter, prices, shipped
from data.home import people_file

OURS = ApiPrice("Acme", "small", Decimal("0.1"), Decimal("0.4"), None, "EUR", date(2026, 11, 1), "contract 7")
TODAY = date(2026, 11, 20)


def by_key(home):
    return {price.key: price for price in prices(home)}


def test_every_shipped_price_tells_its_day_and_where_it_stands():
    assert len({price.key for price in shipped()}) == len(shipped()) > 10
    for price in shipped():
        assert price.source.startswith("https://")
        assert date(2026, 1, 1) < price.as_of < date(2026, 11, 26)
        assert price.currency == "USD"
        assert price.input > 0
        assert price.output >= price.input or price.output == 0
        assert price.cached_input is None or price.cached_input < price.input


def test_a_shipped_price_is_what_its_source_states():
    """OpenAI's GPT-6 Luna: $0.10 in, $0.01 cached, $0.50 out (release notes of 22 September 2026)."""
    (luna,) = (price for price in shipped() if price.model.startswith("GPT-6 Luna"))

    assert (luna.input, luna.cached_input, luna.output) == (Decimal("0.10"), Decimal("0.01"), Decimal("0.50"))


def test_without_entries_the_shipped_ones_count(home):
    assert set(prices(home)) == set(shipped())


def test_what_is_entered_counts_before_what_is_shipped(home):
    old = shipped()[0]
    enter(home, [replace(old, input=Decimal("9.99")), OURS], [], "ada")

    told = by_key(home)
    assert (told[old.key].input, told[old.key].who) == (Decimal("9.99"), "ada")
    assert told[OURS.key].set_at is not None
    assert replace(told[OURS.key], who="", set_at=None) == OURS
    assert len(told) == len(shipped()) + 1


def test_nothing_that_was_entered_is_lost(home):
    enter(home, [OURS], [], "ada")
    enter(home, [replace(OURS, input=Decimal("0.2"))], [], "bo")
    enter(home, [], [OURS.key, shipped()[0].key], "cy")

    assert OURS.key not in by_key(home)
    assert shipped()[0].key not in by_key(home)
    with sqlite3.connect(people_file(home)) as people:
        kept = people.execute("SELECT input, who FROM api_price WHERE provider = 'Acme' ORDER BY entry_id")
        assert kept.fetchall() == [("0.1", "ada"), ("0.2", "bo"), (None, "cy")]
    enter(home, [OURS], [], "di")
    assert by_key(home)[OURS.key].who == "di"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"input": Decimal("-1")}, "the price of input is -1"),
        ({"output": Decimal("NaN")}, "the price of output is NaN"),
        ({"cached_input": Decimal("Infinity")}, "the price of cached input is Infinity"),
        ({"per_request": Decimal("-0.1")}, "the price of per request is -0.1"),
        ({"currency": "euro"}, "“euro” is no currency"),
        ({"model": " "}, "needs a provider and a model"),
    ],
)
def test_a_price_that_cannot_be_keeps_none(home, wrong, said):
    with pytest.raises(BadPrice, match=said):
        enter(home, [OURS, replace(OURS, **wrong)], [], "ada")
    assert set(prices(home)) == set(shipped())


def test_another_amount_is_not_what_the_old_source_stated():
    dearer = replace(OURS, input=Decimal("0.2"))

    assert dated(dearer, OURS, TODAY) == replace(dearer, as_of=TODAY, source="")
    said = replace(dearer, source="contract 8")
    assert dated(said, OURS, TODAY) == said
    assert dated(OURS, OURS, TODAY) == OURS
    assert dated(OURS, None, TODAY) == OURS
