-- Which machines were paid for and did nothing: one row per machine × state × holder with at least one idle run of
-- $window seconds at $threshold that touches the period. Seconds and money are the runs' parts inside the period;
-- "since" and "to date" look back before it.
WITH run AS (
    SELECT
        *,
        coalesce(resource_id, node, device_id) AS machine,
        CASE state
            WHEN 'free' THEN NULL
            WHEN 'serving' THEN concat_ws(' ', model, version)
            ELSE concat_ws('/', namespace, pod)
        END AS holder
    FROM idle_run
    WHERE abs(threshold - $threshold) < 1e-9 AND seconds >= $window
        AND start_at < $end
        AND (billing_currency = $currency OR billing_currency IS NULL)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
),
inside AS (
    SELECT
        run_id, sum(cost) AS cost_to_date,
        sum(CASE WHEN day >= $start THEN seconds END) AS seconds, sum(CASE WHEN day >= $start THEN cost END) AS cost
    FROM idle_run_day
    WHERE day < $end AND run_id IN (SELECT run_id FROM run)
    GROUP BY 1
),
-- Runs of one finding belong to one spell while no more than a day lies between them: nights make a spell, a free hour
-- three weeks earlier does not move "since".
spelled AS (
    SELECT
        *,
        sum(CASE WHEN earlier_end >= start_at - INTERVAL 1 DAY THEN 0 ELSE 1 END)
            OVER (PARTITION BY machine, state, holder ORDER BY start_at, run_id) AS spell
    FROM (
        SELECT
            run.*,
            max(end_at) OVER (
                PARTITION BY machine, state, holder ORDER BY start_at, run_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS earlier_end
        FROM run
    )
),
last_spell AS (SELECT machine, state, holder, max(spell) AS spell FROM spelled GROUP BY 1, 2, 3),
finding AS (
    SELECT
        s.machine, s.state, s.holder,
        any_value(s.resource_id) AS resource_id, any_value(s.node) AS node, any_value(s.provider) AS provider,
        any_value(s.sub_account_id) AS sub_account_id, any_value(s.gpu_model) AS gpu_model,
        any_value(s.namespace) AS namespace, any_value(s.pod) AS pod,
        any_value(s.team) AS team, string_agg(DISTINCT s.signal, ', ' ORDER BY s.signal) AS signal,
        max(s.step_seconds) AS step_seconds, max(s.largest_gap) AS largest_gap,
        list(DISTINCT s.device_id ORDER BY s.device_id) AS device_ids, count(DISTINCT s.device_id) AS devices,
        min(CASE WHEN s.spell = l.spell THEN s.start_at END) AS since, max(s.end_at) AS last_idle,
        sum(i.seconds) AS seconds, sum(i.cost) AS cost,
        sum(CASE WHEN s.spell = l.spell THEN i.cost_to_date END) AS cost_to_date
    FROM spelled s
    JOIN inside i USING (run_id)
    JOIN last_spell l ON l.machine = s.machine AND l.state = s.state AND l.holder IS NOT DISTINCT FROM s.holder
    GROUP BY 1, 2, 3
    HAVING sum(i.seconds) > 0
),
-- What the bill and the telemetry say about those machines, device by device and hour by hour.
device_hour AS (
    SELECT
        coalesce(resource_id, node, device_id) AS machine, device_id, hour,
        sum(billed_seconds) AS billed_seconds, sum(cost) AS cost,
        sum(observed_seconds) AS observed_seconds, sum(unobserved_seconds) AS unobserved_seconds
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND (billing_currency = $currency OR billing_currency IS NULL)
        AND coalesce(resource_id, node, device_id) IN (SELECT machine FROM finding)
    GROUP BY 1, 2, 3
),
seen AS (
    SELECT machine, count(DISTINCT device_id) AS devices, max(hour) AS last_hour FROM device_hour GROUP BY 1
),
free_machine AS (SELECT DISTINCT machine, resource_id FROM finding WHERE state = 'free'),
free_hour AS (
    SELECT machine, device_id, hour, sum(date_diff('second', greatest(start_at, hour), least(end_at, hour + INTERVAL 1 HOUR)))
        AS free_seconds
    FROM (
        SELECT machine, device_id, start_at, end_at, unnest(generate_series(
            date_trunc('hour', greatest(start_at, CAST($start AS TIMESTAMP))),
            least(end_at, CAST($end AS TIMESTAMP)) - INTERVAL 1 SECOND,
            INTERVAL 1 HOUR
        )) AS hour
        FROM run WHERE state = 'free' AND end_at > $start
    )
    GROUP BY 1, 2, 3
),
-- Hours in which a commitment pays for the device: stopping it frees capacity and lowers no bill.
committed_line AS (
    SELECT DISTINCT load_id, line_id FROM cost
    WHERE (commitment_discount_id IS NOT NULL OR x_commitment_credit < 0)
        AND charge_period_start < $end AND charge_period_end > $start
        AND resource_id IN (SELECT resource_id FROM free_machine)
),
committed AS (
    SELECT p.device_id, p.hour,
        sum(CASE WHEN c.line_id IS NOT NULL THEN CAST(p.effective_cost AS DOUBLE) ELSE 0 END)
            / nullif(sum(CAST(p.effective_cost AS DOUBLE)), 0) AS share
    FROM part p
    LEFT JOIN committed_line c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE p.hour >= $start AND p.hour < $end AND p.device_id IN (SELECT device_id FROM free_hour)
        AND EXISTS (SELECT 1 FROM committed_line)
    GROUP BY 1, 2
),
-- Clouds bill whole machines: an hour is cash where every device of the machine was free for all of its billed time.
-- One percent of slack, since a run starts and ends on a sample and not on the bill's second.
machine_hour AS (
    SELECT d.machine, d.device_id, d.hour,
        bool_and(coalesce(f.free_seconds, 0) >= 0.99 * d.billed_seconds) OVER (PARTITION BY d.machine, d.hour) AS whole,
        -- least() passes over a NULL: an hour that was not free would count as wholly free
        CASE WHEN f.free_seconds IS NOT NULL THEN CAST(d.cost AS DOUBLE) * least(1, f.free_seconds / nullif(d.billed_seconds, 0)) END
            AS free_cost,
        CAST(d.cost AS DOUBLE) * (1 - coalesce(c.share, 0)) AS uncommitted_cost
    FROM device_hour d
    JOIN free_machine m ON m.machine = d.machine
    LEFT JOIN free_hour f ON f.machine = d.machine AND f.device_id = d.device_id AND f.hour = d.hour
    LEFT JOIN committed c ON c.device_id = d.device_id AND c.hour = d.hour
),
device_cash AS (
    SELECT machine, device_id, sum(free_cost) AS free_cost, sum(CASE WHEN whole THEN uncommitted_cost ELSE 0 END) AS cash
    FROM machine_hour
    GROUP BY 1, 2
    HAVING count(free_cost) > 0
),
-- A device counts once, where the larger part of its money is.
machine AS (
    SELECT
        c.machine, sum(c.cash) AS cash, any_value(h.whole_hours) AS whole_hours,
        count(CASE WHEN 2 * c.cash >= c.free_cost AND c.cash > 0 THEN 1 END) AS cash_devices
    FROM device_cash c
    JOIN (
        SELECT machine, count(DISTINCT CASE WHEN whole THEN hour END) AS whole_hours FROM machine_hour GROUP BY 1
    ) h USING (machine)
    GROUP BY 1
),
-- Dark: free for a whole day's billed time.
dark AS (
    SELECT machine, sum(cost) AS cost, sum(free_seconds) AS seconds
    FROM (
        SELECT d.machine, d.device_id, CAST(d.hour AS DATE) AS day, sum(f.free_seconds) AS free_seconds,
            sum(CAST(d.cost AS DOUBLE)) AS cost, sum(d.billed_seconds) AS billed_seconds
        FROM device_hour d
        JOIN free_machine m ON m.machine = d.machine
        LEFT JOIN free_hour f ON f.machine = d.machine AND f.device_id = d.device_id AND f.hour = d.hour
        GROUP BY 1, 2, 3
        HAVING sum(f.free_seconds) >= 0.99 * sum(d.billed_seconds)
    )
    GROUP BY 1
),
evidence AS (
    SELECT f.machine, f.state, f.holder,
        sum(d.observed_seconds) / nullif(sum(d.observed_seconds + d.unobserved_seconds), 0) AS coverage
    FROM finding f
    JOIN device_hour d ON d.machine = f.machine AND list_contains(f.device_ids, d.device_id)
        AND d.hour >= date_trunc('hour', f.since) AND d.hour < f.last_idle
    GROUP BY 1, 2, 3
),
reach AS (
    SELECT least(CAST($end AS TIMESTAMP), max(hour) + INTERVAL 1 HOUR) AS until
    FROM gpu_hour WHERE hour >= $start AND hour < $end
)
SELECT
    f.machine, f.resource_id, f.node, f.provider, f.sub_account_id, r.region_id, r.instance_type, f.gpu_model,
    f.state, f.holder, f.namespace, f.pod, f.team, f.signal, f.step_seconds, f.largest_gap,
    f.device_ids, f.devices, coalesce(r.device_count, s.devices) AS machine_devices, f.since, f.last_idle,
    f.seconds / 3600 AS hours, CAST(f.cost AS DOUBLE) AS cost, CAST(f.cost_to_date AS DOUBLE) AS cost_to_date,
    CASE WHEN f.state = 'free' THEN least(coalesce(m.cash, 0), CAST(f.cost AS DOUBLE)) ELSE 0 END AS cash,
    CASE WHEN f.state = 'free' THEN coalesce(m.whole_hours, 0) ELSE 0 END AS whole_hours,
    CASE WHEN f.state = 'free' THEN coalesce(m.cash_devices, 0) ELSE 0 END AS cash_devices,
    CASE WHEN f.state = 'free' THEN f.devices - coalesce(m.cash_devices, 0) ELSE 0 END AS freed_devices,
    CASE WHEN f.state = 'free' THEN least(coalesce(k.cost, 0), CAST(f.cost AS DOUBLE)) ELSE 0 END AS dark_cost,
    CASE WHEN f.state = 'free' THEN coalesce(k.seconds, 0) / 3600 ELSE 0 END AS dark_hours,
    e.coverage,
    f.last_idle > reach.until - INTERVAL 1 DAY AND s.last_hour > reach.until - INTERVAL 1 DAY AS ongoing,
    -- A month of 730 hours at the pace of the last spell; unknown where the spell is over.
    CASE WHEN f.last_idle > reach.until - INTERVAL 1 DAY AND s.last_hour > reach.until - INTERVAL 1 DAY
        THEN 730 * CAST(f.cost_to_date AS DOUBLE) / (date_diff('second', f.since, reach.until) / 3600.0)
    END AS cost_per_month
FROM finding f
CROSS JOIN reach
LEFT JOIN seen s ON s.machine = f.machine
LEFT JOIN machine m ON m.machine = f.machine
LEFT JOIN dark k ON k.machine = f.machine
LEFT JOIN evidence e ON e.machine = f.machine AND e.state = f.state AND e.holder IS NOT DISTINCT FROM f.holder
LEFT JOIN (
    SELECT resource_id, any_value(region_id) AS region_id, any_value(instance_type) AS instance_type,
        max(device_count) AS device_count
    FROM resource GROUP BY 1
) r ON r.resource_id = f.resource_id
ORDER BY f.cost DESC NULLS LAST, f.machine, f.state, f.holder
