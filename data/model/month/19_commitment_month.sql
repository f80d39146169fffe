-- What each commitment covered and left unused, by day: the AI share of its unused part follows its use (MODEL.md §4).
-- AI use is use on lines of the inference estate, whatever their devices then did.
WITH side AS (
    SELECT
        c.charge_day AS day, c.billing_period AS billing_period, l.commitment AS commitment_id, c.provider AS provider,
        c.billing_account_id AS billing_account_id, c.sub_account_id AS sub_account_id, c.billing_currency AS billing_currency,
        CASE WHEN l.uses_commitment THEN c.effective_cost ELSE to_money(0) END AS covered_cost,
        CASE WHEN l.uses_commitment AND l.is_ai THEN c.effective_cost ELSE to_money(0) END AS ai_covered_cost,
        CASE
            WHEN l.uses_commitment OR (l.is_fee AND f.line_id IS NULL) THEN to_money(0)
            WHEN coalesce(f.used, 0.0) = 0 THEN c.effective_cost - c.promotion
            WHEN f.used = 1 THEN to_money(0)
            ELSE c.effective_cost - c.promotion - to_money(to_double(c.effective_cost - c.promotion) * f.used)
        END AS unused_cost,
        CASE WHEN l.is_fee AND f.line_id IS NULL THEN c.effective_cost - c.promotion ELSE to_money(0) END AS unknown_cost,
        CASE WHEN l.rung = 'commitment_unused' THEN c.billed_cost ELSE to_money(0) END AS fee_billed,
        CASE WHEN l.gpu_model IS NOT NULL OR g.family LIKE 'gpu %' OR a.series IS NOT NULL THEN 1 ELSE 0 END AS for_devices
    FROM month_line AS c
    JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
    LEFT JOIN month_commitment_line AS g ON l.is_fee AND g.load_id = c.load_id AND g.line_id = c.line_id
    LEFT JOIN accelerator_series AS a ON g.family LIKE a.series || ' %'
    LEFT JOIN fee AS f ON f.load_id = c.load_id AND f.line_id = c.line_id
    WHERE c.starts_in_month AND (l.uses_commitment OR l.rung = 'commitment_unused')
    UNION ALL
    SELECT
        c.charge_day AS day, c.billing_period AS billing_period, l.commitment AS commitment_id, c.provider AS provider,
        c.billing_account_id AS billing_account_id, c.sub_account_id AS sub_account_id, c.billing_currency AS billing_currency,
        CASE WHEN s.hi = 1 THEN c.effective_cost - c.promotion ELSE to_money(to_double(c.effective_cost - c.promotion) * s.hi) END
            - to_money(to_double(c.effective_cost - c.promotion) * s.lo) AS covered_cost,
        CASE
            WHEN NOT u.is_ai THEN to_money(0)
            WHEN s.hi = 1 THEN c.effective_cost - c.promotion - to_money(to_double(c.effective_cost - c.promotion) * s.lo)
            ELSE to_money(to_double(c.effective_cost - c.promotion) * s.hi)
                - to_money(to_double(c.effective_cost - c.promotion) * s.lo)
        END AS ai_covered_cost,
        to_money(0) AS unused_cost, to_money(0) AS unknown_cost, to_money(0) AS fee_billed, 0 AS for_devices
    FROM fee_share AS s
    JOIN month_line AS c ON c.load_id = s.load_id AND c.line_id = s.line_id
    JOIN line_rung AS l ON l.load_id = s.load_id AND l.line_id = s.line_id
    JOIN line_rung AS u ON u.load_id = s.covered_load_id AND u.line_id = s.covered_line_id
)
SELECT
    day, billing_period, commitment_id, provider, billing_account_id, sub_account_id, billing_currency,
    sum(covered_cost) AS covered_cost, sum(ai_covered_cost) AS ai_covered_cost, sum(unused_cost) AS unused_cost,
    sum(unknown_cost) AS unknown_cost, sum(fee_billed) AS fee_billed, max(for_devices) AS for_devices
FROM side
GROUP BY 1, 2, 3, 4, 5, 6, 7
