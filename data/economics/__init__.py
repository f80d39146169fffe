"""Pure arithmetic over money and time: numbers in, numbers out; no database, no page."""
