"""The weekly pack on the small estate: the same numbers as the pages, made again the same, in every form."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from xml.etree import ElementTree

import duckdb
import pytest
from click.testing import CliRunner
from estate import build
from local_server import listening

from dashboard.__main__ import main
from dashboard.report.html import html
from dashboard.report.pack import NothingToReport, gather, last_week, week_of
from dashboard.report.sections import sections
from dashboard.report.text import text
from dashboard.report.webhook import WebhookError, post
from dashboard.report.workbook import workbook
from data.filters import Filters
from data.home import snapshot_file
from data.pins import pins
from data.query import overview
from data.query.anomalies import anomalies
from data.snapshot import open_latest

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def pack(estate):
    return gather(open_latest(estate), "2026-W41")


@pytest.mark.parametrize(
    ("last_day", "week"),
    [
        (date(2026, 10, 31), "2026-W43"),  # a Saturday: the week that ended on the 25th
        (date(2026, 11, 1), "2026-W44"),  # a Sunday ends its own
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2026-W53"),
    ],
)
def test_the_last_whole_week(last_day, week):
    assert last_week(last_day) == week
    assert week_of(week)[1] <= date.fromordinal(last_day.toordinal() + 1)


@pytest.mark.parametrize("text", ["2026-43", "2026-W54", "W43", "2026-10-19", "next"])
def test_what_is_no_week_is_told(text):
    with pytest.raises(NothingToReport, match=r"is no ISO week\. Write one like 2026-W43"):
        week_of(text)


def test_a_week_without_data_says_which_there_are(estate):
    with pytest.raises(NothingToReport, match="from 2026-09-02 to 2026-10-31"):
        gather(open_latest(estate), "2026-W01")


def test_the_pack_tells_what_the_pages_tell(estate, pack):
    """Oct 5 to 11, of which the 7th had 8 more GPUs: 7 × $3,182 + $3,840."""
    asked = Filters(date(2026, 10, 5), date(2026, 10, 12))
    page = overview.figures(open_latest(estate).cursor(), asked).iloc[0]

    assert pack.now["spend"] == page["spend"] == 7 * 3182 + 3840
    parts = {part.title: part for part in sections(pack)}
    ladder = dict(parts["The cost ladder: every dollar exactly once"].table.rows)
    total = ladder.pop("invoice")
    assert sum(map(Decimal, map(str, ladder.values()))) == Decimal(str(total)) == 7 * 3182 + 3840
    assert ladder["unexplained"] == 0
    bridge = parts["Why spend moved"]
    change = pack.now["spend"] - pack.before["spend"]
    assert sum(step.amount for step in bridge.steps) == pytest.approx(change)
    assert sum(row[2] for row in bridge.table.rows) == pytest.approx(change)


def test_the_days_that_nobody_expected_stand_in_it_as_on_the_page(estate):
    cursor = open_latest(estate).cursor()
    found = {}
    for week in ("2026-W42", "2026-W43", "2026-W44"):
        pack = gather(open_latest(estate), week)
        (part,) = (part for part in sections(pack) if part.title == "Anomalies")
        told = anomalies(cursor, pack.filters).found
        assert (
            [row[3] for row in part.table.rows] == told["unexpected"].tolist() if part.table else told.empty
        )
        found[week] = len(told)
        if len(told):
            assert part.said[0] in html(pack).replace("&#39;", "'")
    assert max(found.values()) > 0


def test_made_again_it_is_the_same_to_the_byte(estate, pack):
    again = gather(open_latest(estate), "2026-W41")

    assert html(again) == html(pack)
    assert workbook(again) == workbook(pack)
    assert text(again) == text(pack)


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.asked = []

    def handle_starttag(self, _tag, attrs):
        self.asked += [value for name, value in attrs if name in ("src", "href")]


def test_the_document_asks_nothing_of_the_network(pack):
    links = _Links()
    links.feed(html(pack))

    assert links.asked == []
    assert "@import" not in html(pack)
    assert "url(" not in html(pack)


@pytest.fixture
def hostile(tmp_path):
    """The estate with a model whose name is a formula and a tag."""
    home = build(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        for relation in ("ladder", "unit_cost"):
            con.execute(f"UPDATE {relation} SET model = '=cmd()<b>x' WHERE model = 'summarise'")
    return home


def test_names_are_neither_formulas_nor_markup(hostile):
    pack = gather(open_latest(hostile), "2026-W41")

    assert "=cmd()&lt;b&gt;x" in html(pack)
    assert "<b>x" not in html(pack)
    with zipfile.ZipFile(io.BytesIO(workbook(pack))) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert len(sheets) >= 6
        assert not any(list(ElementTree.fromstring(book.read(name)).iter(f"{MAIN}f")) for name in sheets)
        assert "=cmd()&lt;b&gt;x" in book.read("xl/sharedStrings.xml").decode()


def test_the_command_writes_files_and_keeps_the_snapshot(estate, tmp_path, monkeypatch):
    home = shutil.copytree(estate, tmp_path / "store")
    pointer = home / "CURRENT"
    pointer.write_text(pointer.read_text().replace(str(estate), str(home)))
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    out = tmp_path / "packs"

    done = CliRunner().invoke(main, ["report", "--week", "2026-W41", "--out", str(out)])

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == [
        f"inferledger-2026-W41.{kind}" for kind in ("html", "txt", "xlsx")
    ]
    assert [(pin.generation, pin.reason) for pin in pins(home)] == [(1, "weekly pack 2026-W41")]


@pytest.mark.browser
def test_it_is_printed(pack):
    from dashboard.report.pdf import pdf

    assert pdf(html(pack)).startswith(b"%PDF-")


def test_without_a_browser_the_pdf_says_what_to_do(pack, monkeypatch):
    from dashboard.report.pdf import NoPdf, pdf

    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoPdf, match="apt install chromium"):
        pdf(html(pack))


def test_nothing_before_the_first_week_is_invented(estate):
    first = gather(open_latest(estate), "2026-W36")  # Aug 31 to Sep 6; the data begins on Sep 2

    assert first.before is None
    assert "no earlier period to compare with" in text(first)
    assert "Why spend moved" not in html(first)


def test_of_a_week_that_the_data_does_not_hold_whole_the_same_days_are_compared(estate):
    """The data ends on Saturday, Oct 31: six days against seven would call the Sunday less traffic."""
    last = gather(open_latest(estate), "2026-W44")
    was = overview.figures(
        open_latest(estate).cursor(), replace(last.filters, start=date(2026, 10, 19), end=date(2026, 10, 25))
    ).iloc[0]

    assert (last.filters.start, last.filters.end) == (date(2026, 10, 26), date(2026, 11, 1))
    assert last.before["spend"] == was["spend"]
    assert "Oct 26 – Oct 31, 2026" in text(last)
    assert "the same as in Oct 19 – Oct 24, 2026" in text(last)


def test_a_week_in_which_the_data_begins_holds_no_day_before_it(estate):
    first = gather(open_latest(estate), "2026-W36")

    assert (first.filters.start, first.filters.end) == (date(2026, 9, 2), date(2026, 9, 7))
    assert first.before is None


def test_the_page_makes_it_in_one_click(open_page):
    app = open_page("overview", team=["docs"])
    app.toggle(key="weekly-pack").set_value(True).run()

    assert not app.exception
    assert "AI cost, week 2026-W43" in app.code[-1].value
    assert "team docs" in app.code[-1].value


def test_a_narrowed_pack_says_what_it_is_narrowed_to(estate):
    asked = replace(Filters(date(2026, 10, 1), date(2026, 10, 2)), teams=("docs",), basis="busy")

    assert "busy basis · effective cost in USD · team docs" in text(
        gather(open_latest(estate), "2026-W41", asked)
    )


class _Chat(BaseHTTPRequestHandler):
    """Takes what is posted; on /gone it refuses."""

    def do_POST(self):
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(404 if self.path.startswith("/gone") else 200)
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


def test_the_text_goes_to_a_chat(pack):
    with listening(_Chat, told=[]) as chat:
        post(f"{chat.url}/hook", text(pack))
        assert chat.told == [{"text": text(pack)}]
        with pytest.raises(WebhookError, match=r"127\.0\.0\.1 did not take the text: Not Found") as refused:
            post(f"{chat.url}/gone?secret=1", "x")
        assert "secret" not in str(refused.value)
    with pytest.raises(WebhookError, match="no http"):
        post("file:///etc/passwd", "x")
