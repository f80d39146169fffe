-- One row per charge line × hour × device × holder → ladder key: device lines as split, all other lines whole, and beside them
-- the parts that no line shows by itself: promotions, covered usage in the billed view, timing.
SELECT
    source, load_id, file_id, line_id, line_no, hour, device_id, namespace, pod, billing_period, day, charge_day,
    rung, sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider, billing_account_id, sub_account_id,
    billing_currency, effective_cost, billed_cost, contracted_cost, list_cost
FROM device_part
UNION ALL
SELECT
    source, load_id, file_id, line_id, line_no, NULL AS hour, NULL AS device_id, NULL AS namespace, NULL AS pod,
    billing_period, charge_day AS day, charge_day,
    rung, NULL AS sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider, billing_account_id, sub_account_id,
    billing_currency, effective_cost, billed_cost, contracted_cost, list_cost
FROM line_amount
WHERE rung NOT IN ('device', 'commitment_unused') AND starts_in_month
UNION ALL
SELECT
    a.source AS source, a.load_id AS load_id, a.file_id AS file_id, a.line_id AS line_id, a.line_no AS line_no, NULL AS hour,
    NULL AS device_id, NULL AS namespace, NULL AS pod, a.billing_period AS billing_period, a.charge_day AS day, a.charge_day AS charge_day,
    'commitment_unused' AS rung, p.sub_rung AS sub_rung, a.component AS component, NULL AS model, NULL AS version, NULL AS endpoint,
    NULL AS mode, a.gpu_model AS gpu_model, a.team AS team, a.provider AS provider, a.billing_account_id AS billing_account_id,
    a.sub_account_id AS sub_account_id, a.billing_currency AS billing_currency,
    p.ai_cost AS effective_cost, a.billed_cost AS billed_cost, a.contracted_cost AS contracted_cost, a.list_cost AS list_cost
FROM line_amount AS a
JOIN unused_part AS p ON p.load_id = a.load_id AND p.line_id = a.line_id
UNION ALL
SELECT
    a.source AS source, a.load_id AS load_id, a.file_id AS file_id, a.line_id AS line_id, a.line_no AS line_no, NULL AS hour,
    NULL AS device_id, NULL AS namespace, NULL AS pod, a.billing_period AS billing_period, a.charge_day AS day, a.charge_day AS charge_day,
    'outside' AS rung, 'commitment of other use' AS sub_rung, a.component AS component, NULL AS model, NULL AS version,
    NULL AS endpoint, NULL AS mode, a.gpu_model AS gpu_model, a.team AS team, a.provider AS provider,
    a.billing_account_id AS billing_account_id, a.sub_account_id AS sub_account_id, a.billing_currency AS billing_currency,
    p.other_cost AS effective_cost, a.billed_cost - a.billed_cost AS billed_cost,
    a.contracted_cost - a.contracted_cost AS contracted_cost, a.list_cost - a.list_cost AS list_cost
FROM line_amount AS a
JOIN unused_part AS p ON p.load_id = a.load_id AND p.line_id = a.line_id
WHERE p.other_cost <> 0
UNION ALL
-- what a commitment fee paid for on lines without a device, and what a device share below 1 leaves of the others
SELECT
    a.source AS source, a.load_id AS load_id, a.file_id AS file_id, a.line_id AS line_id, a.line_no AS line_no, NULL AS hour,
    NULL AS device_id, NULL AS namespace, NULL AS pod, a.billing_period AS billing_period, a.charge_day AS day, a.charge_day AS charge_day,
    CASE WHEN u.rung = 'device' THEN 'shared' ELSE u.rung END AS rung, NULL AS sub_rung,
    CASE WHEN u.rung = 'device' THEN 'cpu' ELSE u.component END AS component, u.model AS model, u.version AS version,
    u.endpoint AS endpoint, u.mode AS mode, CASE WHEN u.rung <> 'device' THEN u.gpu_model END AS gpu_model, u.team AS team,
    a.provider AS provider, a.billing_account_id AS billing_account_id, a.sub_account_id AS sub_account_id,
    a.billing_currency AS billing_currency,
    CASE WHEN f.hi = 1 THEN a.effective_cost ELSE to_money(to_double(a.effective_cost) * f.hi) END
        - to_money(to_double(a.effective_cost) * CASE
            WHEN u.rung = 'device' THEN f.lo + (f.hi - f.lo) * o.device_share
            ELSE f.lo
        END) AS effective_cost,
    a.billed_cost - a.billed_cost AS billed_cost, a.contracted_cost - a.contracted_cost AS contracted_cost,
    a.list_cost - a.list_cost AS list_cost
