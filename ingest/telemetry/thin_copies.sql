-- Of series that say the same one scraper's samples are kept, as one series: the one that saw most, and in an hour in which it
-- saw less than nine tenths of what another did, that one. Samples are not mixed: scrapers' clocks differ, and a counter
-- that seems to fall would have begun again.
CREATE OR REPLACE TEMP TABLE copy_hour AS
WITH told AS (
  SELECT c.kept, c.series, c.place, s.ts // 3600000 AS hour_no, count(*) AS samples
  FROM sample AS s JOIN copy AS c ON c.series = s.series
  GROUP BY ALL),
weighed AS (
  SELECT *, sum(samples) OVER (PARTITION BY series) AS total, max(samples) OVER (PARTITION BY kept, hour_no) AS most
  FROM told)
SELECT series, hour_no
FROM weighed
QUALIFY row_number() OVER (PARTITION BY kept, hour_no ORDER BY samples * 10 >= most * 9 DESC, total DESC, place) = 1;
DELETE FROM sample USING copy
WHERE copy.series = sample.series AND NOT EXISTS (
  FROM copy_hour AS h WHERE h.series = sample.series AND h.hour_no = sample.ts // 3600000);
UPDATE sample SET series = copy.kept FROM copy WHERE copy.series = sample.series AND copy.series <> copy.kept;
