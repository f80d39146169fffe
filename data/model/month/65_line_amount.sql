-- One row per charge line that touches the month: its four amounts as the ladder takes them. The promotional part of GCP
-- credits stands apart; covered usage costs nothing in the billed view (its charge sits with the commitment, as in FOCUS).
SELECT
    c.source AS source, c.load_id AS load_id, c.file_id AS file_id, c.line_id AS line_id, c.line_no AS line_no,
    c.billing_period AS billing_period, c.charge_day AS charge_day, c.provider AS provider,
    c.billing_account_id AS billing_account_id, c.sub_account_id AS sub_account_id, c.billing_currency AS billing_currency,
    c.resource_id AS resource_id, c.starts_in_month AS starts_in_month, c.effective_usable AS effective_usable,
    c.team AS line_team, c.commitment_id AS commitment_id,
    l.rung AS rung, l.component AS component, l.gpu_model AS gpu_model,
    CASE
        WHEN l.rung = 'serving_cpu' THEN l.cpu_model
        WHEN l.rung = 'managed' THEN coalesce(c.tag_model, c.managed_model)
    END AS model,
    CASE WHEN l.rung = 'serving_cpu' THEN l.cpu_version WHEN l.rung = 'managed' THEN c.tag_version END AS version,
    CASE WHEN l.rung = 'serving_cpu' THEN l.cpu_endpoint END AS endpoint,
    CASE WHEN l.rung = 'serving_cpu' THEN l.cpu_mode END AS mode,
    CASE WHEN l.rung = 'serving_cpu' THEN coalesce(l.cpu_team, c.team) ELSE c.team END AS team,
    c.promotion AS promotion,
    c.effective_cost - c.promotion AS effective_cost,
    -- an unknown bill stays unknown
    CASE WHEN l.covered AND c.billed_cost IS NOT NULL THEN to_money(0) ELSE c.billed_cost - c.promotion END AS billed_cost,
    CASE WHEN l.covered THEN c.billed_cost - c.promotion ELSE to_money(0) END AS covered_billed_cost,
    c.contracted_cost AS contracted_cost, c.list_cost AS list_cost,
    CASE WHEN c.effective_usable THEN c.billed_cost - coalesce(c.effective_cost, to_money(0)) END AS timing
FROM month_line AS c
JOIN line_rung AS l ON l.load_id = c.load_id AND l.line_id = c.line_id
