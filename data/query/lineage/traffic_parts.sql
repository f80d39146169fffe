-- Keeps, as figure_part, the hours of traffic behind the requests or tokens of figure_unit. Grain: row of traffic_hour.
-- A server without a known machine counts where its model has cost. Which place that is the model decided, once for each model and
-- version: here it is the one row of unit_cost of that key and day that holds more than its known machines served.
CREATE OR REPLACE TEMP TABLE figure_part AS
WITH traffic AS (
    SELECT
        *, CAST(hour AS DATE) AS day,
        coalesce(requests_ok, 0) + coalesce(input_tokens, 0) + coalesce(output_tokens, 0) AS weight
    FROM traffic_hour
    WHERE NOT shadowed AND hour >= $start AND hour < $end
),
known AS (
    SELECT day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, sum(weight) AS weight
    FROM traffic
    WHERE provider IS NOT NULL
    GROUP BY ALL
),
place AS (
    SELECT
        u.day, u.model, u.version, u.endpoint, u.mode, u.team, u.gpu_model, u.provider, u.billing_account_id, u.sub_account_id,
        u.billing_currency
    FROM unit_cost AS u
    LEFT JOIN known AS k
        ON k.day = u.day AND k.model IS NOT DISTINCT FROM u.model AND k.version IS NOT DISTINCT FROM u.version
        AND k.endpoint IS NOT DISTINCT FROM u.endpoint AND k.mode IS NOT DISTINCT FROM u.mode AND k.team IS NOT DISTINCT FROM u.team
        AND k.gpu_model IS NOT DISTINCT FROM u.gpu_model AND k.provider IS NOT DISTINCT FROM u.provider
        AND k.billing_account_id IS NOT DISTINCT FROM u.billing_account_id AND k.sub_account_id IS NOT DISTINCT FROM u.sub_account_id
    WHERE u.day >= $start AND u.day < $end
        AND coalesce(u.requests_ok, 0) + coalesce(u.input_tokens, 0) + coalesce(u.output_tokens, 0) > coalesce(k.weight, 0)
)
SELECT
    t.source, t.load_id, t.hour, t.model, t.version, t.endpoint, t.mode, t.team, t.gpu_model, t.provider, t.billing_account_id,
    t.sub_account_id,
    CASE WHEN $measure = 'charged tokens' THEN t.input_tokens + t.output_tokens ELSE t.requests_ok END AS amount
FROM traffic AS t
LEFT JOIN place AS p
    ON t.provider IS NULL AND p.day = t.day AND p.model IS NOT DISTINCT FROM t.model AND p.version IS NOT DISTINCT FROM t.version
    AND p.endpoint IS NOT DISTINCT FROM t.endpoint AND p.mode IS NOT DISTINCT FROM t.mode AND p.team IS NOT DISTINCT FROM t.team
SEMI JOIN figure_unit AS u
    ON u.day = t.day AND u.model IS NOT DISTINCT FROM t.model AND u.version IS NOT DISTINCT FROM t.version
    AND u.endpoint IS NOT DISTINCT FROM t.endpoint AND u.mode IS NOT DISTINCT FROM t.mode AND u.team IS NOT DISTINCT FROM t.team
    AND CASE WHEN t.provider IS NULL THEN
            u.gpu_model IS NOT DISTINCT FROM p.gpu_model AND u.provider IS NOT DISTINCT FROM p.provider
            AND u.billing_account_id IS NOT DISTINCT FROM p.billing_account_id
            AND u.sub_account_id IS NOT DISTINCT FROM p.sub_account_id AND u.billing_currency IS NOT DISTINCT FROM p.billing_currency
        ELSE
            u.gpu_model IS NOT DISTINCT FROM t.gpu_model AND u.provider IS NOT DISTINCT FROM t.provider
            AND u.billing_account_id IS NOT DISTINCT FROM t.billing_account_id
            AND u.sub_account_id IS NOT DISTINCT FROM t.sub_account_id
        END
