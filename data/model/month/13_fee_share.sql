-- One row per commitment fee × line that its credit covers: the stretch [lo, hi) of the fee that follows the line. The stretches
-- tile [0, used) exactly, in proportion to |credit|; what lies beyond was paid for and not used.
WITH pair AS (
    SELECT
        f.load_id AS load_id, f.line_id AS line_id, d.load_id AS covered_load_id, d.line_id AS covered_line_id, f.hour AS hour,
        f.used AS used, d.credit AS credit,
        row_number() OVER (PARTITION BY f.load_id, f.line_id ORDER BY d.load_id, d.line_id) AS place,
        count(*) OVER (PARTITION BY f.load_id, f.line_id) AS places
    FROM fee AS f
    JOIN credit AS d
        ON d.hour = f.hour AND d.kind = f.kind AND d.family = f.family
        AND d.billing_account_id IS NOT DISTINCT FROM f.billing_account_id AND d.billing_currency = f.billing_currency
        AND d.region_id IS NOT DISTINCT FROM f.region_id AND d.unit IS NOT DISTINCT FROM f.unit
    WHERE f.used > 0 AND d.within_hour AND d.used IS NOT NULL
),
summed AS (
    SELECT
        load_id, line_id, covered_load_id, covered_line_id, hour, used, place, places,
        sum(credit) OVER (PARTITION BY load_id, line_id) AS total,
        sum(credit) OVER (
            PARTITION BY load_id, line_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto
    FROM pair
),
cut AS (
    SELECT
        load_id, line_id, covered_load_id, covered_line_id, hour, place,
        CASE WHEN place = places THEN used ELSE used * (upto / nullif(total, 0)) END AS hi
    FROM summed
)
SELECT
    load_id, line_id, covered_load_id, covered_line_id, hour,
    coalesce(lag(hi) OVER (PARTITION BY load_id, line_id ORDER BY place), 0.0) AS lo, hi
FROM cut
