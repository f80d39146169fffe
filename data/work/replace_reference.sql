-- Reference tables are replaced whole: what earlier loads of the source brought is gone.
UPDATE load SET status = 'replaced'
WHERE load_id <> $load_id AND status = 'loaded' AND (source, kind) = (SELECT (source, kind) FROM load WHERE load_id = $load_id);
