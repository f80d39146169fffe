"""`init` writes a file that loads as it stands, and still loads when every setting that it shows is uncommented."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.configure import is_located
from ingest.options import OPTIONS
from ingest.registry import REGISTRY
from ingest.settings import read_settings


@pytest.fixture
def init(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words, **more: CliRunner().invoke(main, ["init", *words], **more)


def test_named_sources_are_written_in_a_file_that_loads(init, tmp_path):
    result = init(
        "--aws-cur", "s3://bill/gpu", "--prometheus", "http://a:9090", "--prometheus", "http://b:9090"
    )
    assert result.exit_code == 0, result.output
    found = read_settings(tmp_path / "inferledger.toml")
    assert {name: (o.kind, o.location) for name, o in found.sources.items()} == {
        "aws-cur": ("aws-cur", "s3://bill/gpu"),
        "prometheus": ("prometheus", "http://a:9090"),
        "prometheus-2": ("prometheus", "http://b:9090"),
    }
    assert found.model == ModelSettings()


def test_a_location_keeps_its_quotes_and_backslashes(init, tmp_path):
    hostile = 'C:\\bills\\"new"\nkind = "demo"'
    assert init("--focus", hostile).exit_code == 0
    assert read_settings(tmp_path / "inferledger.toml").sources["focus"].location == hostile


MACHINE = (
    'currency=EUR resource=rack1-07 gpu_model="H100 80GB" gpu_count=8 purchase_price=289000.10 '
    "purchase_date=2026-01-15 "
)
SAID = {kind: "somewhere" if is_located(options) else "" for kind, options in OPTIONS.items()} | {
    "on-prem": MACHINE + "life_months=48"
}
UNSET = re.compile(r"^# [a-z_]+: unset. Example: (.*)$", re.MULTILINE)


def flags(said):
    return [word for kind, text in said.items() for word in (f"--{kind}", *([text] if text else []))]


def test_every_kind_can_be_asked_for_in_one_word(init, tmp_path):
    """Flags come from the options: a kind that is registered has one."""
    assert set(SAID) == set(REGISTRY)
    result = init(*flags(SAID))
    assert result.exit_code == 0, result.output
    path = tmp_path / "inferledger.toml"
    found = read_settings(path)
    assert found.model == ModelSettings()
    machine = {
        "resource": "rack1-07",
        "gpu_model": "H100 80GB",
        "gpu_count": 8,
        "purchase_price": Decimal("289000.10"),
        "purchase_date": date(2026, 1, 15),
        "life_months": 48,
    }
    told = {kind: {"location": "somewhere"} if said else {} for kind, said in SAID.items()}
    told["on-prem"] = {"currency": "EUR", "machine": [machine], "config_file": path}
    assert found.sources == {kind: OPTIONS[kind](**more) for kind, more in told.items()}


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("cloudwatch", "region=eu-central-1", {"region": "eu-central-1"}),
        ("fx", "rates.csv", {"location": "rates.csv"}),
        ("fx", "'my rates.csv'", {"location": "my rates.csv"}),
        ("prices-aws", "region=eu-west-1 shipped=true", {"region": "eu-west-1", "shipped": True}),
        ("prices-gcp", "table=bigquery://p.d project=q", {"table": "bigquery://p.d", "project": "q"}),
        ("accounts-gcp", "endpoint_url=http://a/?b=c", {"endpoint_url": "http://a/?b=c"}),
    ],
)
def test_options_follow_a_flag_as_words(init, tmp_path, kind, said, told):
    result = init(f"--{kind}", said, "--focus", "x")
    assert result.exit_code == 0, result.output
    sources = read_settings(tmp_path / "inferledger.toml").sources
    assert sources == {kind: OPTIONS[kind](**told), "focus": OPTIONS["focus"](location="x")}


@pytest.mark.parametrize(
    ("kind", "said", "answer"),
    [
        ("cloudwatch", "regoin=eu", "--cloudwatch: 'regoin=eu' is no option of it. Did you mean 'region'?"),
        ("cloudwatch", "'", '--cloudwatch: "\'" cannot be read: No closing quotation.'),
        ("prices-aws", "shipped=perhaps", "--prices-aws: 'shipped' is 'perhaps':"),
        ("on-prem", "", "--on-prem: 'currency' is missing. It takes 'currency=… resource=… gpu_model=…"),
        ("on-prem", "currency=EUR", "--on-prem: a machine is missing."),
        ("on-prem", MACHINE, "--on-prem: 'life_months' is missing."),
        ("fx", "a.csv b.csv", "--fx: 'b.csv' is no option of it."),
    ],
)
def test_a_slip_behind_a_flag_is_told_and_nothing_is_written(init, tmp_path, kind, said, answer):
    result = init(f"--{kind}", said)
    assert result.exit_code == 2
    assert answer in result.output
    assert not (tmp_path / "inferledger.toml").exists()


def test_every_commented_setting_is_one_and_shows_its_default(init, tmp_path):
    assert init(*flags(SAID)).exit_code == 0
    path = tmp_path / "inferledger.toml"
    before, shown = read_settings(path), path.read_text()
    path.write_text(
        re.sub(r'^# ([a-z_]+ = (?!"?AWS|"%|"machine"|"compute"|1$).*)$', r"\1", shown, flags=re.MULTILINE)
    )
    assert path.read_text().count("\n# ") < shown.count("\n# ")
    assert read_settings(path) == before


@pytest.mark.parametrize("kind", OPTIONS)
def test_an_option_that_is_unset_says_so_and_its_example_is_one(init, tmp_path, kind):
    assert init(*flags({kind: SAID[kind]})).exit_code == 0
    path = tmp_path / "inferledger.toml"
    shown, (options,) = path.read_text(), read_settings(path).sources.values()
    examples = UNSET.findall(shown)
    told = options.machine[0] if kind == "on-prem" else options
    unset = [name for name in type(told).model_fields if getattr(told, name) is None]
    assert [example.partition(" = ")[0] for example in examples] == unset
    pairs = {"watts": "energy_price", "energy_price": "watts"}  # which are told together or not at all
    for example in examples:
        also = [one for one in examples if one.startswith(f"{pairs.get(example.partition(' ')[0])} =")]
        path.write_text("\n".join([shown.partition("\n# Other kinds")[0], example, *also]))
        (found,) = read_settings(path).sources.values()
        assert found != options, example


def test_doctor_looks_at_every_kind_that_init_writes(init, home, monkeypatch):  # noqa: ARG001
    """Nothing is there: each is told in words, and none stops the others."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    nobody = "endpoint_url=http://127.0.0.1:9"
    said = SAID | dict.fromkeys(("prices-gcp", "prices-aws", "accounts-gcp"), nobody)
    said |= {"cloudwatch": f"region=us-east-1 {nobody}"}
    assert init(*flags(said)).exit_code == 0
    result = CliRunner().invoke(main, ["doctor"])
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    heads = re.findall(r"^(\S+) \(\1\)\n  (good|look|mend)  \S", result.output, re.MULTILINE)
    assert [kind for kind, _ in heads] == list(OPTIONS)
    assert {kind for kind, state in heads if state == "good"} == {"on-prem", "fx"}


