-- One row per GCP commitment fee whose use is known: its used share, one for all fees of a kind in the account, region and hour.
-- Unknown (no row): a fee of an export without credits, one that names no family or amount, is longer than an hour or is credited
-- itself; and one that is not used up while a credit of that hour fits no fee, for that credit may be of it.
WITH told AS (
    SELECT
        c.load_id AS load_id, c.line_id AS line_id, m.billing_account_id AS billing_account_id,
        m.billing_currency AS billing_currency, m.start_hour AS hour, c.start_at AS start_at, c.end_at AS end_at,
        CASE WHEN c.is_dollar_fee THEN 'dollars' ELSE 'resources' END AS kind,
        CASE WHEN c.is_dollar_fee THEN c.dollar_family ELSE c.family END AS family,
        CASE WHEN c.is_dollar_fee THEN NULL ELSE c.region_id END AS region_id,
        CASE WHEN c.is_dollar_fee THEN NULL ELSE c.usage_unit END AS unit,
        CASE WHEN c.is_dollar_fee THEN c.committed_dollars ELSE c.usage_amount END AS committed
    FROM month_commitment_line AS c
    JOIN month_line AS m ON m.load_id = c.load_id AND m.line_id = c.line_id
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    WHERE l.is_fee AND m.within_hour AND c.tells_credits AND NOT c.is_offset
),
fee AS (
    SELECT load_id, line_id, billing_account_id, billing_currency, hour, start_at, end_at, kind, family, region_id, unit, committed
    FROM told
    WHERE family IS NOT NULL AND committed <> 0
),
commitment AS (
    SELECT billing_account_id, billing_currency, hour, kind, family, region_id, unit, sum(committed) AS committed
    FROM fee
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    HAVING sum(committed) > 0
),
drawn AS (
    SELECT
        billing_account_id, billing_currency, hour, kind, family, region_id, unit, sum(used) AS used, sum(credit) AS credit
    FROM credit
    WHERE within_hour AND used IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
short_stray AS (
    SELECT d.billing_account_id AS billing_account_id, d.kind AS kind, d.hour AS hour, count(*) AS lines
    FROM credit AS d
    LEFT JOIN commitment AS k
        ON d.used IS NOT NULL AND k.hour = d.hour AND k.kind = d.kind AND k.family = d.family
        AND k.billing_account_id IS NOT DISTINCT FROM d.billing_account_id AND k.billing_currency = d.billing_currency
        AND k.region_id IS NOT DISTINCT FROM d.region_id AND k.unit IS NOT DISTINCT FROM d.unit
    WHERE d.within_hour AND k.hour IS NULL
    GROUP BY 1, 2, 3
),
doubt AS (
    SELECT f.load_id AS load_id, f.line_id AS line_id
    FROM fee AS f
    JOIN short_stray AS s
        ON s.hour = f.hour AND s.kind = f.kind AND s.billing_account_id IS NOT DISTINCT FROM f.billing_account_id
    UNION
    SELECT f.load_id AS load_id, f.line_id AS line_id
    FROM fee AS f
    JOIN credit AS d
        ON NOT d.within_hour AND d.start_at < f.end_at AND d.end_at > f.start_at AND d.kind = f.kind
        AND d.billing_account_id IS NOT DISTINCT FROM f.billing_account_id
),
measured AS (
    SELECT
        f.load_id AS load_id, f.line_id AS line_id, f.billing_account_id AS billing_account_id,
        f.billing_currency AS billing_currency, f.hour AS hour, f.kind AS kind, f.family AS family, f.region_id AS region_id,
        f.unit AS unit,
        CASE WHEN d.used > 0 AND d.credit > 0 THEN least(1.0, d.used / nullif(k.committed, 0)) ELSE 0.0 END AS used
    FROM fee AS f
    JOIN commitment AS k
        ON k.hour = f.hour AND k.kind = f.kind AND k.family = f.family
        AND k.billing_account_id IS NOT DISTINCT FROM f.billing_account_id AND k.billing_currency = f.billing_currency
        AND k.region_id IS NOT DISTINCT FROM f.region_id AND k.unit IS NOT DISTINCT FROM f.unit
    LEFT JOIN drawn AS d
        ON d.hour = f.hour AND d.kind = f.kind AND d.family = f.family
        AND d.billing_account_id IS NOT DISTINCT FROM f.billing_account_id AND d.billing_currency = f.billing_currency
        AND d.region_id IS NOT DISTINCT FROM f.region_id AND d.unit IS NOT DISTINCT FROM f.unit
)
SELECT
    m.load_id AS load_id, m.line_id AS line_id, m.billing_account_id AS billing_account_id,
    m.billing_currency AS billing_currency, m.hour AS hour, m.kind AS kind, m.family AS family, m.region_id AS region_id,
    m.unit AS unit, m.used AS used
FROM measured AS m
LEFT JOIN doubt AS d ON d.load_id = m.load_id AND d.line_id = m.line_id
WHERE m.used >= 1 OR d.line_id IS NULL
