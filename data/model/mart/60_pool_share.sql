-- Each pool over the model versions of its billing account, by allocated cost of the same day, else month, else all time; cut
-- as lines are, so that the shares of a pool sum to it. Without any allocated cost the pool stays out whole.
WITH weight AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        to_double(coalesce(busy_cost, to_money(0)) + coalesce(idle_cost, to_money(0)) + coalesce(cpu_cost, to_money(0)) + coalesce(managed_cost, to_money(0))) AS weight
    FROM unit_base
),
positive AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency, weight
    FROM weight
    WHERE weight > 0
),
by_day AS (SELECT day, billing_account_id, billing_currency, sum(weight) AS total FROM positive GROUP BY 1, 2, 3),
by_month AS (SELECT month_of(day) AS month, billing_account_id, billing_currency, sum(weight) AS total FROM positive GROUP BY 1, 2, 3),
reach AS (
    SELECT
        p.day AS day, p.billing_account_id AS billing_account_id, p.billing_currency AS billing_currency, p.pool AS pool, p.cost AS cost,
        CASE WHEN d.total > 0 THEN 'day' WHEN m.total > 0 THEN 'month' ELSE 'all' END AS reach
    FROM pool AS p
    LEFT JOIN by_day AS d
        ON d.day = p.day AND d.billing_account_id IS NOT DISTINCT FROM p.billing_account_id AND d.billing_currency = p.billing_currency
    LEFT JOIN by_month AS m
        ON m.month = month_of(p.day) AND m.billing_account_id IS NOT DISTINCT FROM p.billing_account_id
        AND m.billing_currency = p.billing_currency
),
pair AS (
    SELECT
        r.day AS day, r.pool AS pool, r.cost AS cost, w.model AS model, w.version AS version, w.endpoint AS endpoint, w.mode AS mode,
        w.team AS team, w.gpu_model AS gpu_model, w.provider AS provider, w.billing_account_id AS billing_account_id,
        w.sub_account_id AS sub_account_id, w.billing_currency AS billing_currency, w.weight AS weight
    FROM reach AS r
    JOIN positive AS w
        ON w.billing_account_id IS NOT DISTINCT FROM r.billing_account_id AND w.billing_currency = r.billing_currency AND w.day = r.day
    WHERE r.reach = 'day'
    UNION ALL
    SELECT
        r.day AS day, r.pool AS pool, r.cost AS cost, w.model AS model, w.version AS version, w.endpoint AS endpoint, w.mode AS mode,
        w.team AS team, w.gpu_model AS gpu_model, w.provider AS provider, w.billing_account_id AS billing_account_id,
        w.sub_account_id AS sub_account_id, w.billing_currency AS billing_currency, sum(w.weight) AS weight
    FROM reach AS r
    JOIN positive AS w
        ON w.billing_account_id IS NOT DISTINCT FROM r.billing_account_id AND w.billing_currency = r.billing_currency
    WHERE (r.reach = 'month' AND month_of(w.day) = month_of(r.day)) OR r.reach = 'all'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
),
cut AS (
    SELECT
        day, pool, cost, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        sum(weight) OVER (PARTITION BY day, pool, billing_account_id, billing_currency) AS total,
        sum(weight) OVER (
            PARTITION BY day, pool, billing_account_id, billing_currency
            ORDER BY model, version, endpoint, mode, team, gpu_model, provider, sub_account_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto,
        row_number() OVER (
            PARTITION BY day, pool, billing_account_id, billing_currency
            ORDER BY model, version, endpoint, mode, team, gpu_model, provider, sub_account_id
        ) AS place,
        count(*) OVER (PARTITION BY day, pool, billing_account_id, billing_currency) AS places
    FROM pair
),
boundary AS (
    SELECT
        day, pool, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency, place,
        CASE WHEN place = places THEN cost ELSE to_money(to_double(cost) * upto / nullif(total, 0)) END AS upto
    FROM cut
)
SELECT
    day, pool, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
    upto - coalesce(lag(upto) OVER (PARTITION BY day, pool, billing_account_id, billing_currency ORDER BY place), to_money(0)) AS cost
FROM boundary
