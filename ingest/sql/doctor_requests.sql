-- Of the lines of a log that were looked at: how many, how many can be counted, how many of those lie after $now and in 1970,
-- the first and last time, and the first line that cannot be counted.
SELECT
    count(*),
    count_if(reason IS NULL),
    count_if(reason IS NULL AND asked_at > $now),
    count_if(reason IS NULL AND asked_at < TIMESTAMP '1971-01-01'),
    min(asked_at) FILTER (reason IS NULL),
    max(asked_at) FILTER (reason IS NULL),
    arg_min(line_no || ': ' || reason, line_no) FILTER (reason IS NOT NULL)
FROM request
