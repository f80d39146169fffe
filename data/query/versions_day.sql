-- Traffic and cost of each version per UTC day, with its share of the model's traffic that day: the timeline.
SELECT
    day, model, version,
    CAST(sum(requests_ok) AS BIGINT) AS requests_ok,
    sum(requests_ok)::DOUBLE / nullif(sum(sum(requests_ok)) OVER (PARTITION BY model, day), 0) AS traffic_share,
    CAST(sum(basis_cost('allocated', busy_cost, idle_cost, cpu_cost, managed_cost, 0)) AS DOUBLE) AS cost
FROM unit_cost
WHERE day >= $start AND day < $end AND model IS NOT NULL AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY 1, 2, 3
ORDER BY 2, 3, 1
