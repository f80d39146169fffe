"""One code behind every way in which telemetry arrives: readers stage series and samples, the roll-up does the rest."""
