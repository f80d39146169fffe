-- Keeps, as figure_part, the charge lines that paid for the runs of figure_run. Grain: charge line × machine × state × holder; what no
-- line holds stands with no load. A line gives to a run what it put on the run's device and holder hour by hour, times the share of the
-- hour; `whole` is what it put there in those hours. Cut so that the parts of a run and day sum to what idle_run_day has of it.
CREATE OR REPLACE TEMP TABLE figure_part AS
WITH line AS (
    SELECT
        r.run_id, r.day, p.source, p.load_id, p.file_id, p.line_id, p.line_no, sum(p.effective_cost) AS whole,
        sum(CAST(p.effective_cost AS DOUBLE) * h.share) AS weight
    FROM figure_run AS r
    JOIN figure_idle_hour AS h ON h.run_id = r.run_id AND h.day = r.day
    JOIN part AS p
        ON p.device_id = r.device_id AND p.namespace IS NOT DISTINCT FROM r.namespace AND p.pod IS NOT DISTINCT FROM r.pod
        AND p.hour = h.hour
    WHERE p.rung <> 'unobserved' AND p.billing_currency = $currency
    GROUP BY ALL
),
upto AS (
    SELECT
        r.run_id, r.day, r.machine, r.state, r.holder, r.model, r.version, r.team, r.gpu_model, r.provider, r.sub_account_id,
        l.source, l.load_id, l.file_id, l.line_id, l.line_no, l.whole,
        CASE
            WHEN row_number() OVER in_order = count(*) OVER of_run THEN r.cost
            ELSE CAST(coalesce(CAST(r.cost AS DOUBLE) * sum(l.weight) OVER in_order / nullif(sum(l.weight) OVER of_run, 0), 0)
                AS DECIMAL(38, 12))
        END AS upto
    FROM figure_run AS r
    LEFT JOIN line AS l ON l.run_id = r.run_id AND l.day = r.day
    WHERE r.cost IS NOT NULL
    WINDOW
        of_run AS (PARTITION BY r.run_id, r.day),
        in_order AS (
            PARTITION BY r.run_id, r.day ORDER BY l.load_id, l.line_id, l.file_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
),
given AS (
    SELECT
        * EXCLUDE (upto),
        upto - coalesce(lag(upto) OVER (PARTITION BY run_id, day ORDER BY load_id, line_id, file_id), 0) AS amount
    FROM upto
)
SELECT
    source, load_id, file_id, line_id, line_no, machine, state, holder, model, version, team, gpu_model, provider, sub_account_id,
    sum(amount) AS amount, sum(whole) AS whole
FROM given
GROUP BY ALL