FROM fee_share AS f
JOIN line_amount AS a ON a.load_id = f.load_id AND a.line_id = f.line_id
JOIN line_amount AS u ON u.load_id = f.covered_load_id AND u.line_id = f.covered_line_id
CROSS JOIN option AS o
WHERE u.rung <> 'device' OR o.device_share < 1
UNION ALL
SELECT
    a.source AS source, a.load_id AS load_id, a.file_id AS file_id, a.line_id AS line_id, a.line_no AS line_no, NULL AS hour,
    NULL AS device_id, NULL AS namespace, NULL AS pod, a.billing_period AS billing_period, a.charge_day AS day, a.charge_day AS charge_day,
    'shared' AS rung, NULL AS sub_rung, 'cpu' AS component, NULL AS model, NULL AS version, NULL AS endpoint, NULL AS mode,
    NULL AS gpu_model, a.line_team AS team, a.provider AS provider, a.billing_account_id AS billing_account_id,
    a.sub_account_id AS sub_account_id, a.billing_currency AS billing_currency,
    a.effective_cost - to_money(to_double(a.effective_cost) * o.device_share) AS effective_cost,
    a.billed_cost - to_money(to_double(a.billed_cost) * o.device_share) AS billed_cost,
    a.contracted_cost - to_money(to_double(a.contracted_cost) * o.device_share) AS contracted_cost,
    a.list_cost - to_money(to_double(a.list_cost) * o.device_share) AS list_cost
FROM line_amount AS a
CROSS JOIN option AS o
WHERE a.rung = 'device' AND a.starts_in_month AND o.device_share < 1
UNION ALL
SELECT
    source, load_id, file_id, line_id, line_no, NULL AS hour, NULL AS device_id, NULL AS namespace, NULL AS pod,
    billing_period, charge_day AS day, charge_day, 'credit' AS rung, 'promotion' AS sub_rung, NULL AS component, NULL AS model,
    NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS gpu_model, line_team AS team, provider, billing_account_id, sub_account_id,
    billing_currency,
    CASE WHEN effective_usable THEN promotion END AS effective_cost, promotion AS billed_cost,
    CASE WHEN contracted_cost IS NOT NULL THEN to_money(0) END AS contracted_cost,
    CASE WHEN list_cost IS NOT NULL THEN to_money(0) END AS list_cost
FROM line_amount
WHERE promotion <> 0 AND starts_in_month
UNION ALL
SELECT
    source, load_id, file_id, line_id, line_no, NULL AS hour, NULL AS device_id, NULL AS namespace, NULL AS pod,
    billing_period, charge_day AS day, charge_day, 'commitment_unused' AS rung, 'covered usage' AS sub_rung, NULL AS component, NULL AS model,
    NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS gpu_model, line_team AS team, provider, billing_account_id, sub_account_id,
    billing_currency,
    CASE WHEN effective_usable THEN to_money(0) END AS effective_cost, covered_billed_cost AS billed_cost,
    CASE WHEN contracted_cost IS NOT NULL THEN to_money(0) END AS contracted_cost,
    CASE WHEN list_cost IS NOT NULL THEN to_money(0) END AS list_cost
FROM line_amount
WHERE covered_billed_cost <> 0 AND starts_in_month
UNION ALL
SELECT
    source, load_id, file_id, line_id, line_no, NULL AS hour, NULL AS device_id, NULL AS namespace, NULL AS pod,
    billing_period, charge_day AS day, charge_day, 'timing' AS rung, commitment_id AS sub_rung, NULL AS component, NULL AS model,
    NULL AS version, NULL AS endpoint, NULL AS mode, NULL AS gpu_model, line_team AS team, provider, billing_account_id, sub_account_id,
    billing_currency, timing AS effective_cost, to_money(0) AS billed_cost,
    CASE WHEN contracted_cost IS NOT NULL THEN to_money(0) END AS contracted_cost,
    CASE WHEN list_cost IS NOT NULL THEN to_money(0) END AS list_cost
FROM line_amount
WHERE timing <> 0 AND starts_in_month
