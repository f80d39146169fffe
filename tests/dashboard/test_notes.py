"""Notes on the charts of days: marked, listed, written and taken back, whatever people write into them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest
from estate import build
from visitor import visit

from dashboard import format as fmt
from dashboard.charts.annotations import annotate as mark
from dashboard.charts.overview import spend_stack
from dashboard.report.html import html
from dashboard.report.pack import gather
from dashboard.report.sections import sections
from dashboard.report.text import text
from dashboard.report.workbook import workbook
from data.annotations import annotate, noted
from data.filters import Filters
from data.home import people_file
from data.query import overview
from data.snapshot import open_latest

SEVENTH = date(2026, 10, 7)
HOSTILE = "=cmd() <b>bold</b> <script>alert(1)</script> $x$ :red[y] **z** `q`"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    return build(tmp_path)


def marks(app, chart=0):
    """What the chart's marks say: (number, hover text)."""
    layout = json.loads(app.get("plotly_chart")[chart].proto.spec)["layout"]
    return [(a["text"], a["hovertext"]) for a in layout.get("annotations", []) if a.get("hovertext")]


def test_notes_of_a_day_share_a_mark_and_are_numbered_as_they_are_listed(home, october):
    for day, written in ((8, "third"), (7, "first"), (7, "second")):
        annotate(home, date(2026, 10, day), written, "ada")
    figure = spend_stack(overview.spend_by_rung(open_latest(home).cursor(), october), "USD")
    mark(figure, noted(home, october))

    told = [a for a in figure.layout.annotations if a.hovertext]
    assert [a.text for a in told] == ["1–2", "3"]
    assert [str(a.x)[:10] for a in told] == ["2026-10-07", "2026-10-08"]
    assert told[0].hovertext.index("first") < told[0].hovertext.index("second")


@pytest.mark.parametrize(("page", "chart"), [("overview", 1), ("unit_cost", 0), ("idle", 0)])
def test_a_note_is_marked_on_the_charts_of_days_and_listed_under_them(home, page, chart):
    annotate(home, SEVENTH, "Load test of the new cluster", "ada")
    app = visit(page)

    assert [number for number, _ in marks(app, chart)] == ["1"]
    assert any("Oct 7: Load test of the new cluster – ada" in c.value for c in app.caption)


def test_the_explorer_marks_days_and_no_longer_bars(home):
    annotate(home, SEVENTH, "Load test", "ada")
    days, weeks = visit("invoice"), visit("invoice", bin="week")

    assert sum("Load test" in c.value for c in days.caption) == 1
    assert sum("Load test" in c.value for c in weeks.caption) == 0


def test_writing_one_and_taking_it_back(home):
    app = visit()
    app.text_area(key="spend-note-text").input("Spot prices rose")
    app.text_input(key="spend-note-who").input("ada")
    app.selectbox(key="spend-note-about").select("summarise")
    next(b for b in app.button if b.label == "Keep the note").click().run()

    (note,) = noted(home, Filters(date(2026, 10, 1), date(2026, 11, 1)))
    assert (note.text, note.who, note.model) == ("Spot prices rose", "ada", "summarise")
    assert any("summarise: Spot prices rose – ada" in c.value for c in app.caption)
    app.selectbox(key="spend-note-taken").select_index(0)
    app.text_input(key="spend-note-taker").input("bo")
    next(b for b in app.button if b.label == "Take it back").click().run()
    assert not any("Spot prices rose" in c.value for c in app.caption)


@pytest.mark.usefixtures("home")
def test_a_note_without_a_name_says_so():
    app = visit()
    app.text_area(key="spend-note-text").input("x")
    app.text_input(key="spend-note-who").input("")
    next(b for b in app.button if b.label == "Keep the note").click().run()

    assert any("the name of who writes it has 0 characters" in e.value for e in app.error)


@pytest.mark.usefixtures("home")
def test_a_store_that_cannot_be_written_says_so(home):
    people_file(home).symlink_to(home / "gone" / "people.sqlite")  # root may write whatever the mode says
    app = visit()
    app.text_area(key="spend-note-text").input("x")
    app.text_input(key="spend-note-who").input("ada")
    next(b for b in app.button if b.label == "Keep the note").click().run()

    assert any("cannot be written\\: unable to open database file" in e.value for e in app.error)


def test_what_people_write_is_text_on_every_surface(home):
    annotate(home, SEVENTH, HOSTILE, "ada")
    app = visit()

    ((_, hover),) = marks(app, 1)
    assert "<script>" not in hover
    assert "&lt;script&gt;" in hover
    (listed,) = (c.value for c in app.caption if "cmd()" in c.value)
    assert r"\<script\>" in listed
    assert r"\$x\$ \:red\[y\] \*\*z\*\* \`q\`" in listed


@pytest.mark.parametrize("text", ["a  b\n# c", "$5 – €6", ":material/x:", "~~no~~ <i>", r"back\slash"])
def test_plain_text_loses_nothing(text):
    assert fmt.plain(text).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == " ".join(
        text.split()
    )


def test_the_weekly_pack_tells_the_weeks_notes_as_text_and_nothing_where_there_are_none(home):
    reader = open_latest(home)
    assert "Notes and decisions" not in [part.title for part in sections(gather(reader, "2026-W41"))]
    annotate(home, SEVENTH, HOSTILE, "ada")
    annotate(home, date(2026, 10, 19), "another week", "ada")
    pack = gather(reader, "2026-W41")

    (part,) = (part for part in sections(pack) if part.title == "Notes and decisions")
    ((*told, noted_on),) = part.table.rows
    assert told == ["2026-10-07", "", HOSTILE, "ada"]
    assert noted_on == noted(home, pack.filters)[0].noted_at.date().isoformat()
    assert f"• Oct 7: {HOSTILE} – ada" in text(pack)
    assert "<script>alert" not in html(pack)
    assert "&lt;script&gt;alert" in html(pack)
    with zipfile.ZipFile(io.BytesIO(workbook(pack))) as book:
        sheets = "".join(book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/"))
    assert "<f>" not in sheets


def test_a_pack_whose_notes_cannot_be_read_is_made_and_says_so(home):
    people_file(home).write_bytes(b"no database" * 100)
    pack = gather(open_latest(home), "2026-W41")

    (part,) = (part for part in sections(pack) if part.title == "Notes and decisions")
    assert part.said == ("What people noted is unknown: people.sqlite cannot be read.",)
    assert "is unknown: people.sqlite" in html(pack)
