-- One row per line and kind of GCP commitment whose credit covers it: what it is a credit of, and how much of that it used up –
-- usage amount × |credit| ÷ cost of a resource-based commitment, |credit| itself of a spend-based one.
WITH credited AS (
    SELECT
        c.load_id AS load_id, c.line_id AS line_id, m.billing_account_id AS billing_account_id,
        m.billing_currency AS billing_currency, m.start_hour AS hour, m.within_hour AS within_hour, c.start_at AS start_at,
        c.end_at AS end_at, c.family AS family, c.dollar_family AS dollar_family, c.region_id AS region_id,
        c.usage_amount AS usage_amount, c.usage_unit AS usage_unit, c.cost_before_credits AS cost_before_credits,
        c.commitment_credit - c.dollar_credit AS resource_credit, c.dollar_credit AS dollar_credit
    FROM month_commitment_line AS c
    JOIN month_line AS m ON m.load_id = c.load_id AND m.line_id = c.line_id
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    WHERE l.rung NOT IN ('commitment_unused', 'refund_correction', 'credit', 'tax') AND NOT c.is_fee
)
SELECT
    load_id, line_id, billing_account_id, billing_currency, hour, within_hour, start_at, end_at,
    'resources' AS kind, family, region_id, usage_unit AS unit, resource_credit AS credit,
    usage_amount * resource_credit / nullif(cost_before_credits, 0) AS used
FROM credited
WHERE resource_credit <> 0
UNION ALL
SELECT
    load_id, line_id, billing_account_id, billing_currency, hour, within_hour, start_at, end_at,
    'dollars' AS kind, dollar_family AS family, NULL AS region_id, NULL AS unit, dollar_credit AS credit, dollar_credit AS used
FROM credited
WHERE dollar_credit <> 0
