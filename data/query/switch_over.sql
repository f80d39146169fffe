-- One row: what a model's requests of the period were made of, and the range of volumes that was measured.
-- Tokens are ratios of sums over the rows that report them; the cached share is of the input of servers that
-- tell it, where these are 80 % of the input (as in token_costs.sql); an older snapshot knows rows that tell both, not servers.
WITH asked AS (
    SELECT
        day, requests_ok, input_tokens, cached_tokens, output_tokens, busy_seconds, held_seconds,
        coalesce(cacheable_tokens, CASE WHEN cached_tokens IS NOT NULL THEN input_tokens END) AS cacheable_tokens
    FROM unit_cost
    WHERE day >= $start AND day < $end AND is_in($currency, billing_currency) AND model = $model
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
),
by_day AS (
    SELECT day, sum(requests_ok) AS requests_ok, utilisation(busy_seconds, held_seconds) AS utilisation
    FROM asked GROUP BY 1 HAVING sum(requests_ok) > 0
)
SELECT
    sum(input_tokens)::DOUBLE / nullif(sum(CASE WHEN input_tokens IS NOT NULL THEN requests_ok END), 0) AS input_tokens,
    sum(output_tokens)::DOUBLE / nullif(sum(CASE WHEN output_tokens IS NOT NULL THEN requests_ok END), 0) AS output_tokens,
    CASE WHEN sum(cacheable_tokens) >= 0.8 * sum(input_tokens)
        THEN sum(CASE WHEN cacheable_tokens IS NOT NULL THEN cached_tokens END)::DOUBLE / nullif(sum(cacheable_tokens), 0) END AS cached_share,
    sum(CASE WHEN input_tokens IS NOT NULL OR output_tokens IS NOT NULL THEN requests_ok ELSE 0 END)::DOUBLE
        / nullif(sum(requests_ok), 0) AS reported,
    (SELECT min(requests_ok)::DOUBLE FROM by_day) AS lowest_day,
    (SELECT max(requests_ok)::DOUBLE FROM by_day) AS highest_day,
    -- of the day of which 95 % of days have no more requests: a single day of another kind of work sizes no fleet
    (SELECT max(utilisation) FROM by_day WHERE requests_ok = (SELECT quantile_disc(requests_ok, 0.95) FROM by_day))
        AS p95_utilisation
FROM asked
WHERE requests_ok > 0
