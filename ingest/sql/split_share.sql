-- How much of each line its split lines take: `total` of `whole`, by weight. Some unused capacity may stand in a line of
-- its own; without one it is in the pods' lines. Less than the line bore (its split lines are not complete): the rest stays.
CREATE OR REPLACE TEMP MACRO split_upto(amount, weight, whole) AS
    CASE WHEN weight >= whole THEN amount
        ELSE CAST(CAST(amount AS DOUBLE) * (CAST(weight AS DOUBLE) / CAST(whole AS DOUBLE)) AS DECIMAL(38,12)) END;

CREATE OR REPLACE TEMP MACRO split_between(amount, upto, weight, whole) AS
    split_upto(amount, upto, whole) - split_upto(amount, upto - weight, whole);
CREATE OR REPLACE TEMP MACRO split_left(amount, total, whole) AS
    CASE WHEN whole IS NULL THEN amount ELSE amount - split_upto(amount, total, whole) END;

CREATE OR REPLACE TEMP TABLE split_group AS
SELECT parent_id, sub_account_id, start_at, bool_or(is_unused) AS unused_apart
FROM split
GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW split_weight AS
SELECT split.*, split.cost + CASE WHEN g.unused_apart THEN 0 ELSE split.unused END AS weight
FROM split
JOIN split_group AS g
    ON g.parent_id = split.parent_id AND g.sub_account_id IS NOT DISTINCT FROM split.sub_account_id
    AND g.start_at = split.start_at;

CREATE OR REPLACE TEMP TABLE split_parent AS
WITH told AS (
    SELECT parent_id, sub_account_id, start_at, sum(weight) AS total
    FROM split_weight
    GROUP BY ALL
    HAVING sum(weight) > 0 AND min(weight) >= 0
),
line AS (
    SELECT
        parent.line_id, told.*,
        -- one machine's hour can be several lines: a part that a savings plan covered, and the rest
        sum(parent.effective_cost) OVER (PARTITION BY told.parent_id, told.sub_account_id, told.start_at) AS bore
    FROM parent
    JOIN told
        ON told.parent_id = parent.resource_id AND told.sub_account_id IS NOT DISTINCT FROM parent.sub_account_id
        AND told.start_at = parent.charge_period_start
)
SELECT
    line_id, parent_id, sub_account_id, start_at, total,
    -- exports write ten digits: what is missing beyond that is no missing pod
    CASE WHEN bore * 0.999999 > total THEN bore ELSE total END AS whole
FROM line
