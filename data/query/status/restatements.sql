-- Grain: source × billing period × currency: what the last delivery of a period replaced, and what it states instead.
-- $load_id: of that load alone; NULL = of every load. Run in the working file's place or inside a snapshot.
WITH last AS (
    SELECT source, billing_period, max(replaced_by) AS load_id
    FROM replaced_total
    GROUP BY 1, 2
),
amounts AS (
    SELECT old.source, old.billing_period, old.billing_currency, last.load_id, true AS replaced, old.lines, old.billed_cost
    FROM replaced_total old
    JOIN last ON last.source = old.source AND last.billing_period = old.billing_period AND last.load_id = old.replaced_by
    UNION ALL
    SELECT new.source, new.billing_period, new.billing_currency, last.load_id, false, new.lines, new.billed_cost
    FROM invoice_total new
    JOIN last ON last.source = new.source AND last.billing_period = new.billing_period AND last.load_id = new.load_id
)
SELECT
    amounts.source,
    amounts.billing_period,
    amounts.billing_currency,
    load.started_at AS restated_at,
    sum(lines) FILTER (WHERE replaced) AS lines_before,
    coalesce(sum(lines) FILTER (WHERE NOT replaced), 0) AS lines_after,
    CAST(sum(billed_cost) FILTER (WHERE replaced) AS DECIMAL(38, 12)) AS billed_before,
    -- no line at all states 0; lines without a billed cost state nothing
    CASE WHEN bool_and(replaced) THEN 0
        ELSE CAST(sum(billed_cost) FILTER (WHERE NOT replaced) AS DECIMAL(38, 12)) END AS billed_after
FROM amounts
JOIN load ON load.load_id = amounts.load_id
WHERE amounts.load_id = coalesce($load_id, amounts.load_id)
GROUP BY 1, 2, 3, 4
HAVING bool_or(replaced)
ORDER BY 1, 2, 3;
