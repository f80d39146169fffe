-- Machines that show more devices than their bill or instance type says: most of one hour, since when, by whom.
SELECT
    resource_id, CAST(ceil(max(machine_told) - 0.001) AS INTEGER) AS told, max(devices_billed) AS billed,
    CAST(ceil(max(machine_counted) - 0.001) AS INTEGER) AS counted, min(day) AS first_day, max(day) AS last_day,
    list_sort(list_distinct(list(source))) AS sources,
    coalesce(list_sort(list_distinct(list(source) FILTER (devices_counted < devices_told - 0.001))), []) AS left_out
FROM device_excess
GROUP BY resource_id
ORDER BY resource_id;
