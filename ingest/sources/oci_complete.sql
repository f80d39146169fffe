-- GPUs are billed by GPU-hour under a product without a shape. Each product's GPUs come in shapes of certain counts only, so
-- the most GPU-hours that a machine has in one hour tell its shape; a count that fits none tells nothing.
CREATE OR REPLACE TEMP TABLE oci_shape AS
WITH shape (sku_id, gpus, name) AS (
    VALUES
    ('B89734', 1, 'VM.GPU2.1'), ('B89734', 2, 'BM.GPU2.2'),
    ('B92740', 1, 'VM.GPU3.1'), ('B92740', 2, 'VM.GPU3.2'), ('B92740', 4, 'VM.GPU3.4'), ('B92740', 8, 'BM.GPU3.8'),
    ('B93544', 8, 'BM.GPU4.8'), ('B95907', 8, 'BM.GPU.A100-v2.8'),
    ('B95909', 1, 'VM.GPU.A10.1'), ('B95909', 2, 'VM.GPU.A10.2'), ('B95909', 4, 'BM.GPU.A10.4'),
    ('B98415', 8, 'BM.GPU.H100.8'), ('B110519', 8, 'BM.GPU.H200.8'), ('B110978', 8, 'BM.GPU.B200.8'),
    ('B110979', 4, 'BM.GPU.GB200.4'), ('B109479', 4, 'BM.GPU.L40S.4'), ('B109485', 8, 'BM.GPU.MI300X.8')
),
billed AS (
    SELECT
        resource_id, sku_id,
        max(pricing_quantity * 3600 / nullif(date_diff('second', charge_period_start, charge_period_end), 0)) AS gpus
    FROM staged
    WHERE resource_id IS NOT NULL
    GROUP BY 1, 2
)
SELECT billed.resource_id, billed.sku_id, shape.gpus, shape.name
FROM billed JOIN shape ON billed.sku_id = shape.sku_id AND billed.gpus = shape.gpus;

CREATE OR REPLACE TEMP TABLE completed AS
SELECT
    staged.line_id,
    coalesce(staged.instance_type, oci_shape.name) AS instance_type,
    -- the model asks for hours of the machine
    CASE WHEN staged.sku_id = oci_shape.sku_id
        THEN CAST(staged.pricing_quantity / oci_shape.gpus AS DECIMAL(38,12)) ELSE staged.consumed_quantity END AS consumed_quantity,
    CASE WHEN staged.sku_id = oci_shape.sku_id THEN 'Hours' ELSE staged.consumed_unit END AS consumed_unit
FROM staged
JOIN oci_shape ON staged.resource_id = oci_shape.resource_id
WHERE staged.service_category = 'Compute';

DROP TABLE temp.oci_shape;

SELECT count(DISTINCT resource_id) || ' GPU machines have a shape that the bill does not tell: say it with python -m ingest '
    || 'resources, until then each counts as one GPU' AS note
FROM staged
WHERE sku_description LIKE '%GPU%' AND service_category = 'Compute' AND instance_type IS NULL AND resource_id IS NOT NULL
    AND line_id NOT IN (SELECT line_id FROM completed WHERE instance_type IS NOT NULL)
HAVING count(DISTINCT resource_id) > 0
