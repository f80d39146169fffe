-- One row per device: the machine and host where it was seen last.
SELECT
    device_id, max_by(resource_id, CASE WHEN resource_id IS NOT NULL THEN month END) AS resource_id,
    max_by(node, CASE WHEN node IS NOT NULL THEN month END) AS node,
    max_by(gpu_model, CASE WHEN gpu_model IS NOT NULL THEN month END) AS gpu_model
FROM built_device
GROUP BY 1
