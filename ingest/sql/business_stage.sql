-- Daily counts of business outputs; `reason` says why one cannot be used. Lines that contradict each other are all out:
-- nobody knows which one is right.
CREATE OR REPLACE TEMP TABLE stage_output AS
WITH told AS (
    SELECT
        CAST(day AS DATE) AS day,
        nullif(trim(output), '') AS output,
        outputs,
        nullif(trim(team), '') AS team,
        nullif(trim(model), '') AS model,
        line_no,
        coalesce(day_text, '') AS day_text,
        coalesce(count_text, '') AS count_text
    FROM raw
)
SELECT
    day, output, outputs, team, model, line_no,
    CASE
        WHEN day IS NULL THEN 'the day ''' || day_text || ''' cannot be read; write 2026-10-30'
        WHEN output IS NULL THEN 'the output is missing: what was counted, such as resolved contact'
        WHEN outputs IS NULL THEN 'the count ''' || count_text || ''' cannot be read; write 41230, or leave an unknown day out'
        WHEN outputs < 0 OR outputs <> trunc(outputs) OR outputs > 1e15 THEN 'the count ' || count_text || ' is no whole number from 0 on'
        WHEN count(DISTINCT outputs) OVER (PARTITION BY day, output, team, model) > 1
            THEN 'another line states another count of ' || output || ' on ' || day
    END AS reason
FROM told
