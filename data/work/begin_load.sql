-- Committed before the work begins: a killed load is known by its missing finish.
INSERT INTO load (load_id, source, kind, grain, status, started_at)
VALUES ($load_id, $source, $kind, $grain, 'failed', $now);
