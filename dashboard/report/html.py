"""The pack as one HTML file that asks nothing of the network: on a screen of any width, light or dark, and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard import format as fmt
from dashboard.report.pack import MOST, Pack
from dashboard.report.sections import Kind, Section, Step, Table, answers, said, scope, sections, title
from dashboard.report.text import again

TEMPLATE = "weekly.html.j2"


def html(pack: Pack) -> str:
    """The whole document; the same pack gives the same bytes."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return pages.get_template(TEMPLATE).render(
        title=title(pack),
        scope=scope(pack),
        answers=answers(pack),
        parts=[_part(part, pack.filters.currency) for part in sections(pack)],
        again=again(pack),
    )


def _part(part: Section, currency: str) -> dict[str, Any]:
    hidden = len(part.table.rows) - MOST if part.table else 0
    cut = part.title not in ("The cost ladder: every dollar exactly once", "In figures") and hidden > 0
    return {
        "title": part.title,
        "said": part.said,
        "bars": _cascade(part.steps, part.steps_kind, currency),
        "alt": f"{part.title}: what each cause added or took, ending at the change",
        "table": part.table and _table(part.table, currency, MOST if cut else None),
        "more": f"And {hidden:,} more rows, in the workbook." if cut else "",
    }


def _table(table: Table, currency: str, most: int | None) -> dict[str, Any]:
    columns = [
        {
            "label": f"{column.label} ({currency})"
            if column.kind in ("money", "unit cost")
            else column.label,
            "css": {"text": "", "date": "date"}.get(column.kind, "number"),
        }
        for column in table.columns
    ]
    rows = [
        [said(cell, column.kind, currency) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows[:most]
    ]
    return {"columns": columns, "rows": rows}


def _cascade(steps: tuple[Step, ...], kind: Kind, currency: str) -> list[dict[str, Any]]:
    """Each step from where the one before ended, and the change from 0; places in percent of the width."""
    if not steps:
        return []
    level, spans = 0.0, []
    for step in steps:
        spans.append((step.name, step.amount, level, level + step.amount))
        level += step.amount
    spans.append(("change", level, 0.0, level))
    low, high = (pick(0.0, *(edge for *_, a, b in spans for edge in (a, b))) for pick in (min, max))
    width = (high - low) or 1.0
    bars = []
    for name, amount, begins, ends in spans:
        left, right = (100 * (edge - low) / width for edge in sorted((begins, ends)))
        colour = "cost" if name == "change" else "dearer" if amount > 0 else "cheaper"
        told = (
            fmt.money(amount, currency, plus=True)
            if kind == "money"
            else fmt.unit_cost(amount, currency, plus=True)
        )
        place = {"left": f"{left:.2f}", "right": f"{right:.2f}", "width": f"{right - left:.2f}"}
        bars.append({"name": name, "amount": told, "colour": colour, **place})
    return bars
