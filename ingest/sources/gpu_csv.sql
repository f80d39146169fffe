-- Any GPU cloud, RunPod's JSON, and owned machines: one row of `raw` is one charge line. `billed_by` says whose bill it is.
WITH line AS (
    SELECT
        *,
        coalesce(hours, CAST(billed_ms AS DECIMAL(38,6)) / 3600000) AS machine_hours,
        TRY_CAST(trim(gpu_count) AS INTEGER) AS gpus,
        coalesce(start, date) AS begins,
        coalesce(provider, CASE WHEN billed_ms IS NOT NULL THEN 'RunPod' END, billed_by) AS who,
        lower(coalesce(description, '')) AS words
    FROM raw
)
SELECT
    line_no,
    who AS provider,
    coalesce(account, who) AS billing_account_id,
    project AS sub_account_id,
    CAST(date_trunc('month', coalesce(billing_period, delivery_period, begins)) AS DATE) AS billing_period,
    begins AS charge_period_start,
    -- RunPod's buckets say where they start; they are days unless they start within one or hold more than one
    coalesce("end", CASE
        WHEN start IS NOT NULL OR machine_hours > 24 THEN begins + to_milliseconds(CAST(machine_hours * 3600000 AS BIGINT))
        WHEN begins <> date_trunc('day', begins) THEN begins + INTERVAL 1 HOUR
        ELSE begins + INTERVAL 1 DAY
    END) AS charge_period_end,
    coalesce(category, 'Usage') AS charge_category,
    description AS charge_description,
    CASE
        WHEN gpu_model IS NOT NULL OR billed_ms IS NOT NULL THEN 'Compute'
        WHEN regexp_matches(words, 'storage|disk|volume|snapshot') THEN 'Storage'
        WHEN regexp_matches(words, 'network|egress|transfer|ip address') THEN 'Networking'
        ELSE 'Compute'
    END AS service_category,
    'GPU machines' AS service_name,
    CASE WHEN gpu_model IS NOT NULL OR billed_ms IS NOT NULL
        THEN 'GPU ' || coalesce(gpu_model, 'machine') ELSE description END AS sku_description,
    resource AS resource_id,
    coalesce(node, resource) AS resource_name,
    region AS region_id,
    CASE WHEN gpus > 0 AND gpu_model IS NOT NULL THEN gpus || 'x ' || gpu_model END AS instance_type,
    machine_hours AS consumed_quantity,
    CASE WHEN machine_hours IS NOT NULL THEN 'Hours' END AS consumed_unit,
    cost AS billed_cost,
    cost AS effective_cost,
    cost AS contracted_cost,
    coalesce(upper(trim(currency)), CASE WHEN billed_ms IS NOT NULL THEN 'USD' END) AS billing_currency,
    team
FROM line
