-- Pairs of a load's files that hold equal lines, none of which tells a request_id. They are one log, copied or rotated, if one
-- of the two has nothing of its own in the time that both cover; a line at its end may be cut off from others of its moment.
WITH line AS (
  SELECT file_no, line_hash, min(asked_at) AS moment, count(*) AS lines
  FROM request
  WHERE reason IS NULL AND request_id IS NULL
  GROUP BY file_no, line_hash),
span AS (
  SELECT file_no, min(moment) AS first_at, max(moment) AS last_at FROM line GROUP BY file_no),
pair AS (
  SELECT one.file_no AS one, other.file_no AS other,
    greatest(one.first_at, other.first_at) AS from_at, least(one.last_at, other.last_at) AS to_at,
    one.first_at AS one_first, one.last_at AS one_last, other.first_at AS other_first, other.last_at AS other_last
  FROM (
    SELECT DISTINCT one.file_no AS one, other.file_no AS other
    FROM line AS one
    JOIN line AS other ON other.line_hash = one.line_hash AND other.file_no > one.file_no) AS shared
  JOIN span AS one ON one.file_no = shared.one
  JOIN span AS other ON other.file_no = shared.other),
compared AS (
  SELECT one, other, line_hash, min(moment) AS moment, sum(in_one) AS in_one, sum(in_other) AS in_other
  FROM (
    SELECT p.one, p.other, l.line_hash, l.moment, l.lines AS in_one, 0 AS in_other
    FROM pair AS p JOIN line AS l ON l.file_no = p.one AND l.moment BETWEEN p.from_at AND p.to_at
    UNION ALL
    SELECT p.one, p.other, l.line_hash, l.moment, 0, l.lines
    FROM pair AS p JOIN line AS l ON l.file_no = p.other AND l.moment BETWEEN p.from_at AND p.to_at)
  GROUP BY one, other, line_hash)
SELECT p.one, p.other,
  -- rotated within one moment: two parts, however alike their lines at the cut
  any_value(p.from_at < p.to_at) AND least(
    coalesce(sum(greatest(in_one - in_other, 0)) FILTER (NOT (moment = from_at AND one_first < from_at) AND NOT (moment = to_at AND one_last > to_at)), 0),
    coalesce(sum(greatest(in_other - in_one, 0)) FILTER (NOT (moment = from_at AND other_first < from_at) AND NOT (moment = to_at AND other_last > to_at)), 0)
  ) = 0 AS is_same,
  CAST(sum(least(in_one, in_other)) AS BIGINT) AS alike,
  CAST(least(sum(in_one), sum(in_other)) AS BIGINT) AS lesser
FROM pair AS p
JOIN compared AS c ON c.one = p.one AND c.other = p.other
GROUP BY p.one, p.other
ORDER BY p.one, p.other
