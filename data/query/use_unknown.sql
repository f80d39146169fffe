-- Grain: one row. Commitment fees of the period that fit no use. Not cut by account, team or model: what they paid for may be anyone's.
SELECT coalesce(sum(unknown_cost), 0)::DOUBLE AS cost
FROM commitment_day
WHERE day >= $start AND day < $end AND billing_currency = $currency AND chosen($providers, provider)
