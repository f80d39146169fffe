-- Grain: rung. The ladder's amount, what of it the chosen basis counts, and what it leaves out; they sum to the invoice.
-- Effective view. The shared rungs are in 'fully loaded' by the shares that model versions took. Commitment fees that fit no use are
-- a row of their own: they are in no unit cost, whatever they paid for.
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
shares AS (
    SELECT
        sum(unallocated_share) AS unallocated,
        sum(coalesce(shared_compute, 0) + coalesce(shared_storage, 0) + coalesce(shared_network, 0)
            + coalesce(shared_orchestration, 0) + coalesce(shared_support, 0)) AS shared,
        sum(commitment_share) AS commitment_unused
    FROM unit_cost
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
),
counted AS (
    SELECT
        rung, cost,
        CASE
            WHEN in_basis($basis, rung) THEN cost
            WHEN $basis <> 'fully loaded' THEN 0
            WHEN rung = 'unallocated' THEN (SELECT coalesce(unallocated, 0) FROM shares)
            WHEN rung = 'shared' THEN (SELECT coalesce(shared, 0) FROM shares)
            WHEN rung = 'commitment_unused' THEN (SELECT coalesce(commitment_unused, 0) FROM shares)
            ELSE 0
        END AS in_basis
    FROM rungs
)
SELECT rung, cost, in_basis, cost - in_basis AS left_out
FROM counted
ORDER BY abs(cost - in_basis) DESC, rung
