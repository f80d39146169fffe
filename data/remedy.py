"""Commands that stop a machine and start it again, as text for a person to copy; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

_EC2 = re.compile(r"(?:^|[:/])(i-[0-9a-zA-Z-]+)$")
_ARN_REGION = re.compile(r"^arn:aws[a-z-]*:ec2:([a-z0-9-]+):")
_ZONE = re.compile(r"-[a-z]$")  # us-central1-a; a region alone is no place for an instance
_GCE = re.compile(r"projects/(?P<project>[^/]+)/zones/(?P<zone>[^/]+)/instances/(?P<name>[^/]+)$")


@dataclass(frozen=True)
class Remedy:
    """How to stop and how to undo; None and the reason where no command is known."""

    stop: str | None
    undo: str | None
    note: str


OVER = "It is over: the machine works again, or is no longer billed."
NOT_WHOLE = (
    "No command frees these devices: the machine is shared or somebody holds it. Ask the owner to scale the holder "
    "down, or move other work here."
)
RESTART = "Scarce GPU machines may not start again when the region is short of capacity."


def remedy(finding: Mapping[Any, Any]) -> Remedy:
    """What to do about one row of the idle findings: a command where a whole machine is idle and still is."""
    if not finding["ongoing"]:
        return Remedy(None, None, OVER)
    if not finding["whole_hours"]:
        return Remedy(None, None, NOT_WHOLE)
    return whole_machine(
        finding["provider"], finding["resource_id"], finding["region_id"], finding["sub_account_id"]
    )


def whole_machine(
    provider: str | None, resource_id: str | None, region: str | None, account: str | None
) -> Remedy:
    """Stop and start of a whole machine, by the id on its bill. Values are quoted for a shell."""
    if provider == "AWS" and resource_id and (found := _EC2.search(resource_id)):
        arn = _ARN_REGION.match(resource_id)
        where = arn.group(1) if arn else region
        tail = (f" --region {quote(where)}" if where else "") + f" --instance-ids {quote(found.group(1))}"
        return Remedy(f"aws ec2 stop-instances{tail}", f"aws ec2 start-instances{tail}", RESTART)
    if provider == "GCP" and resource_id:
        return _gce(resource_id, region, account)
    return Remedy(
        None, None, f"No stop command is known for {resource_id or 'a machine without a billed id'}."
    )


def _gce(resource_id: str, zone: str | None, project: str | None) -> Remedy:
    found = _GCE.search(resource_id)
    name, where, project = (
        (found["name"], found["zone"], found["project"])
        if found
        else (resource_id.rsplit("/", 1)[-1], zone if zone and _ZONE.search(zone) else None, project)
    )
    tail = (
        f" {quote(name)}"
        + (f" --zone {quote(where)}" if where else "")
        + (f" --project {quote(project)}" if project else "")
    )
    return Remedy(f"gcloud compute instances stop{tail}", f"gcloud compute instances start{tail}", RESTART)
