-- A rehearsal leaves no trace.
DELETE FROM load WHERE load_id = $load_id;
