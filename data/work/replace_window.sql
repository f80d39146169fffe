-- Telemetry and traffic are replaced by hours: a load of which none is left was replaced as a whole.
UPDATE load SET status = 'replaced'
WHERE load_id <> $load_id AND status = 'loaded' AND (source, kind) = (SELECT (source, kind) FROM load WHERE load_id = $load_id)
    AND window_start >= $start AND window_end <= $end;
