-- UTC months whose facts change: where charges start, and as far as they reach (a purchase for a year reaches no further
-- than two months: only machine lines are spread over their hours).
SELECT DISTINCT CAST(unnest(generate_series(
    date_trunc('month', charge_period_start),
    greatest(
        date_trunc('month', charge_period_start),
        least(charge_period_end - INTERVAL 1 SECOND, charge_period_start + INTERVAL 62 DAY)
    ),
    INTERVAL 1 MONTH
)) AS DATE) AS month
FROM staged
