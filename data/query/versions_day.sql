-- Traffic and cost of each version per UTC day, with its share of the model's traffic that day: the timeline.
SELECT
    day, model, version,
    CAST(sum(requests_ok) AS BIGINT) AS requests_ok,
    -- Without traffic on a day on which the model's traffic is told, a version answered nothing; else, and where its own
    -- server does not count requests, it is unknown.
    sum(sum(requests_ok)) OVER (PARTITION BY model, day) IS NOT NULL AND coalesce(sum(requests_ok), 0) = 0
        AND (model, coalesce(version, ''), day) NOT IN (
            SELECT model, coalesce(version, ''), CAST(hour AS DATE) FROM traffic_hour
            WHERE requests_ok IS NULL AND NOT shadowed AND model IS NOT NULL
        ) AS silent,
    sum(requests_ok)::DOUBLE / nullif(sum(sum(requests_ok)) OVER (PARTITION BY model, day), 0) AS traffic_share,
    CAST(sum(CASE WHEN coalesce(busy_cost, idle_cost, cpu_cost, managed_cost) IS NOT NULL
        THEN basis_cost('allocated', unit_cost) END) AS DOUBLE) AS cost
FROM unit_cost
WHERE day >= $start AND day < $end AND model IS NOT NULL AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
GROUP BY 1, 2, 3
ORDER BY 2, 3, 1
