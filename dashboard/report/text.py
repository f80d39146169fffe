"""The pack in a few lines, for Slack, Teams or an e-mail."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.headlines import idle as headlines_idle
from dashboard.report.pack import Pack
from dashboard.report.sections import answers, scope, title

NOTES = 5  # in a message; the document has all


def text(pack: Pack) -> str:
    """Title, answers, the dearest idle machine, what people noted, scope: plain lines, no markup."""
    lines = [title(pack), *(f"• {said}" for said in answers(pack))]
    lines.append(f"• {headlines_idle.idle(pack.idle, pack.filters)}")
    for note in (pack.notes or ())[:NOTES]:
        lines.append(f"• {fmt.day(note.day)}: {' '.join(note.text.split())} – {note.who}")
    lines.append(scope(pack))
    return "\n".join(lines) + "\n"


def again(pack: Pack) -> str:
    """How the same pack is made again."""
    return (
        f"Made by inferledger from snapshot {pack.snapshot.generation}. The same numbers again: "
        f"python -m dashboard report --week {pack.week} --snapshot {pack.snapshot.generation}"
    )
