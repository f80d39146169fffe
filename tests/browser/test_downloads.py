"""In a real browser: the files and the picture of one chart say the same numbers as its card, and what they are of."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from lined_store import small_estate
from PIL import Image
from served import serving
from xlsx_reader import sheets

CHART = ".st-key-spend-by-day-chart .js-plotly-plot"


@pytest.fixture(scope="module")
def lined(tmp_path_factory):
    """A dashboard on a store with charge lines."""
    with serving(small_estate(tmp_path_factory.mktemp("lined"))) as url:
        yield url


def saved(tab, click, folder):
    with tab.expect_download() as download:
        click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def downloaded(tab, key, folder):
    """By key: while its table unfolds the button moves, and a pointer misses it now and then."""
    return saved(tab, lambda: tab.locator(f".st-key-{key} button").press("Enter"), folder)


def take_picture(tab, folder):
    """Clicks Plotly's own button. Without the pointer under which it shows: while a busy page grows, that misses it."""
    button = tab.locator(f"{CHART} .modebar-btn").first
    return saved(tab, lambda: button.dispatch_event("click"), folder)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_csv_workbook_and_card_are_one_number_to_the_cent(visit, lined, tmp_path, width, scheme):
    tab = visit(base=lined, width=width, scheme=scheme)
    card = tab.locator('[data-testid="stMetricValue"]').first.inner_text()
    tab.locator(".st-key-spend-by-day-chart").scroll_into_view_if_needed()
    tab.locator("summary", has_text="Table · 18 rows").press("Enter")
    text, book = (downloaded(tab, f"spend-by-day-{kind}", tmp_path) for kind in ("csv", "xlsx"))
    with text.open(newline="") as lines:
        told = [Decimal(line["cost"]) for line in csv.DictReader(lines)]
    content = sheets(book.read_bytes())
    (header, *rows) = content["spend-by-day"]

    assert (text.name, book.name) == ("inferledger-spend-by-day.csv", "inferledger-spend-by-day.xlsx")
    assert header == ["day (UTC)", "rung", "cost (USD)"]
    assert [row[2] for row in rows] == [pytest.approx(float(cost), abs=1e-9) for cost in told]
    # by hand: 30 h x (7.3331 + 5.01), two days of 21.256, RDS' 8 of 11 billed and 3 of timing
    assert abs(sum(told) - Decimal("434.805")) < Decimal("1e-9")
    assert "$434.81, the ladder of the period" in tab.inner_text('[data-testid="stMain"]')
    assert card == "$435"
    about = "\n".join(row[0] for row in content["About this table"])
    assert "effective cost in USD" in about
    assert "snapshot 1, published" in about
    assert "allocated basis" in about
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_picture_carries_its_ground_and_what_it_is_of(visit, lined, tmp_path, width, scheme):
    tab = visit(base=lined, width=width, scheme=scheme)
    # its width is Plotly's to set, as soon as it knows how wide the page is
    layout = f"() => JSON.stringify({{ ...document.querySelector('{CHART}').layout, width: 0 }})"
    before = tab.evaluate(layout)
    page = tab.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    box = tab.locator(CHART).bounding_box()
    with Image.open(take_picture(tab, tmp_path)) as picture:
        assert picture.format == "PNG"
        assert picture.width == pytest.approx(2 * box["width"], abs=2)
        assert picture.height > 2 * box["height"] + 2 * 40  # room for what it says
        assert picture.convert("RGBA").getpixel((1, 1)) == (*(int(n) for n in page[4:-1].split(",")), 255)
    assert tab.evaluate(layout) == before

    tab.locator(CHART).evaluate("({ _context: told }) => { told.toImageButtonOptions.format = 'svg' }")
    said = take_picture(tab, tmp_path).read_text()
    for part in (
        "Overview: Spend per day",
        "USD per day (UTC)",
        "effective",
        "Oct",
        "snapshot",
        "published",
        "credit",
    ):
        assert part in said


def test_the_raster_is_a_picture_too(visit, tmp_path):
    tab = visit("utilisation", scheme="dark")
    path = saved(tab, tab.get_by_role("button", name="Download PNG").click, tmp_path)
    raster = tab.locator("canvas").first.bounding_box()

    assert path.name == "inferledger-busy-time-by-hour.png"
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width > 2 * raster["width"]
        assert picture.height > 2 * raster["height"] + 2 * 60
        ground = picture.convert("RGBA").getpixel((1, 1))
        assert ground == (16, 21, 29, 255)  # .streamlit/config.toml, dark
        title = picture.convert("RGB").crop((24, 24, picture.width, 60))
        assert len(title.getcolors(100_000)) > 10  # letters
