-- When the live delivery of each billing period of a source was made, where it told.
SELECT told.billing_period, max(told.made_at)
FROM delivery_time AS told
WHERE told.source = $source AND told.load_id <> $load_id
    AND EXISTS (FROM invoice_total AS live WHERE live.load_id = told.load_id AND live.billing_period = told.billing_period)
GROUP BY told.billing_period
