-- What a load says of itself when it is done.
UPDATE load SET
    status         = $status,
    finished_at    = $now,
    delivery_id    = $delivery_id,
    billing_period = $billing_period,
    window_start   = $window_start,
    window_end     = $window_end,
    rows           = $rows,
    rejected       = (SELECT count(*) FROM reject WHERE reject.load_id = $load_id),
    message        = $message
WHERE load_id = $load_id;
