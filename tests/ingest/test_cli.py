"""The command line as people meet it: what it prints, what it leaves behind, which code it ends with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import duckdb
import pytest
from click.testing import CliRunner
from cost_store import CUR_LINE, manifest, write_csv

from data.forget import forget
from data.home import pointer_file
from data.model.settings import EstateRule
from data.pointer import read_pointer
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.__main__ import main
from ingest.options import KINDS, OPTIONS
from ingest.registry import REGISTRY
from ingest.settings import SettingsError, read_settings
from ingest.sources.requests import GUESSES
from ingest.sources.resources import Deployment, Machine

HEADER = "BillingAccountId,BillingCurrency,BillingPeriodStart,BilledCost,ChargeCategory,ChargePeriodStart,ProviderName"
ROOT = Path(__file__).parents[2]
LINE = "{account},USD,2026-10-01,{cost},Usage,2026-10-05T00:00:00Z,{provider}"


@pytest.fixture
def call(home, monkeypatch, tmp_path):  # noqa: ARG001 - home sets INFERLEDGER_HOME
    """Runs a command in an empty folder, with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INFERLEDGER_CONFIG", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def bill(tmp_path):
    """Writes a FOCUS bill of one line and returns its path."""

    def write(name="bill.csv", cost="1.25", account="100", provider="AWS"):
        path = tmp_path / name
        path.write_text(f"{HEADER}\n{LINE.format(cost=cost, account=account, provider=provider)}\n")
        return path

    return write


@pytest.fixture
def settings(tmp_path):
    """Writes inferledger.toml where the command is run, and returns its path."""

    def write(text):
        path = tmp_path / "inferledger.toml"
        path.write_text(text)
        return path

    return write


def source_of(call):
    """The one source that `status --json` tells of."""
    (source,) = json.loads(call("status", "--json").output)["sources"]
    return source


def test_the_same_file_twice_is_loaded_once(call, bill, home):
    first = call("focus", bill())
    second = call("focus", bill())
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "loaded" in first.output
    assert "unchanged" in second.output
    assert read_pointer(home).current.generation == 1
    assert source_of(call)["periods"][0]["billed_cost"] == "1.25"


def test_a_restated_month_is_said_by_the_load_and_by_status(call, bill):
    call("focus", bill())
    restated = "replaced 1 line (1.25 → 1.75 USD) of 2026-10"
    assert restated in " ".join(call("focus", bill(cost="1.75")).output.split())
    assert f"focus {restated}, at " in call("status").output
    (told,) = json.loads(call("status", "--json").output)["restatements"]
    assert (told["billed_before"], told["billed_after"]) == ("1.25", "1.75")


def test_the_source_is_named_by_its_kind_unless_told(call, bill):
    call("focus", bill(), "--source", "azure-main")
    assert (source_of(call)["source"], source_of(call)["kind"]) == ("azure-main", "focus")


def test_what_cannot_be_read_is_said_kept_and_ends_with_one(call, home):
    result = call("focus", "no-such.csv")
    assert result.exit_code == 1
    assert "no-such.csv does not exist" in result.output
    assert (source_of(call)["rows"], source_of(call)["periods"]) == (0, [])
    assert read_pointer(home).current.generation == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["awz"],
            "Unknown source 'awz'. Did you mean 'aws-cur'? Known: accounts, aws-cur, azure, business, cloudwatch,",
        ),
        (["statsu"], "Did you mean 'status'?"),
        (["focus"], "Missing argument"),
        (["focus", "x.csv", "--source", "../up"], "'../up' cannot name a source"),
        (["focus", "x.csv", "--since", "yesterday"], "'yesterday' is no date or time. Write 2026-10-01"),
        (["requests", "x.csv", "--map", "model"], "write OURS=THEIRS"),
        (["prices", "asw"], "Unknown source 'asw'. Did you mean 'aws'? Known: aws, gcp."),
        (["run"], "names no source. Write it with python -m ingest init, or add one"),
    ],
)
def test_a_slip_ends_with_two_and_says_what_to_write(call, words, said):
    result = call(*words)
    assert result.exit_code == 2
    assert said in result.output


