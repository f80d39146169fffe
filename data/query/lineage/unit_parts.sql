-- Keeps, as figure_part, what the cost of model versions on a basis (figure_unit) is made of. Grain: charge line × ladder key × pool.
-- What a version holds are its own parts. Of the shared pools (fully loaded) a version has a share: each line of the pool, `whole`,
-- gives its part, cut so that the parts of a billing account, day and pool sum to what unit_cost has of it.
CREATE OR REPLACE TEMP TABLE figure_part AS
WITH own AS (
    SELECT
        p.source, p.load_id, p.file_id, p.line_id, p.line_no, p.rung, p.sub_rung, p.component, p.model, p.version, p.endpoint, p.mode,
        p.gpu_model, p.team, p.provider, p.billing_account_id, p.sub_account_id, sum(p.effective_cost) AS amount, amount AS whole
    FROM part AS p
    JOIN figure_unit AS u
        ON u.day = p.day AND u.billing_currency = p.billing_currency AND u.model IS NOT DISTINCT FROM p.model
        AND u.version IS NOT DISTINCT FROM p.version AND u.endpoint IS NOT DISTINCT FROM p.endpoint
        AND u.mode IS NOT DISTINCT FROM p.mode AND u.team IS NOT DISTINCT FROM p.team
        AND u.gpu_model IS NOT DISTINCT FROM p.gpu_model AND u.provider IS NOT DISTINCT FROM p.provider
        AND u.billing_account_id IS NOT DISTINCT FROM p.billing_account_id AND u.sub_account_id IS NOT DISTINCT FROM p.sub_account_id
    WHERE p.day >= $start AND p.day < $end AND p.billing_currency = $currency
        AND CASE WHEN $measure = 'held cost' THEN p.rung IN ('serving_busy', 'serving_idle') ELSE in_basis($basis, p.rung) END
    GROUP BY ALL
),
share AS (
    SELECT day, billing_account_id, pool, sum(given) AS taken
    FROM (
        UNPIVOT figure_unit ON
            unallocated_share, commitment_share, shared_compute, shared_storage, shared_network, shared_orchestration, shared_support
        INTO NAME pool VALUE given
    )
    WHERE $basis = 'fully loaded' AND $measure <> 'held cost'
    GROUP BY ALL
),
pooled AS (
    SELECT
        source, load_id, file_id, line_id, line_no, rung, sub_rung, component, gpu_model, team, provider, billing_account_id,
        sub_account_id, day, pool_of(rung, sub_rung, component) AS pool, sum(effective_cost) AS whole
    FROM part
    WHERE day >= $start AND day < $end AND billing_currency = $currency AND $basis = 'fully loaded'
        AND pool_of(rung, sub_rung, component) IS NOT NULL
    GROUP BY ALL
),
upto AS (
    SELECT
        p.*, s.taken,
        CASE
            WHEN row_number() OVER in_order = count(*) OVER of_pool THEN s.taken
            ELSE CAST(coalesce(CAST(s.taken AS DOUBLE) * sum(p.whole) OVER in_order / nullif(sum(p.whole) OVER of_pool, 0), 0)
                AS DECIMAL(38, 12))
        END AS upto
    FROM pooled AS p
    JOIN share AS s ON s.day = p.day AND s.pool = p.pool AND s.billing_account_id IS NOT DISTINCT FROM p.billing_account_id
    WINDOW
        of_pool AS (PARTITION BY p.day, p.pool, p.billing_account_id),
        in_order AS (
            PARTITION BY p.day, p.pool, p.billing_account_id
            ORDER BY p.load_id, p.line_id, p.rung, p.sub_rung, p.component, p.gpu_model, p.team, p.provider, p.sub_account_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
),
given AS (
    SELECT
        * EXCLUDE (taken, upto),
        upto - coalesce(lag(upto) OVER (
            PARTITION BY day, pool, billing_account_id
            ORDER BY load_id, line_id, rung, sub_rung, component, gpu_model, team, provider, sub_account_id
        ), 0) AS amount
    FROM upto
)
FROM own
UNION ALL
SELECT
    source, load_id, file_id, line_id, line_no, rung, sub_rung, component, NULL, NULL, NULL, NULL, gpu_model, team, provider,
    billing_account_id, sub_account_id, sum(amount), sum(whole)
FROM given
GROUP BY ALL
