-- Keeps, as figure_run, the idle runs behind the findings that figure_finding holds and that count, cut at midnight (UTC) and at the
-- period. Grain: run × UTC day; the runs are chosen as idle_findings chooses them.
CREATE OR REPLACE TEMP TABLE figure_run AS
WITH run AS (
    SELECT
        *, coalesce(resource_id, node, device_id) AS machine,
        CASE state WHEN 'serving' THEN concat_ws(' ', model, version) WHEN 'other' THEN concat_ws('/', namespace, pod) END AS holder
    FROM idle_run
    WHERE abs(threshold - $threshold) < 1e-9 AND seconds >= $window AND start_at < $end
        AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
)
SELECT
    r.run_id, r.device_id, r.namespace, r.pod, r.machine, r.state, r.holder, r.model, r.version, r.team, r.gpu_model, r.provider,
    r.sub_account_id, r.start_at, r.end_at, r.signal, d.day, d.seconds, d.cost
FROM run AS r
JOIN idle_run_day AS d ON d.run_id = r.run_id AND d.day >= $start AND d.day < $end
SEMI JOIN (
    FROM figure_finding
    WHERE coalesce(coverage, 0) >= $enough AND chosen($machine, machine) AND chosen($state, state) AND chosen($holder, holder)
) AS f ON f.machine = r.machine AND f.state = r.state AND f.holder IS NOT DISTINCT FROM r.holder
