-- What the free time of each machine is worth: money that leaves the bill, hours in which the whole machine was free, and
-- time that was dark (free all day). A device counts once, where the larger part of its money is.
WITH device AS (
    SELECT
        machine, device_id, sum(free_cost) AS free_cost, sum(cash) AS cash, sum(whole_hours) AS whole_hours,
        sum(dark_seconds) AS dark_seconds, sum(dark_cost) AS dark_cost
    FROM free_time
    WHERE abs(threshold - $threshold) < 1e-9 AND lasting >= $window AND day >= $start AND day < $end
        AND is_in($currency, billing_currency)
    GROUP BY 1, 2
)
SELECT
    machine, CAST(sum(cash) AS DOUBLE) AS cash, CAST(sum(whole_hours) AS BIGINT) AS whole_hours,
    count(CASE WHEN 2 * cash >= free_cost AND cash > 0 THEN 1 END) AS cash_devices,
    CAST(sum(dark_cost) AS DOUBLE) AS dark_cost, sum(dark_seconds) / 3600 AS dark_hours
FROM device
GROUP BY 1
ORDER BY 1
