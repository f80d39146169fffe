-- Months that share a machine line with one of the given months.
SELECT DISTINCT unnest([month_of(c.start_at), month_of(c.end_at - INTERVAL 1 MICROSECOND)]) AS month
FROM charge_line AS c
JOIN machine AS m ON m.resource_id = c.resource_id
WHERE NOT c.within_hour AND c.end_at - c.start_at < INTERVAL 40 DAY
    AND month_of(c.start_at) <> month_of(c.end_at - INTERVAL 1 MICROSECOND)
    AND (
        list_contains($months, month_of(c.start_at))
        OR list_contains($months, month_of(c.end_at - INTERVAL 1 MICROSECOND))
    )