def test_times_are_utc_unless_they_say_otherwise(call, bill, monkeypatch):
    seen = []
    monkeypatch.setattr("ingest.__main__._load", lambda *told: seen.append(told[2].window))
    call("focus", bill(), "--since", "2026-10-01", "--until", "2026-10-02T03:00+02:00")
    assert [f"{w.start} {w.end}" for w in seen] == ["2026-10-01 00:00:00 2026-10-02 01:00:00"]


def test_run_loads_every_source_and_one_that_fails_stops_none(call, bill, settings):
    settings(f"""
        [sources.first]
        kind = "focus"
        location = "{bill("a.csv", "1")}"
        [sources.broken]
        kind = "focus"
        location = "nowhere.csv"
        [sources.last]
        kind = "focus"
        location = "{bill("b.csv", "2", account="200")}"
    """)
    result = call("run")
    assert result.exit_code == 1
    assert "nowhere.csv does not exist" in result.output
    status = json.loads(call("status", "--json").output)
    assert {s["source"]: s["rows"] for s in status["sources"]} == {"first": 1, "broken": 0, "last": 1}


def test_a_bug_in_one_source_stops_none_and_names_its_place(call, bill, settings, monkeypatch):
    def bug(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("ingest.load_requests.load_requests", bug)
    settings(f"""
        [sources.log]
        kind = "requests"
        location = "log.csv"
        [sources.bill]
        kind = "focus"
        location = "{bill()}"
    """)
    result = call("run")
    assert result.exit_code == 1
    assert "ZeroDivisionError: division by zero" in result.output
    assert call("run", "bill").exit_code == 0


def test_a_window_in_which_nothing_lies_is_said(call, tmp_path):
    data = write_csv(tmp_path / "gpu/data/BILLING_PERIOD=2026-10/gpu-00001.csv", [CUR_LINE])
    named = {"executionId": "x", "dataFiles": [f"s3://b/{data.relative_to(tmp_path)}"]}
    manifest(tmp_path / "gpu/metadata/BILLING_PERIOD=2026-10", "gpu", named)
    result = call("aws-cur", tmp_path / "gpu", "--since", "2031-01-01", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "no billing period of it lies in this window" in " ".join(result.output.split())
    assert "in this window" not in call("aws-cur", tmp_path / "gpu", "--since", "2026-10-20").output


@pytest.mark.parametrize(
    "stopped", [KeyboardInterrupt(), duckdb.InterruptException(), RuntimeError("Query interrupted")], ids=repr
)
def test_ctrl_c_stops_the_whole_run_and_says_how_to_go_on(call, bill, settings, home, monkeypatch, stopped):
    """Also while DuckDB is at work, which makes an error of it that looks like one of the source."""
    first, second = bill("a.csv", account="100"), bill("b.csv", account="200")
    settings("".join(f'[sources.{at.stem}]\nkind = "focus"\nlocation = "{at}"\n' for at in (first, second)))

    def stop(*_):
        raise stopped

    monkeypatch.setattr("ingest.load_cost.staged.write", stop)
    result = call("run")
    assert result.exit_code == 1
    assert "Interrupted. What was loaded whole stays; run it again to go on" in result.output
    assert not pointer_file(home).exists()
    monkeypatch.undo()
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    monkeypatch.chdir(first.parent)
    assert call("run").output.count("loaded") == 2


def test_run_takes_names_and_knows_which_there_are(call, bill, settings):
    settings(f'[sources.main]\nkind = "focus"\nlocation = "{bill()}"')
    assert call("run", "main").exit_code == 0
    result = call("run", "mian")
    assert result.exit_code == 2
    assert "has no source 'mian'. Did you mean 'main'? It has: main." in result.output


def test_a_lone_command_follows_the_settings_of_the_model(call, bill, settings, home):
    """Else `focus` by hand would publish other numbers than `run` by cron."""
    call("focus", bill())
    settings("[model]\ndevice_share = 0.9")
    call("focus", bill())
    assert read_pointer(home).current.generation == 2


def test_an_empty_store_tells_how_to_fill_it(call):
    for command in ("status", "check"):
        result = call(command)
        assert result.exit_code == 1
        assert "python -m ingest demo" in result.output


def test_check_ends_with_one_and_the_next_step_when_something_is_off(call, bill, home):
    call("focus", bill())
    assert call("check").exit_code == 0
    next(home.glob("parquet/focus/*/*/cost.parquet")).unlink()
    result = call("check")
    assert result.exit_code == 1
    assert "cost.parquet is missing" in result.output
    assert "Next: restore the file from a backup, or load its source and period again" in result.output


def test_status_names_a_load_that_failed_and_why(call, bill):
    call("focus", "no-such.csv", "--source", "slip")
    call("focus", bill(), "--source", "good")
    output = call("status").output
    assert re.search(r"slip +focus +0 +0 +failed", output)
    assert re.search(r"good +focus +to 2026-10-06 00:00 +1 +0 +loaded", output)
    assert re.search(r"slip: the last load failed\. .*no-such\.csv does not exist", output)
    assert "good: the last load failed" not in output
    told = {source["source"]: source for source in json.loads(call("status", "--json").output)["sources"]}
    assert (told["slip"]["last_status"], told["good"]["last_status"]) == ("failed", "loaded")
    assert "no-such.csv does not exist" in told["slip"]["last_message"]


def test_status_for_people_shows_months_money_and_what_is_unknown(call, bill):
    call("focus", bill(cost="1234.5"))
    output = call("status").output
    assert "2026-10" in output
    assert "1,234.50" in output
    assert "– of GPU cost observed" in output


def test_without_waiting_it_says_who_is_at_work(call, bill, home):
    code = (
        "import sys, pathlib; from data.warehouse import Warehouse\n"
        "with Warehouse.open(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        result = call("focus", bill(), "--no-wait")
        assert result.exit_code == 1
        assert f"is in use by process {holder.pid}" in result.output
        assert not pointer_file(home).exists()
        holder.stdin.close()


def test_a_dry_run_shows_the_rows_as_they_would_land_and_creates_nothing(call, bill, home):
    result = call("focus", bill(cost="1.81E-8"), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "would be loaded" in result.output
    assert "0.000000018100" in result.output
    assert not home.exists()


def test_a_dry_run_beside_a_store_changes_nothing_in_it(call, bill, home):
    call("focus", bill(cost="1.25"))
    before = sorted((path, path.stat().st_size) for path in home.rglob("*.parquet"))
    told = call("status", "--json").output
    assert "would be loaded" in call("focus", bill(cost="7"), "--dry-run").output
    assert call("focus", "gone.csv", "--dry-run").exit_code == 1
    assert call("status", "--json").output == told
    assert sorted((path, path.stat().st_size) for path in home.rglob("*.parquet")) == before
    with Warehouse.open(home) as warehouse:
        assert warehouse.con.execute("SELECT status FROM load").fetchall() == [("loaded",)]


def test_replace_loads_again_what_is_live(call, bill):
    call("focus", bill())
    assert "unchanged" in call("focus", bill()).output
    assert "unchanged" not in call("focus", bill(), "--replace").output
    assert (source_of(call)["rows"], source_of(call)["periods"][0]["billed_cost"]) == (1, "1.25")


def test_replace_lets_an_account_go_that_a_load_would_have_kept(call, bill):
    call("focus", bill(account="100"))
    refused = call("focus", bill(account="200", cost="2"))
    assert refused.exit_code == 1
    assert "or say --replace if they are to go" in refused.output
    assert call("focus", bill(account="200", cost="2"), "--replace").exit_code == 0
    assert source_of(call)["periods"][0]["billed_cost"] == "2"


def test_a_forgotten_source_leaves_no_number_behind_and_can_be_loaded_again(call, bill, home):
    call("focus", bill("a.csv", cost="1.25"), "--source", "first")
    call("focus", bill("a.csv", cost="1.5"), "--source", "first")
    call("focus", bill("b.csv", cost="2", account="200"), "--source", "second")
    refused = call("focus", bill("a.csv", cost="1.5"), "--source", "other")
    assert "take 'first' out first: python -m ingest forget first." in refused.output

    done = call("forget", "first")
    assert done.exit_code == 0, done.output
    assert re.search(r"charge lines +2026-10-01 +2026-10-01 +1 ", done.output)
    assert re.search(r"invoice totals .* 1\.50 +USD", done.output)
    status = json.loads(call("status", "--json").output)
    assert {told["source"]: told["rows"] for told in status["sources"]} == {
        "first": 0, "other": 0, "second": 1,
    }  # fmt: skip
    assert status["restatements"] == []
    cursor = open_latest(home).cursor()
    assert cursor.execute("SELECT sum(effective_cost) FROM ladder").fetchall() == [(2,)]
    assert cursor.execute("SELECT sum(effective_cost) FROM part").fetchall() == [(2,)]
    loads = "SELECT status, message FROM load WHERE source = 'first' ORDER BY load_id"
    assert [status for status, _ in cursor.execute(loads).fetchall()] == ["replaced"] * 3
    assert cursor.execute(loads).fetchall()[-1][1].startswith("taken out")
    assert call("check").exit_code == 0

    assert "nothing was taken out" in call("forget", "first").output
    assert " loaded " in call("focus", bill("a.csv", cost="1.5"), "--source", "other").output
    assert " loaded " in call("focus", bill("c.csv", cost="3", account="300"), "--source", "first").output


def test_the_only_bill_can_be_forgotten_and_is_not_live_when_it_comes_again(call, bill, home):
    path = bill()
    call("focus", path)
    assert call("forget", "focus").exit_code == 0
    assert open_latest(home).cursor().execute("SELECT count(*) FROM ladder").fetchall() == [(0,)]
    assert call("check").exit_code == 0
    assert " loaded " in call("focus", path).output


def test_forgetting_takes_whatever_a_source_may_hold(home):
    """One row in every table that says whose it is, by the schema; none of them stays, and a neighbour's all do."""
    with Warehouse.open(home) as wh:
        held = [
            table
            for (table,) in wh.con.execute(
                """SELECT table_name FROM duckdb_columns() WHERE database_name = 'work' AND column_name = 'source'
                    AND NOT table_name LIKE 'built%' AND table_name NOT IN ('load', 'file', 'reject')"""
            ).fetchall()
        ]
        assert len(held) == 15
        for source in ("gone", "kept"):
            with wh.load(source, "focus", "cost") as begun:
                for table in held:
                    _one_row(wh.con, table, source)
                begun.finish(rows=1)
        assert len(forget(wh, "gone")) == 15
        left = [wh.con.execute(f"SELECT source FROM {table}").fetchall() for table in held]
    assert left == [[("kept",)]] * 15


def _one_row(con, table, source):
    """A row with a plain value in each column that must have one."""
    plain = {"DATE": "2026-10-01", "TIMESTAMP": "2026-10-01 00:00:00"}
    columns = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = 'work' AND table_name = ? AND NOT is_nullable",
        [table],
    ).fetchall()
    told = {name: "1" if type.startswith(("D", "B", "I")) else source for name, type in columns}
    told |= {name: plain[type] for name, type in columns if type in plain}
    told |= {"relation": "cost"} if table == "parquet_file" else {}
    marks = ", ".join("?" for _ in told)
    con.execute(f"INSERT INTO {table} ({', '.join(told)}) VALUES ({marks})", list(told.values()))


def test_only_what_is_there_can_be_forgotten(call, bill, home):
    assert call("forget", "focus").exit_code == 1
    assert not home.exists()
    call("focus", bill())
    result = call("forget", "fokus")
    assert result.exit_code == 2
    assert "The store has no source 'fokus'. Did you mean 'focus'? It has: focus." in result.output


def test_make_run_wants_the_demo_until_something_is_loaded(call, bill, home):
    """A slip publishes a snapshot too, which lists the failed load."""
    assert call("status", "--any").exit_code == 1
    assert not home.exists()
    call("focus", "no-such.csv")
    assert read_pointer(home).current.generation == 1
    assert call("status", "--any").exit_code == 1
    call("focus", bill())
    assert call("status", "--any").exit_code == 0
    call("forget", "focus")
    assert call("status", "--any").exit_code == 1


def test_a_store_that_was_moved_is_not_filled_with_the_demo(call, bill, home, monkeypatch):
    call("focus", bill())
    home.rename(home.with_name("elsewhere"))
    monkeypatch.setenv("INFERLEDGER_HOME", str(home.with_name("elsewhere")))
    assert call("status", "--any").exit_code == 0


def test_make_run_asks_the_store_and_not_for_a_file():
    recipe = subprocess.run(
        ["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "python -m ingest status --any || " in recipe


def test_each_load_is_one_line_of_json_for_whoever_collects_logs(home, bill):  # noqa: ARG001 - sets INFERLEDGER_HOME
    command = [sys.executable, "-m", "ingest", "--log", "json", "focus"]
    done = subprocess.run([*command, str(bill())], capture_output=True, text=True, check=True)
    gone = subprocess.run([*command, "gone.csv"], capture_output=True, text=True, check=False)
    load, publish = (json.loads(line) for line in done.stderr.splitlines())
    assert (load["event"], load["status"], load["rows"], load["level"]) == ("load", "loaded", 1, "info")
    assert (publish["event"], publish["generation"]) == ("publish", 1)
    after = subprocess.run(
        [*command[:3], "focus", str(bill()), "--log", "json"], capture_output=True, text=True, check=True
    )
    assert json.loads(after.stderr.splitlines()[0])["status"] == "unchanged"
    failed = json.loads(gone.stderr.splitlines()[0])
    assert (failed["status"], failed["level"]) == ("failed", "error")
    assert "gone.csv does not exist" in failed["message"]
    quiet = subprocess.run([*command[:3], "focus", str(bill())], capture_output=True, text=True, check=True)
    assert quiet.stderr == ""


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_explains_itself(call, name):
    result = call(name, "--help")
    assert result.exit_code == 0
    assert main.commands[name].help


@pytest.mark.parametrize("kind", ["resources", "requests"])
def test_help_names_the_columns_that_a_table_of_ones_own_may_have(call, kind):
    known = GUESSES if kind == "requests" else {**Machine.model_fields, **Deployment.model_fields}
    words = set(re.findall(r"\w+", call(kind, "--help").output))
    assert set(known) - words == set()


def test_help_says_that_bills_are_taken_by_whole_periods(call):
    said = " ".join(call("focus", "--help").output.split())
    assert "of bills whole billing periods, from its month on" in said


@pytest.mark.usefixtures("home")
def test_a_local_bill_needs_no_cloud_sdk(bill):
    """They cost a second to import; only the source that speaks to a cloud pays it."""
    code = (
        "import sys; from ingest.__main__ import main\n"
        "try: main(['focus', sys.argv[1]])\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "sys.exit(sorted({'boto3', 'botocore', 'google.cloud', 'streamlit', 'pandas'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code, str(bill())], capture_output=True, text=True)
    assert result.stderr.strip() == "[]"


# --- inferledger.toml ---------------------------------------------------------------------------------------------


def test_every_kind_of_the_settings_has_a_loader():
    assert set(KINDS) == set(REGISTRY)


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_a_source_takes_every_option_by_its_name_and_its_loader_is_there(kind):
    """The registry hands the options over by name, so a name that differs would fail only when somebody uses it."""
    required = {name: "x" for name, told in OPTIONS[kind].model_fields.items() if told.is_required()}
    options = OPTIONS[kind].model_construct(**required)  # a machine of one's own has no plain value
    assert REGISTRY[kind].open(options).kind == kind
    assert callable(resolve_name(REGISTRY[kind].loader))


def test_settings_are_read_once_and_frozen(settings):
    found = read_settings(
        settings("""
        [model]
        device_share = 0.9
        team_tags = ["squad"]
        source_order = ["dcgm"]
        [[model.rules]]
        priority = 1
        provider = "AWS"
        service = "%"
        category = "%"
        usage = "%p5%"
        klass = "outside"
        component = "other"
        [sources.dcgm]
        kind = "prometheus"
        location = "http://prometheus:9090"
        [sources.dcgm.headers]
        X-Scope-OrgID = "ml"
        """)
    )
    assert found.model.device_share == 0.9
    assert found.model.team_tags == ("squad",)
    assert found.model.rules == (EstateRule(1, "AWS", "%", "%", "%p5%", "outside", "other"),)
    assert found.sources["dcgm"].headers == {"X-Scope-OrgID": "ml"}
    with pytest.raises(ValueError, match="frozen"):
        found.sources["dcgm"].location = "elsewhere"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[source.x]", "there is no setting 'source'. Did you mean 'sources'?"),
        ("[model]\ndevice_shar = 1", "there is no setting 'model.device_shar'. Did you mean 'device_share'?"),
        ("[model]\ndevice_share = 2", "'model' is {'device_share': 2}: device_share is 2.0; it is the part"),
        ("[model]\ndevice_share = 'a'", "'model.device_share' is 'a': Input should be a valid number"),
        ("[[model.rules]]\nprio = 1", "there is no setting 'model.rules[0].prio'. Did you mean 'priority'?"),
        (
            "[sources.a]\nkind = 'focs'\n",
            "[sources.a] has kind 'focs', which is not known. Did you mean 'focus'?",
        ),
        ("[sources.a]\nlocation = 'x'\n", "[sources.a] has no kind."),
        ("[sources.a]\nkind = 'focus'\n", "'sources.a.location' is missing. Add it under [sources.a]."),
        (
            "[sources.a]\nkind = 'focus'\nlocaton = 'x'\nlocation = 'y'",
            "there is no setting 'sources.a.locaton'. Did you mean 'location'?",
        ),
        (
            "[sources.a]\nkind = 'focus'\nlocation = 7",
            "'sources.a.location' is 7: Input should be a valid string.",
        ),
        ("[sources.'a b']\nkind = 'focus'\nlocation = 'x'", "'a b' cannot name a source"),
        ("sources = 3", "'sources' is 3"),
        ("[sources]\na = 'focus'", "'sources.a' is 'focus', where a table is expected: [sources.a]"),
        ("[model]\nrules = 3", "'model.rules' is 3"),
        ("[sources\n", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(settings, text, said):
    path = settings(text)
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_a_config_that_is_not_there_is_an_error_and_none_at_all_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_settings().sources == {}
    monkeypatch.setenv("INFERLEDGER_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(SettingsError, match=r"There is no .*gone.toml"):
        read_settings()


def test_a_second_command_waits_by_default(call, bill, monkeypatch):
    """The default: cron jobs queue up instead of failing."""
    waited = []
    original = Warehouse.open.__func__

    def note(cls, path, wait_seconds=600, *more):
        waited.append(wait_seconds)
        return original(cls, path, wait_seconds, *more)

    monkeypatch.setattr(Warehouse, "open", classmethod(note))
    assert call("focus", bill()).exit_code == 0
    assert waited[0] >= 600


def test_a_moved_store_is_mended_by_the_command_that_its_message_names(
    call, bill, home, tmp_path, monkeypatch
):
    call("focus", bill())
    moved = tmp_path / "moved"
    home.rename(moved)
    monkeypatch.setenv("INFERLEDGER_HOME", str(moved))
    assert "python -m ingest check --mend" in call("status").output
    mended = call("check", "--mend")
    assert mended.exit_code == 0, mended.output
    assert source_of(call)["periods"][0]["billed_cost"] == "1.25"


@pytest.mark.parametrize("words", [["focus"], ["demo"], ["check", "--mend"]])
def test_a_store_that_cannot_be_created_is_told_in_words(call, bill, monkeypatch, tmp_path, words):
    (tmp_path / "file").touch()
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path / "file" / "store"))
    told = call(*words, bill()) if words == ["focus"] else call(*words)
    assert told.exit_code == 1
    assert "cannot be created" in told.output
    assert "Set INFERLEDGER_HOME to a folder" in told.output
