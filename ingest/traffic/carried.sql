-- Which of a load's partial hours continue what the source held before, so that both count: a log that was rotated, copied or
-- that grew. In the time that both cover one of the two has nothing of its own (a line at its end may be cut off from others
-- of its moment), or they only touch, as the logs of several servers that are rotated one after the other do. Anything else is
-- another telling of the same requests. What is kept of the hour must be all that the store counts of it.
CREATE OR REPLACE TEMP TABLE carried AS
WITH kept AS (
  SELECT hour, identity, min(asked_at) AS moment, count(*) AS lines
  FROM request_edge
  WHERE source = $source AND list_contains($hours, hour)
  GROUP BY hour, identity),
told AS (
  SELECT date_trunc('hour', asked_at) AS hour, identity, min(asked_at) AS moment, count(*) AS lines
  FROM request
  WHERE reason IS NULL AND list_contains($hours, date_trunc('hour', asked_at))
  GROUP BY date_trunc('hour', asked_at), identity),
counted AS (
  SELECT hour, sum(coalesce(requests_ok, 0) + coalesce(requests_failed, 0) + coalesce(requests_aside, 0)) AS lines
  FROM traffic
  WHERE source = $source AND list_contains($hours, hour)
  GROUP BY hour),
span AS (
  SELECT k.hour, k.first_at AS kept_first, k.last_at AS kept_last, t.first_at AS told_first, t.last_at AS told_last,
    greatest(k.first_at, t.first_at) AS from_at, least(k.last_at, t.last_at) AS to_at
  FROM (SELECT hour, min(moment) AS first_at, max(moment) AS last_at, sum(lines) AS lines FROM kept GROUP BY hour) AS k
  JOIN (SELECT hour, min(moment) AS first_at, max(moment) AS last_at FROM told GROUP BY hour) AS t ON t.hour = k.hour
  JOIN counted AS c ON c.hour = k.hour AND c.lines = k.lines),
compared AS (
  SELECT coalesce(k.hour, t.hour) AS hour, coalesce(t.moment, k.moment) AS moment,
    greatest(coalesce(k.lines, 0) - coalesce(t.lines, 0), 0) AS kept_alone,
    greatest(coalesce(t.lines, 0) - coalesce(k.lines, 0), 0) AS told_alone
  FROM kept AS k
  FULL JOIN told AS t ON t.hour = k.hour AND t.identity = k.identity)
SELECT s.hour
FROM span AS s
JOIN compared AS c ON c.hour = s.hour
GROUP BY s.hour
HAVING least(
    coalesce(sum(kept_alone) FILTER (moment BETWEEN from_at AND to_at
      AND NOT (moment = from_at AND kept_first < from_at) AND NOT (moment = to_at AND kept_last > to_at)), 0),
    coalesce(sum(told_alone) FILTER (moment BETWEEN from_at AND to_at
      AND NOT (moment = from_at AND told_first < from_at) AND NOT (moment = to_at AND told_last > to_at)), 0)) = 0
  OR any_value(to_at - from_at <= INTERVAL 1 MINUTE
    AND ((kept_first < told_first AND kept_last < told_last) OR (told_first < kept_first AND told_last < kept_last)))
