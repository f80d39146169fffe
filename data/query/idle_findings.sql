-- Which machines were paid for and did nothing: one row per machine × state × holder with at least one idle run of
-- $window seconds at $threshold that touches the period. Seconds and money are the runs' parts inside the period;
-- "since" and "to date" look back before it.
WITH run AS (
    SELECT *, coalesce(resource_id, node, device_id) AS machine,
        CASE state WHEN 'serving' THEN concat_ws(' ', model, version) WHEN 'other' THEN concat_ws('/', namespace, pod) END AS holder
    FROM idle_run
    WHERE abs(threshold - $threshold) < 1e-9 AND seconds >= $window AND start_at < $end
        AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
),
inside AS (
    SELECT run_id, sum(cost) AS cost_to_date,
        sum(CASE WHEN day >= $start THEN seconds END) AS seconds, sum(CASE WHEN day >= $start THEN cost END) AS cost
    FROM idle_run_day
    WHERE day < $end AND run_id IN (SELECT run_id FROM run)
    GROUP BY 1
),
-- Runs of one finding belong to one spell while no more than a day lies between them: nights make a spell, a free hour
-- three weeks earlier does not move "since". The last start after a longer pause begins the last spell.
spell AS (
    SELECT machine, state, holder, max(start_at) AS since
    FROM (
        SELECT machine, state, holder, start_at, max(end_at) OVER (
            PARTITION BY machine, state, holder ORDER BY start_at, run_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_end
        FROM run
    )
    WHERE earlier_end IS NULL OR earlier_end < start_at - INTERVAL 1 DAY
    GROUP BY 1, 2, 3
),
device AS (
    SELECT
        r.machine, r.state, r.holder, s.since, r.device_id, r.signal,
        min(COLUMNS(['resource_id', 'node', 'provider', 'sub_account_id', 'gpu_model', 'namespace', 'pod', 'team'])),
        max(r.step_seconds) AS step_seconds, max(r.largest_gap) AS largest_gap, max(r.end_at) AS last_idle,
        sum(i.seconds) AS seconds, sum(i.cost) AS cost, sum(CASE WHEN r.start_at >= s.since THEN i.cost_to_date END) AS cost_to_date
    FROM run r
    JOIN inside i USING (run_id)
    JOIN spell s ON s.machine = r.machine AND s.state = r.state AND s.holder IS NOT DISTINCT FROM r.holder
    GROUP BY 1, 2, 3, 4, 5, 6
),
finding AS (
    SELECT
        machine, state, holder, since,
        min(COLUMNS(['resource_id', 'node', 'provider', 'sub_account_id', 'gpu_model', 'namespace', 'pod', 'team'])),
        array_to_string(list_sort(list_distinct(list(signal))), ', ') AS signal, list_sort(list_distinct(list(device_id))) AS device_ids,
        max(COLUMNS(['step_seconds', 'largest_gap', 'last_idle'])), sum(COLUMNS(['seconds', 'cost', 'cost_to_date']))
    FROM device
    GROUP BY 1, 2, 3, 4
    HAVING sum(device.seconds) > 0
),
evidence AS (
    SELECT f.machine, f.state, f.holder,
        sum(d.observed_seconds) / nullif(sum(d.observed_seconds + d.unobserved_seconds), 0) AS coverage
    FROM (SELECT machine, state, holder, since, last_idle, unnest(device_ids) AS device_id FROM finding) f
    JOIN gpu_hour d ON d.device_id = f.device_id AND coalesce(d.resource_id, d.node, d.device_id) = f.machine
        AND d.hour >= date_trunc('hour', f.since) AND d.hour < f.last_idle
    WHERE d.hour >= $start AND d.hour < $end AND (d.billing_currency = $currency OR d.billing_currency IS NULL)
    GROUP BY 1, 2, 3
),
seen AS (
    SELECT machine, count(DISTINCT device_id) AS devices, max(last_hour) AS last_hour
    FROM device_day
    WHERE day >= $start AND day < $end AND is_in($currency, billing_currency)
    GROUP BY 1
),
reach AS (
    SELECT max(last_hour) + INTERVAL 1 HOUR AS until FROM device_day WHERE day >= $start AND day < $end
)
SELECT
    f.* EXCLUDE (seconds, cost, cost_to_date), r.region_id, r.instance_type, len(f.device_ids) AS devices,
    coalesce(r.device_count, s.devices) AS machine_devices, f.seconds / 3600 AS hours, CAST(f.cost AS DOUBLE) AS cost,
    CAST(f.cost_to_date AS DOUBLE) AS cost_to_date, e.coverage,
    f.last_idle > until - INTERVAL 1 DAY AND s.last_hour > until - INTERVAL 1 DAY AS ongoing,
    -- A month of 730 hours at the pace of the last spell; unknown where the spell is over.
    CASE WHEN ongoing THEN 730 * CAST(f.cost_to_date AS DOUBLE) / (date_diff('second', f.since, until) / 3600.0) END AS cost_per_month
FROM finding f
CROSS JOIN reach
LEFT JOIN seen s ON s.machine = f.machine
LEFT JOIN evidence e ON e.machine = f.machine AND e.state = f.state AND e.holder IS NOT DISTINCT FROM f.holder
LEFT JOIN resource r ON r.resource_id = f.resource_id
ORDER BY f.cost DESC NULLS LAST, f.seconds DESC, f.machine, f.state, f.holder
