"""Daily counts of business outputs: replaced by month, followed to their line, one witness each."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from click.testing import CliRunner

from data.forget import forget
from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.load_business import load_business
from ingest.source import SourceError, Window
from ingest.sources.business import BusinessOutputs

HEAD = "day,output,count,team,model\n"
OCTOBER = HEAD + (
    "2026-10-01,resolved contact,100,support,chat-large\n"
    "2026-10-02,resolved contact,120,support,chat-large\n"
    "2026-10-02,document,7,,\n"
    "2026-10-03,document,0,,\n"
)


def bring(wh, tmp_path, text=OCTOBER, name="helpdesk", file="counts.csv"):
    path = tmp_path / file
    path.write_text(text)
    (result,) = load_business(wh, name, BusinessOutputs(str(path)), Window())
    return result


def held(wh):
    query = "SELECT day, output, outputs, team, model, line_no FROM business_output ORDER BY day, output"
    return wh.con.execute(query).fetchall()


def test_every_count_is_there_with_its_line(wh, tmp_path):
    result = bring(wh, tmp_path)

    assert (result.status, result.rows, result.rejected) == ("loaded", 4, 0)
    assert held(wh) == [
        (date(2026, 10, 1), "resolved contact", 100, "support", "chat-large", 1),
        (date(2026, 10, 2), "document", 7, None, None, 3),
        (date(2026, 10, 2), "resolved contact", 120, "support", "chat-large", 2),
        (date(2026, 10, 3), "document", 0, None, None, 4),
    ]
    query = "SELECT DISTINCT f.uri FROM business_output JOIN file f USING (file_id)"
    ((uri,),) = wh.con.execute(query).fetchall()
    assert uri.endswith("counts.csv")


def test_a_snapshot_holds_them(wh, tmp_path):
    bring(wh, tmp_path)
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        assert con.execute("SELECT sum(outputs) FROM business_output").fetchall() == [(227,)]
        state = con.execute("SELECT kind, grain, rows, data_through::DATE FROM source_state").fetchall()
    assert state == [("business", "reference", 4, date(2026, 10, 4))]


def test_the_same_file_again_changes_nothing(wh, tmp_path):
    bring(wh, tmp_path)
    before = held(wh)

    assert bring(wh, tmp_path).status == "unchanged"
    assert held(wh) == before


def test_a_month_is_replaced_whole_and_other_months_stay(wh, tmp_path):
    bring(wh, tmp_path, HEAD + "2026-09-30,document,5,,\n")
    bring(wh, tmp_path)
    bring(wh, tmp_path, HEAD + "2026-10-02,document,9,,\n")

    assert [(day, outputs) for day, _, outputs, *_ in held(wh)] == [
        (date(2026, 9, 30), 5),
        (date(2026, 10, 2), 9),
    ]
    states = wh.con.execute("SELECT status FROM load ORDER BY load_id").fetchall()
    assert states == [("loaded",), ("replaced",), ("loaded",)]
    assert bring(wh, tmp_path).status == "loaded"  # October as it was before is another October again
    assert len(held(wh)) == 5


def test_one_output_of_one_day_has_one_witness(wh, tmp_path):
    bring(wh, tmp_path)

    with pytest.raises(SourceError, match="Source 'helpdesk' states 'document' of 2026-10-02 already"):
        bring(wh, tmp_path, HEAD + "2026-10-02,document,7,,\n", name="other")
    assert bring(wh, tmp_path, HEAD + "2026-10-02,document,7,search,\n", name="other").rows == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("soon,document,5,,", "the day 'soon' cannot be read"),
        ("2026-10-05,,5,,", "the output is missing"),
        ("2026-10-05,document,,,", "the count '' cannot be read"),
        ("2026-10-05,document,many,,", "the count 'many' cannot be read"),
        ("2026-10-05,document,-1,,", "the count -1 is no whole number from 0 on"),
        ("2026-10-05,document,1.5,,", "the count 1.5 is no whole number from 0 on"),
    ],
)
def test_a_line_that_cannot_be_used_is_kept_with_its_reason(wh, tmp_path, line, reason):
    many = "".join(f"2026-08-01,output {n},1,,\n" for n in range(150))
    result = bring(wh, tmp_path, f"{HEAD}{many}{line}\n")

    assert (result.rows, result.rejected) == (150, 1)
    ((line_no, said),) = wh.con.execute("SELECT line_no, reason FROM reject").fetchall()
    assert line_no == 151
    assert said.startswith(reason)


def test_lines_that_contradict_each_other_are_all_out_and_a_line_twice_is_one(wh, tmp_path):
    many = "".join(f"2026-08-01,output {n},1,,\n" for n in range(250))
    result = bring(
        wh,
        tmp_path,
        f"{HEAD}{many}2026-08-01,output 7,1,,\n2026-08-02,document,5,,\n2026-08-02,document,6,,\n",
    )

    assert (result.rows, result.rejected) == (250, 2)
    ((reason,),) = wh.con.execute("SELECT DISTINCT reason FROM reject").fetchall()
    assert reason == "another line states another count of document on 2026-08-02"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,count\n2026-10-01,5\n", "has no column output"),
        (HEAD, "holds no count"),
        (HEAD + "2026-10-01,document,-1,,\n", "1 of 1 lines cannot be used"),
    ],
)
def test_what_tells_nothing_changes_nothing(wh, tmp_path, text, said):
    bring(wh, tmp_path)
    before = held(wh)

    with pytest.raises(SourceError, match=said):
        bring(wh, tmp_path, text)
    assert held(wh) == before


def test_a_file_that_is_not_there(wh, tmp_path):
    with pytest.raises(SourceError, match="is not a file"):
        load_business(wh, "helpdesk", BusinessOutputs(str(tmp_path / "none.csv")), Window())


def test_a_source_is_taken_out_whole(wh, tmp_path):
    bring(wh, tmp_path)
    (taken,) = forget(wh, "helpdesk")

    assert (taken.what, taken.first_day, taken.last_day, taken.rows) == (
        "business outputs",
        date(2026, 10, 1),
        date(2026, 10, 3),
        4,
    )
    assert held(wh) == []


def test_the_command_loads_it_and_shows_it_first(home, tmp_path):  # noqa: ARG001
    path = tmp_path / "counts.csv"
    path.write_text(OCTOBER)
    rehearsed = CliRunner().invoke(main, ["business", str(path), "--dry-run"])
    assert "resolved contact" in rehearsed.output
    result = CliRunner().invoke(main, ["business", str(path)])
    assert result.exit_code == 0, result.output
    assert "business" in result.output


def test_doctor_reads_it(doctor, tmp_path):
    (tmp_path / "counts.csv").write_text(OCTOBER)
    said, code = doctor(helpdesk={"kind": "business", "location": tmp_path / "counts.csv"})
    assert (code, "4 daily counts of 2 outputs, 2026-10-01 to 2026-10-03" in said.replace("\n", " ")) == (
        0,
        True,
    )

    (tmp_path / "counts.csv").write_text(OCTOBER + "2026-10-04,document,-3,,\n")
    said, code = doctor(helpdesk={"kind": "business", "location": tmp_path / "counts.csv"})
    assert code == 1
    assert "line 5: the count -3 is no whole number from 0 on" in said
