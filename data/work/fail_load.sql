UPDATE load SET status = 'failed', finished_at = $now, message = $message
WHERE load_id = $load_id;