def test_the_example_of_a_rule_is_one(init, tmp_path):
    init("--focus", "x")
    path = tmp_path / "inferledger.toml"
    rule = re.findall(r"^# (\[\[model.rules\]\]\n(?:# .* = .*\n)+)", path.read_text(), re.MULTILINE)[0]
    path.write_text(rule.replace("# ", ""))
    assert len(read_settings(path).model.rules) == 1


def test_a_file_that_is_there_is_not_written_over(init, tmp_path):
    (tmp_path / "inferledger.toml").write_text("[model]\n")
    refused = init("--focus", "x")
    assert refused.exit_code == 1
    assert "exists already; nothing was changed" in refused.output
    assert (tmp_path / "inferledger.toml").read_text() == "[model]\n"
    assert init("--focus", "x", "--force").exit_code == 0
    assert "focus" in read_settings(tmp_path / "inferledger.toml").sources


def test_without_a_source_and_without_a_terminal_it_says_which_there_are(init):
    result = init()
    assert result.exit_code == 2
    assert "Name at least one source: --focus, --aws-cur," in result.output


def test_in_a_terminal_it_asks(init, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.__main__.at_terminal", lambda: True)
    told = {"aws-cur": "s3://bill/gpu", "fx": "yes", "cloudwatch": "region=eu-west-1"}
    assert init(input="\n".join([*(told.get(kind, "") for kind in OPTIONS), ""])).exit_code == 0
    assert read_settings(tmp_path / "inferledger.toml").sources == {
        "aws-cur": OPTIONS["aws-cur"](location="s3://bill/gpu"),
        "fx": OPTIONS["fx"](),
        "cloudwatch": OPTIONS["cloudwatch"](region="eu-west-1"),
    }


def test_a_slip_in_a_terminal_is_told_and_asked_again_and_no_other_answer_is_lost(
    init, tmp_path, monkeypatch
):
    monkeypatch.setattr("ingest.__main__.at_terminal", lambda: True)
    told = {"aws-cur": "s3://bill/gpu", "cloudwatch": "regoin=eu-west-1\nregion=eu-west-1", "fx": "a b\n"}
    result = init(input="\n".join([*(told.get(kind, "") for kind in OPTIONS), ""]))
    assert result.exit_code == 0, result.output
    assert "  --cloudwatch: 'regoin=eu-west-1' is no option of it. Did you mean 'region'?" in result.output
    assert read_settings(tmp_path / "inferledger.toml").sources == {
        "aws-cur": OPTIONS["aws-cur"](location="s3://bill/gpu"),
        "cloudwatch": OPTIONS["cloudwatch"](
            region="eu-west-1"
        ),  # and no rates, of which the second answer was none
    }


def test_nobody_is_asked_for_a_file_that_would_not_be_written(init, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.__main__.at_terminal", lambda: True)
    (tmp_path / "inferledger.toml").write_text("[model]\n")
    result = init(input="s3://bill/gpu\n" * len(OPTIONS))
    assert (result.exit_code, "Where does your data lie" in result.output) == (1, False)
    assert "exists already; nothing was changed" in result.output
