-- One row per device that a source names by its place (machine/index) where another names it for good, by its UUID: the same
-- machine, in every hour that both tell, and there the same PCI bus, else a masked UUID that fits, else the same index. Two
-- places of one device (nvidia-smi's and CloudWatch's) become the first. What fits two devices joins neither.
WITH spot AS (
    SELECT
        s.hour AS hour, coalesce(n.resource_id, s.node) AS place, s.parent_id AS device_id,
        max(s.device_index) AS device_index, max(s.pci_bus_id) AS pci_bus_id, max(s.uuid_mask) AS uuid_mask
    FROM month_seen AS s
    LEFT JOIN node AS n ON n.node = s.node AND n.valid_from <= s.hour AND n.valid_to > s.hour
    WHERE s.node IS NOT NULL
    GROUP BY 1, 2, 3
),
placed AS (
    SELECT hour, place, device_id, device_index, pci_bus_id, uuid_mask FROM spot WHERE device_id LIKE '%/%'
),
lasting AS (
    SELECT hour, place, device_id, device_index, pci_bus_id FROM spot WHERE device_id NOT LIKE '%/%'
),
pair AS (
    SELECT p.device_id AS told_id, l.device_id AS device_id, 1 AS grade
    FROM placed AS p
    JOIN lasting AS l ON l.place = p.place AND l.hour = p.hour AND l.pci_bus_id = p.pci_bus_id
    GROUP BY 1, 2
    UNION ALL
    SELECT p.device_id AS told_id, l.device_id AS device_id, 2 AS grade
    FROM placed AS p
    JOIN lasting AS l
        ON l.place = p.place AND l.hour = p.hour AND l.device_id LIKE p.uuid_mask
        AND coalesce(l.pci_bus_id = p.pci_bus_id, TRUE)
    GROUP BY 1, 2
    UNION ALL
    SELECT p.device_id AS told_id, l.device_id AS device_id, 3 AS grade
    FROM placed AS p
    JOIN lasting AS l
        ON l.place = p.place AND l.hour = p.hour AND l.device_index = p.device_index
        AND coalesce(l.pci_bus_id = p.pci_bus_id, TRUE) AND coalesce(l.device_id LIKE p.uuid_mask, TRUE)
    GROUP BY 1, 2
    UNION ALL
    SELECT p.device_id AS told_id, min(o.device_id) AS device_id, 4 AS grade
    FROM placed AS p
    JOIN placed AS o
        ON o.place = p.place AND o.hour = p.hour AND o.device_index = p.device_index AND o.device_id < p.device_id
        AND coalesce(o.pci_bus_id = p.pci_bus_id, TRUE)
    GROUP BY 1
),
best AS (
    SELECT told_id, min(grade) AS grade FROM pair GROUP BY 1
),
fit AS (
    SELECT p.told_id AS told_id, max(p.device_id) AS device_id
    FROM pair AS p
    JOIN best AS b ON b.told_id = p.told_id AND b.grade = p.grade
    GROUP BY 1
    HAVING count(*) = 1
)
SELECT f.told_id AS told_id, coalesce(g.device_id, f.device_id) AS device_id
FROM fit AS f
LEFT JOIN fit AS g ON g.told_id = f.device_id
