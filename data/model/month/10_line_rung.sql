-- One row per charge line that touches the month: the rung of its effective cost. Lines of rung 'device' are split later.
WITH base AS (
    SELECT
        c.load_id AS load_id, c.line_id AS line_id, c.commitment_status AS commitment_status,
        c.commitment_id AS commitment_id, c.reservation_id AS reservation_id, c.reservation_status AS reservation_status,
        c.commitment_credit AS commitment_credit, c.usage AS usage,
        c.provider AS provider, c.billing_account_id AS billing_account_id, c.sub_account_id AS sub_account_id,
        k.class AS class, k.component AS component,
        d.model AS cpu_model, d.version AS cpu_version, d.endpoint AS cpu_endpoint, d.mode AS cpu_mode, d.team AS cpu_team,
        CASE WHEN m.by_type THEN coalesce(a.device_model, m.device_model) ELSE coalesce(m.device_model, a.device_model) END AS gpu_model,
        CASE
            WHEN c.charge_category = 'Tax' THEN 'tax'
            WHEN c.commitment_status = 'Unused' OR c.reservation_status = 'Unused' THEN 'commitment_unused'
            WHEN c.line_type IN ('SavingsPlanNegation', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'RIFee') THEN 'commitment_unused'
            WHEN c.charge_category = 'Purchase' AND c.commitment_id IS NOT NULL THEN 'commitment_unused'
            WHEN k.class = 'commitment_fee' THEN 'commitment_unused'
            WHEN c.line_type = 'Refund' OR c.charge_category = 'Adjustment' OR c.charge_class = 'Correction' THEN 'refund_correction'
            WHEN c.charge_category = 'Credit' THEN 'credit'
            WHEN k.class = 'managed' THEN 'managed'
            WHEN k.class = 'machine' AND d.resource_id IS NOT NULL THEN 'serving_cpu'
            -- of a machine that had several types, the lines of one without accelerators are none of devices
            WHEN k.class = 'machine' AND m.resource_id IS NOT NULL
                AND NOT (m.by_type AND c.instance_type IS NOT NULL AND a.instance_type IS NULL) THEN 'device'
            WHEN k.class = 'machine' AND a.instance_type IS NOT NULL THEN 'unobserved'
            -- GCP's standard export has no resource; old rows no machine type either, but a GPU SKU is one of a GPU
            WHEN k.class = 'machine' AND c.provider = 'GCP' AND (c.usage LIKE '%GPU%' OR c.usage LIKE '%gpu slice%') THEN 'unobserved'
            WHEN k.class = 'outside' THEN 'outside'
            ELSE 'estate'
        END AS rung
    FROM month_line AS c
    JOIN line_class AS k
        ON k.provider IS NOT DISTINCT FROM c.provider AND k.service_name = c.service_name
        AND k.service_category = c.service_category AND k.usage = c.usage
    LEFT JOIN machine AS m ON m.resource_id = c.resource_id
    LEFT JOIN cpu_service AS d
        ON d.resource_id = c.resource_id
        AND (d.valid_from IS NULL OR d.valid_from <= c.start_at) AND (d.valid_to IS NULL OR d.valid_to > c.start_at)
    LEFT JOIN accelerator AS a ON a.instance_type = c.instance_type
),
-- the inference estate: accounts that hold accelerators, serve on CPUs or call managed models in this month
estate AS (
    SELECT provider, billing_account_id, sub_account_id, count(*) AS lines
    FROM base
    WHERE rung IN ('device', 'unobserved', 'serving_cpu', 'managed')
    GROUP BY 1, 2, 3
),
placed AS (
    SELECT
        b.load_id AS load_id, b.line_id AS line_id, b.gpu_model AS gpu_model, b.rung AS kind,
        CASE WHEN b.rung <> 'estate' THEN b.rung WHEN e.lines IS NULL THEN 'outside' ELSE 'shared' END AS rung,
        b.component AS component, b.class AS class, b.usage AS usage, b.billing_account_id AS billing_account_id,
        b.commitment_status AS commitment_status, b.commitment_id AS commitment_id, b.commitment_credit AS commitment_credit,
        b.reservation_status AS reservation_status, b.reservation_id AS reservation_id,
        b.cpu_model AS cpu_model, b.cpu_version AS cpu_version, b.cpu_endpoint AS cpu_endpoint, b.cpu_mode AS cpu_mode,
        b.cpu_team AS cpu_team
    FROM base AS b
    LEFT JOIN estate AS e
        ON e.provider IS NOT DISTINCT FROM b.provider AND e.billing_account_id IS NOT DISTINCT FROM b.billing_account_id
        AND e.sub_account_id IS NOT DISTINCT FROM b.sub_account_id
)
SELECT
    load_id, line_id, gpu_model, rung,
    CASE
        WHEN kind IN ('device', 'unobserved') THEN 'compute'
        WHEN kind = 'serving_cpu' THEN 'cpu'
        WHEN kind = 'managed' THEN 'managed'
        WHEN kind = 'estate' AND component = 'compute' THEN 'cpu'
        WHEN kind = 'estate' THEN component
    END AS component,
    -- a GCP line keeps what its credits leave to pay: that part was not covered
    commitment_status = 'Used' AND rung <> 'commitment_unused' AND commitment_credit = 0 AS covered,
    class = 'commitment_fee' AND rung = 'commitment_unused' AS is_fee,
    rung IN ('device', 'unobserved', 'managed', 'serving_cpu', 'shared') AS is_ai,
    -- which commitment the line is of: by its id, a fee without one by account and SKU, else the capacity reservation
    CASE
        WHEN commitment_id IS NOT NULL THEN commitment_id
        WHEN class = 'commitment_fee' THEN coalesce(billing_account_id, '') || '/' || usage
        WHEN reservation_status IN ('Used', 'Unused') THEN reservation_id
    END AS commitment,
    rung NOT IN ('commitment_unused', 'refund_correction', 'credit', 'tax') AND commitment_credit = 0
        AND (commitment_status = 'Used' OR (commitment_id IS NULL AND reservation_id IS NOT NULL AND reservation_status = 'Used'))
        AS uses_commitment,
    cpu_model, cpu_version, cpu_endpoint, cpu_mode, cpu_team
FROM placed
