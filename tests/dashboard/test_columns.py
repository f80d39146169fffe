"""What a reader can tell apart: names that differ at their ends, a minus that stays with its sum."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.columns import text_column, whole_names

LONG = "Meta-Llama-3.1-405B-Instruct-FP8-dynamic-quantized-for-retrieval-"  # 65 characters


def test_names_that_differ_only_at_their_ends_are_shown_to_their_ends():
    """67 characters, six pixels each and the cell's padding."""
    table = pd.DataFrame({"model": [f"{LONG}01", f"{LONG}02"], "cost": [1.0, 2.0]})

    shown = whole_names(table, {"model": text_column("Model")})

    assert shown["model"]["width"] == 67 * 6 + 20
    assert shown["model"]["label"] == "Model"
    assert "cost" not in shown


def test_a_column_that_nobody_described_is_wide_enough_too():
    assert whole_names(pd.DataFrame({"model": [f"{LONG}01", f"{LONG}02"]}), None)["model"]["width"] == 422


@pytest.mark.parametrize(
    "texts",
    [
        ["chat-large", "chat-small"],
        [f"{LONG}01", f"{LONG}01"],
        [f"{LONG}01", None],
        [f"A{LONG}", f"B{LONG}"],
        [],
    ],
)
def test_names_that_can_be_told_apart_keep_streamlits_own_width(texts):
    shown = whole_names(
        pd.DataFrame({"model": pd.Series(texts, dtype="str")}), {"model": text_column("Model")}
    )

    assert shown["model"]["width"] is None


def test_hidden_columns_stay_hidden_and_chosen_widths_stay():
    table = pd.DataFrame({"id": [f"{LONG}01", f"{LONG}02"], "model": [f"{LONG}01", f"{LONG}02"]})

    shown = whole_names(table, {"id": None, "model": text_column("Model", width=200)})

    assert shown["id"] is None
    assert shown["model"]["width"] == 200


def test_no_line_ends_between_a_minus_and_its_currency():
    """U+2060 joins them; −39.6 needs none, and a dollar sign is escaped from Markdown's formulas."""

    def page():
        from dashboard import page_parts

        page_parts.headline("Spend fell −$39.6k (−39.6 %), −€2")

    app = AppTest.from_function(page).run()

    assert app.subheader[0].value == "Spend fell −\u2060\\$39.6k (−39.6 %), −\u2060€2"
