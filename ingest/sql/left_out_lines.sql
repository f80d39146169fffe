-- Before `staged` is shown without them.
SELECT billing_period, count(*) FROM staged WHERE billing_period IN (FROM left_out_period) GROUP BY 1 ORDER BY 1
