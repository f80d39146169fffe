-- The month that is being built ($month), as the views that the model files read.
CREATE OR REPLACE TEMP TABLE option AS
SELECT
    CAST($month AS TIMESTAMP) AS month_start, CAST($month AS TIMESTAMP) + INTERVAL 1 MONTH AS month_end,
    CAST($device_share AS DOUBLE) AS device_share;

CREATE OR REPLACE TEMP TABLE month_line AS
SELECT c.*, c.start_at >= o.month_start AND c.start_at < o.month_end AS starts_in_month
FROM charge_line AS c, option AS o
WHERE c.start_at < o.month_end AND (c.end_at > o.month_start OR c.start_at >= o.month_start);

CREATE OR REPLACE TEMP TABLE month_commitment_line AS
SELECT c.* FROM gcp_commitment_line AS c, option AS o WHERE c.start_at < o.month_end AND c.end_at > o.month_start;
