-- One row per commitment_unused line: its effective cost less what followed the covered lines, cut into the part whose use was AI
-- and the rest, which is `outside` (MODEL.md §4). Where nobody can tell the use, the line stays whole and says so.
WITH shared_out AS (
    SELECT
        a.load_id AS load_id, a.line_id AS line_id, l.is_fee AS is_fee, a.effective_cost AS effective_cost,
        CASE
            WHEN coalesce(f.used, 0.0) = 0 THEN a.effective_cost
            WHEN f.used = 1 THEN a.effective_cost - a.effective_cost
            ELSE a.effective_cost - to_money(to_double(a.effective_cost) * f.used)
        END AS unused_cost,
        CASE
            WHEN l.is_fee AND f.line_id IS NULL THEN NULL
            WHEN l.commitment IS NULL AND l.gpu_model IS NOT NULL THEN 1.0
            ELSE s.share
        END AS share
    FROM line_amount AS a
    JOIN line_rung AS l ON l.load_id = a.load_id AND l.line_id = a.line_id
    LEFT JOIN fee AS f ON f.load_id = a.load_id AND f.line_id = a.line_id
    LEFT JOIN commitment_share AS s
        ON s.commitment_id = l.commitment AND s.billing_period = a.billing_period AND s.billing_currency IS NOT DISTINCT FROM a.billing_currency
    WHERE a.rung = 'commitment_unused' AND a.starts_in_month
),
cut AS (
    SELECT
        load_id, line_id, unused_cost,
        CASE
            WHEN coalesce(effective_cost, to_money(0)) = 0 THEN NULL
            WHEN share IS NULL THEN 'use unknown'
            WHEN is_fee THEN 'derived'
        END AS sub_rung,
        CASE WHEN share IS NULL OR share = 1 THEN unused_cost ELSE to_money(to_double(unused_cost) * share) END AS ai_cost
    FROM shared_out
)
SELECT load_id, line_id, sub_rung, ai_cost, unused_cost - ai_cost AS other_cost
FROM cut
