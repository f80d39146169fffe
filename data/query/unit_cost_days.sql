-- Grain: UTC day × model; beyond the $top dearest models of the period they are one, 'other'. Chosen basis, effective view.
-- Only cost that somebody counted requests for, and requests that somebody charged for.
WITH rows AS (
    SELECT day, model, CASE WHEN charged THEN requests_ok END AS requests_ok, CASE WHEN counted THEN cost END AS cost
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
    WHERE billing_currency IS NOT NULL
),
served AS (
    SELECT model, rank() OVER (ORDER BY sum(cost) DESC, model) AS place
    FROM rows GROUP BY 1 HAVING sum(requests_ok) > 0
)
SELECT
    r.day,
    CASE WHEN s.place <= $top THEN r.model ELSE 'other' END AS model,
    min(CASE WHEN s.place <= $top THEN s.place ELSE 1000000 END) AS place,
    CAST(sum(r.cost) AS DOUBLE) AS cost,
    sum(r.requests_ok) AS requests_ok,
    cost_per_1k(r.cost, r.requests_ok) AS cost_per_1k
FROM rows r
JOIN served s ON s.model = r.model
GROUP BY 1, 2
ORDER BY 3, 1
