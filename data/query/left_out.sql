-- Grain: rung. The ladder's amount, what of it the chosen basis counts, and what it leaves out; they sum to the invoice.
-- Effective view. The shared rungs are in 'fully loaded' by the shares that model versions took: of a narrowed selection left_out is
-- below 0 where these are of lines beyond it. Commitment fees that fit no use are a row of their own: they are in no unit cost.
WITH rungs AS (
    SELECT
        CASE WHEN rung = 'commitment_unused' AND sub_rung = 'use unknown' THEN 'commitment_use_unknown' ELSE rung END AS rung,
        sum(effective_cost) AS cost
    FROM ladder
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
    GROUP BY 1
),
-- of the pools, also of those whose own lines a filter keeps out: a model has no shared lines, and yet a share of them
shares AS (
    SELECT unnest([
        {'rung': 'unallocated', 'share': sum(unallocated_share)},
        {'rung': 'shared', 'share': sum(coalesce(shared_compute, 0) + coalesce(shared_storage, 0) + coalesce(shared_network, 0)
            + coalesce(shared_orchestration, 0) + coalesce(shared_support, 0))},
        {'rung': 'commitment_unused', 'share': sum(commitment_share)}
    ], recursive := TRUE)
    FROM unit_cost
    WHERE $basis = 'fully loaded' AND day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
),
counted AS (
    SELECT
        coalesce(r.rung, s.rung) AS rung,
        CASE WHEN r.rung IS NULL THEN CAST(0 AS DECIMAL(38, 12)) ELSE r.cost END AS cost,
        CASE WHEN in_basis($basis, r.rung) THEN r.cost ELSE coalesce(s.share, 0) END AS in_basis
    FROM rungs AS r
    FULL JOIN (SELECT rung, share FROM shares WHERE share <> 0) AS s ON s.rung = r.rung
)
SELECT rung, cost, in_basis, cost - in_basis AS left_out
FROM counted
ORDER BY abs(cost - in_basis) DESC, rung
