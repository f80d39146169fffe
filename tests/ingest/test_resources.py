"""What a person says about machines and deployments, in three formats, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from samples import answer

from ingest.load_reference import load_resources
from ingest.source import SourceError, Window
from ingest.sources.resources import Resources

TOML = """
[[machine]]
resource_id = "i-0abc"
node = "ip-10-0-1-7.ec2.internal"
instance_type = "p5.48xlarge"
device_model = "H100 80GB"
device_count = 8

[[deployment]]
model = "llama-70b"
version = "v3"
namespace = "chat"
pod = "llama-70b-v3-*"
endpoint = "chat"
mode = "real time"
team = "assistants"
valid_from = 2026-08-03T02:00:00+02:00

[[deployment]]
model = "router"
resource_id = "i-0cpu"
valid_to = 2026-10-01
"""
JSON = """
{"machine": [{"resource_id": "i-0abc", "node": "ip-10-0-1-7.ec2.internal", "instance_type": "p5.48xlarge",
              "device_model": "H100 80GB", "device_count": 8, "provider_id": null}],
 "deployment": [{"model": "llama-70b", "version": "v3", "namespace": "chat", "pod": "llama-70b-v3-*",
                 "endpoint": "chat", "mode": "real time", "team": "assistants", "valid_from": "2026-08-03T00:00:00Z"},
                {"model": "router", "resource_id": "i-0cpu", "valid_to": "2026-10-01T00:00:00"}]}
"""
CSV_COLUMNS = (
    "kind,resource_id,node,instance_type,device_model,device_count,"
    "model,version,namespace,pod,endpoint,mode,team,valid_from,valid_to"
)
CSV = f"""{CSV_COLUMNS}
machine,i-0abc,ip-10-0-1-7.ec2.internal,p5.48xlarge,H100 80GB,8,,,,,,,,,
deployment,,,,,,llama-70b,v3,chat,llama-70b-v3-*,chat,real time,assistants,2026-08-03T00:00:00Z,
deployment,i-0cpu,,,,,router,,,,,,,,2026-10-01
"""
BOTH = [("estate.toml", TOML), ("estate.json", JSON), ("estate.csv", CSV)]


def load(warehouse, path, text, source="resources"):
    path.write_text(text)
    (result,) = load_resources(warehouse, source, Resources(str(path)), Window())
    return result


def rows(warehouse, table):
    return [
        {name: cell for name, cell in row.items() if cell is not None}
        for row in answer(warehouse, f"SELECT * EXCLUDE (source, load_id) FROM {table} ORDER BY ALL")
    ]


@pytest.mark.parametrize(("name", "text"), BOTH)
def test_every_format_says_the_same(tmp_path, warehouse, name, text):
    result = load(warehouse, tmp_path / name, text)
    assert (result.status, result.rows) == ("loaded", 3)
    assert rows(warehouse, "resource_map") == [
        {
            "node": "ip-10-0-1-7.ec2.internal",
            "resource_id": "i-0abc",
            "instance_type": "p5.48xlarge",
            "device_model": "H100 80GB",
            "device_count": 8,
        }
    ]
    assert rows(warehouse, "deployment_map") == [
        {
            "namespace": "chat",
            "pod": "llama-70b-v3-%",
            "model": "llama-70b",
            "version": "v3",
            "endpoint": "chat",
            "mode": "real time",
            "team": "assistants",
            "valid_from": datetime(2026, 8, 3),
        },
        {"resource_id": "i-0cpu", "model": "router", "valid_to": datetime(2026, 10, 1)},
    ]


def test_a_source_is_replaced_whole_and_others_stay(tmp_path, warehouse):
    load(warehouse, tmp_path / "a.toml", TOML)
    load(warehouse, tmp_path / "b.toml", '[[machine]]\nresource_id = "other"\n', source="other")
    load(warehouse, tmp_path / "a.toml", '[[machine]]\nresource_id = "i-1"\nnode = "n"\n')
    assert [row["resource_id"] for row in rows(warehouse, "resource_map")] == ["i-1", "other"]
    assert rows(warehouse, "deployment_map") == []


def test_the_same_file_twice_changes_nothing(tmp_path, warehouse):
    load(warehouse, tmp_path / "a.toml", TOML)
    again = load(warehouse, tmp_path / "a.toml", TOML)
    assert (again.status, again.rows) == ("unchanged", 3)
    assert len(rows(warehouse, "resource_map")) == 1


def test_every_month_with_facts_is_built_again(tmp_path, warehouse):
    hour = datetime(2026, 9, 3, 4)
    warehouse.con.execute(
        "INSERT INTO traffic (source, load_id, hour, requests_ok, requests_failed) VALUES ('s', 'l', ?, 1, 0)",
        [hour],
    ).fetchall()
    load(warehouse, tmp_path / "a.toml", TOML)
    assert [str(month) for (month,) in warehouse.con.execute("FROM dirty_month").fetchall()] == ["2026-09-01"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("e.toml", '[[machine]]\nnode = "n"\n', "machine 1: resource_id is missing"),
        (
            "e.toml",
            '[[machine]]\nresource_id = "i"\nnod = "n"\n',
            "a machine has no 'nod'. Known: resource_id, node",
        ),
        ("e.toml", '[[deployment]]\nmodel = "m"\n', "one of pod, served_name and resource_id"),
        ("e.toml", '[[deployment]]\nmodel = "m"\npod = "p"\nmode = "fast"\n', "mode is 'fast'"),
        (
            "e.toml",
            '[[deployment]]\nmodel = "m"\npod = "p"\nvalid_from = 2026-01-02\nvalid_to = 2026-01-01\n',
            "valid_from must lie before valid_to",
        ),
        ("e.toml", "[machine]\nresource_id = 1\n", r"Write \[\[machine\]\]"),
        ("e.toml", "[[machines]]\n", "holds machines; it may hold machine and deployment tables"),
        ("e.toml", "machine = [", "cannot be read"),
        ("e.json", "[1]", "nothing of the kind"),
        ("e.csv", "resource_id,node\ni,n\n", "has no column 'kind'; there is resource_id, node"),
        ("e.csv", "kind,resource_id\nserver,i\n", "line 1: kind is 'server'"),
        ("e.csv", "kind,resource_id,device_count\nmachine,i,eight\n", "line 1: device_count is 'eight'"),
    ],
)
def test_a_wrong_row_stops_the_load_and_says_where(tmp_path, warehouse, name, text, said):
    load(warehouse, tmp_path / "a.toml", TOML)
    with pytest.raises(SourceError, match=said):
        load(warehouse, tmp_path / name, text)
    assert len(rows(warehouse, "resource_map")) == 1


def test_an_azure_id_is_kept_as_its_bill_is(tmp_path, warehouse):
    told = "/subscriptions/S-1/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/VM-1"
    path = tmp_path / "estate.toml"
    path.write_text(f'''[[machine]]
resource_id = "{told}"
[[machine]]
resource_id = "i-0ABC"
''')
    load_resources(warehouse, "estate", Resources(str(path)), Window())
    told_ids = [
        row["resource_id"] for row in answer(warehouse, "SELECT resource_id FROM resource_map ORDER BY 1")
    ]
    assert told_ids == [told.lower(), "i-0ABC"]


def test_no_file(tmp_path, warehouse):
    with pytest.raises(SourceError, match="is not a file"):
        load_resources(warehouse, "resources", Resources(str(tmp_path / "absent.toml")), Window())
