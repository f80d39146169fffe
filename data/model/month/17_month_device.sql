-- Each numbered device of the month: what it is called and where it was seen.
SELECT device_no, max(device_id) AS device_id, max(parent_id) AS parent_id, max(node) AS node
FROM month_device_hour
GROUP BY 1
