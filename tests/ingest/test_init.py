"""`init` writes a file that loads as it stands, and still loads when every setting that it shows is uncommented."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.configure import askable
from ingest.options import OPTIONS
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


def test_every_commented_setting_is_one_and_shows_its_default(init, tmp_path):
    words = [word for kind in askable() for word in (f"--{kind}", "somewhere")]
    assert init(*words).exit_code == 0
    path = tmp_path / "inferledger.toml"
    shown = path.read_text()
    path.write_text(
        re.sub(r'^# ([a-z_]+ = (?!"?AWS|"%|"machine"|"compute"|1$).*)$', r"\1", shown, flags=re.MULTILINE)
    )
    found = read_settings(path)
    assert found.model == ModelSettings()
    assert set(found.sources) == set(askable())
    for kind, options in found.sources.items():
        plain = OPTIONS[kind](location="somewhere")
        told = {field for field in OPTIONS[kind].model_fields if f"\n{field} = " in path.read_text()}
        assert told == set(OPTIONS[kind].model_fields)
        for field in told:
            ours, default = getattr(options, field), getattr(plain, field)
            assert ours == default or default is None, (kind, field)


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
    answers = ["s3://bill/gpu" if kind == "aws-cur" else "" for kind in askable()]
    assert init(input="\n".join([*answers, ""])).exit_code == 0
    assert list(read_settings(tmp_path / "inferledger.toml").sources) == ["aws-cur"]
