"""Questions in .sql files: all parse, ask only for what a page can give, and use each metric's one definition."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.query import runner

QUESTIONS = sorted(path.stem for path in Path(runner.HERE).glob("*.sql"))


def one(sql: str) -> object:
    con = duckdb.connect()
    con.execute(
        "\n".join(macro for macro in runner.metrics().values() if "AS TABLE" not in macro)
    )  # it has none
    return con.execute(sql).fetchall()[0][0]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_one_statement_with_its_grain_in_a_comment(name):
    sql, wanted = runner.question(name)

    assert sql.startswith("--")
    assert all(word.islower() for word in wanted)


def test_a_question_that_does_not_exist_lists_those_that_do():
    with pytest.raises(runner.UnknownQuestionError, match="overview"):
        runner.question("overwiev")


def test_a_missing_parameter_is_an_error_not_a_null():
    with pytest.raises(KeyError, match=r"without .*start"):
        runner.ask(duckdb.connect(), "spend_by_rung", {"end": None})


def test_an_empty_denominator_is_unknown():
    rows = "FROM (VALUES (5.0, 0, NULL::DOUBLE)) t(cost, n, s)"
    for metric in (
        "cost_per_inference(cost, n)",
        "cost_per_1k(cost, n)",
        "cost_per_1m_tokens(cost, s)",
        "price_per_gpu_hour(cost, s)",
        "throughput(n, s)",
        "utilisation(s, n)",
        "coverage(cost, n)",
    ):
        assert one(f"SELECT {metric} {rows}") is None


def test_ratios_are_of_sums_not_averages_of_ratios():
    rows = "FROM (VALUES (1.0, 1), (1.0, 3)) t(cost, n)"
    assert one(f"SELECT cost_per_inference(cost, n) {rows}") == 0.5


def test_the_definitions_of_the_model():
    assert one(
        "SELECT cost_per_inference(cost, n) FROM (VALUES (500.0, 1000000)) t(cost, n)"
    ) == pytest.approx(0.0005)
    assert one(
        "SELECT cost_per_1m_tokens(cost, n) FROM (VALUES (10.0, 2000000)) t(cost, n)"
    ) == pytest.approx(5)
    # a $10/h device, billed for 20 minutes
    assert one("SELECT price_per_gpu_hour(c, s) FROM (VALUES (3.333333, 1200.0)) t(c, s)") == pytest.approx(
        10, rel=1e-6
    )


def test_the_three_bases_hold_one_another():
    row = """(SELECT 10 AS busy_cost, 5 AS idle_cost, 2 AS cpu_cost, 1 AS managed_cost, 4 AS unallocated_share,
        NULL AS commitment_share, NULL AS shared_compute, NULL AS shared_storage, NULL AS shared_network,
        NULL AS shared_orchestration, NULL AS shared_support) AS unit_cost"""

    def basis(name: str) -> object:
        return one(f"SELECT CAST(basis_cost('{name}', unit_cost) AS INTEGER) FROM {row}")

    assert (basis("busy"), basis("allocated"), basis("fully loaded")) == (11, 18, 22)


def test_none_stands_for_a_line_that_nobody_owns():
    assert one("SELECT chosen(['none'], NULL)") is True
    assert one("SELECT chosen(['docs'], NULL)") is False
    assert one("SELECT chosen([]::VARCHAR[], NULL)") is True
