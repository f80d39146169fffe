-- Idle device-hours and money per UTC day and state, of the runs that count at $threshold and $window.
SELECT
    d.day,
    r.state,
    sum(d.seconds) / 3600 AS hours,
    CAST(sum(d.cost) AS DOUBLE) AS cost
FROM idle_run r
JOIN idle_run_day d USING (run_id)
WHERE abs(r.threshold - $threshold) < 1e-9 AND r.seconds >= $window AND d.day >= $start AND d.day < $end
    AND (r.billing_currency = $currency OR r.billing_currency IS NULL)
    AND chosen($providers, r.provider) AND chosen($accounts, r.sub_account_id)
    AND chosen($teams, r.team) AND chosen($models, r.model)
GROUP BY 1, 2
ORDER BY 1, 2
