-- Takes [start, end) out of a load's stretches (ours), or out of those that its source held before it. One that reaches
-- beyond keeps its outer part; seconds are even within a stretch, so the cut is exact.
INSERT INTO idle_stretch BY NAME
SELECT * REPLACE (
  $end AS start_at,
  seconds * date_diff('microsecond', $end, end_at) / date_diff('microsecond', start_at, end_at) AS seconds)
FROM idle_stretch
WHERE source = $source AND (load_id = $load_id) = $ours AND start_at < $end AND end_at > $end;
UPDATE idle_stretch SET
  end_at = $start,
  seconds = seconds * date_diff('microsecond', start_at, $start) / date_diff('microsecond', start_at, end_at)
WHERE source = $source AND (load_id = $load_id) = $ours AND start_at < $start AND end_at > $start;
DELETE FROM idle_stretch
WHERE source = $source AND (load_id = $load_id) = $ours AND start_at >= $start AND start_at < $end;
