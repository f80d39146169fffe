"""A visitor of the dashboard without a browser: the whole app, on the store that INFERLEDGER_HOME names."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

# what is seen of “Cost per inference” one at a time
TOPICS = (
    "Why it moved", "What it is made of", "Tokens and batch", "Speed", "Self-host or API", "Business output",
    "By version or team",
)  # fmt: skip
PAGES = ("overview", "unit_cost", "invoice", "utilisation", "idle", "versions", "roi", "data")
# (page, query): everything that there is to see
EVERYTHING = [
    *((page, {}) for page in PAGES if page != "unit_cost"), *(("unit_cost", {"topic": topic}) for topic in TOPICS),
]  # fmt: skip
FRAME = Path(__file__).parents[2] / "dashboard" / "frame.py"


def visit(page: str = "overview", /, **query: str | list[str]) -> AppTest:
    """visit("idle", basis="busy", model=["chat-large"]): that page as the visitor of this URL gets it.

    Fails where the page raises.
    """
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    if page != "overview":
        app.switch_page(f"views/{page}.py").run()
    assert not app.exception, [e.message for e in app.exception]
    return app
