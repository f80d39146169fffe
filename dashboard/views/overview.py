"""Being built."""

from __future__ import annotations

from dashboard.filter_bar import current
from dashboard.page_parts import empty_state

empty_state(current(), "figures")
