-- What each commitment covered and left unused, by day: the AI share of its unused part follows its use (MODEL.md §4).
SELECT
    a.charge_day AS day, a.billing_period AS billing_period, c.commitment_id AS commitment_id, a.provider AS provider,
    a.billing_account_id AS billing_account_id, a.sub_account_id AS sub_account_id, a.billing_currency AS billing_currency,
    sum(CASE WHEN l.covered THEN c.effective_cost ELSE to_money(0) END) AS covered_cost,
    sum(CASE
        WHEN l.covered AND l.rung IN ('device', 'unobserved', 'managed', 'serving_cpu', 'shared') THEN c.effective_cost
        ELSE to_money(0)
    END) AS ai_covered_cost,
    sum(CASE WHEN l.rung = 'commitment_unused' THEN c.effective_cost ELSE to_money(0) END) AS unused_cost,
    sum(CASE WHEN l.rung = 'commitment_unused' THEN c.billed_cost ELSE to_money(0) END) AS fee_billed,
    max(CASE WHEN l.gpu_model IS NOT NULL THEN 1 ELSE 0 END) AS for_devices
FROM line_amount AS a
JOIN month_line AS c ON c.load_id = a.load_id AND c.line_id = a.line_id
JOIN line_rung AS l ON l.load_id = a.load_id AND l.line_id = a.line_id
WHERE a.starts_in_month AND (l.covered OR l.rung = 'commitment_unused')
GROUP BY 1, 2, 3, 4, 5, 6, 7
