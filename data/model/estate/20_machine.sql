-- One row per billed machine that has accelerators: by what a person says, else by its instance type, else by the count
-- that a FOCUS export states, else by its GPU SKUs. A fraction of a GPU is one device. by_type: it had several instance types
-- and nobody says what it holds, so each hour has what its own lines say (machine_size).
WITH billed AS (
    SELECT
        c.resource_id AS resource_id,
        max(c.provider) AS provider, max(c.billing_account_id) AS billing_account_id,
        max(c.sub_account_id) AS sub_account_id, max(c.region_id) AS region_id,
        coalesce(max(a.instance_type), max(c.instance_type)) AS instance_type,
        min(c.instance_type) <> max(c.instance_type) AS has_several_types, max(c.resource_name) AS resource_name,
        max(CASE WHEN c.usage LIKE '%GPU%' OR c.usage LIKE '%gpu slice%' THEN c.usage END) AS gpu_sku,
        max(c.gpu_count) AS gpu_count
    FROM charge_line AS c
    JOIN line_class AS k
        ON k.provider IS NOT DISTINCT FROM c.provider AND k.service_name = c.service_name
        AND k.service_category = c.service_category AND k.usage = c.usage
    LEFT JOIN accelerator AS a ON a.instance_type = c.instance_type
    WHERE c.resource_id IS NOT NULL AND k.class = 'machine'
        -- AWS bills what is reserved beside the machine that uses it (Reservation:, DedicatedRes:, at 0), under the
        -- reservation's own id: no second machine stands behind it. Nor behind Azure's, billed for the room that no machine takes
        AND c.resource_id NOT LIKE 'arn:aws%:capacity-reservation/cr-%'
        AND c.resource_id NOT LIKE '/subscriptions/%/capacityreservationgroups/%'
    GROUP BY 1
),
told AS (
    SELECT
        resource_id, coalesce(max(CASE WHEN place = 1 THEN node END), max(node)) AS node,
        coalesce(max(CASE WHEN place = 1 THEN provider_id END), max(provider_id)) AS provider_id, max(instance_type) AS instance_type,
        max(device_model) AS device_model, max(device_count) AS device_count
    FROM told_machine
    GROUP BY 1
)
SELECT
    -- numbered in the order of ids: the heavy joins go by number
    row_number() OVER (ORDER BY b.resource_id) AS machine_no,
    b.resource_id AS resource_id, t.node AS node, t.provider_id AS provider_id, b.provider AS provider,
    b.billing_account_id AS billing_account_id, b.sub_account_id AS sub_account_id, b.region_id AS region_id,
    coalesce(t.instance_type, b.instance_type) AS instance_type,
    b.resource_name AS resource_name,
    coalesce(b.has_several_types, FALSE) AND a.instance_type IS NOT NULL AND t.instance_type IS NULL
        AND t.device_count IS NULL AS by_type,
    coalesce(a.device_kind, 'gpu') AS device_kind,
    coalesce(t.device_model, a.device_model, b.gpu_sku) AS device_model,
    greatest(coalesce(t.device_count, a.device_count, floor(b.gpu_count + 0.999), 1), 1) AS device_count
FROM billed AS b
LEFT JOIN told AS t ON t.resource_id = b.resource_id
LEFT JOIN accelerator AS a ON a.instance_type = coalesce(t.instance_type, b.instance_type)
WHERE a.instance_type IS NOT NULL OR t.device_count IS NOT NULL OR b.gpu_sku IS NOT NULL OR b.gpu_count > 0
