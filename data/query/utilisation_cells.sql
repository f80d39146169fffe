-- The cells of the raster: device × hour, as 0..250 for 0..100 %, 255 where billed and not observed. Small integers,
-- since a fleet of 1,000 devices over 30 days is 720,000 of them; hours without a row are not in the answer.
WITH wanted AS (
    SELECT unnest($devices) AS device_id, unnest(range(len($devices))) AS device
),
cell AS (
    SELECT
        device,
        date_diff('hour', CAST($start AS TIMESTAMP), hour) AS hours_in,
        CASE $measure
            WHEN 'gauge mean' THEN gauge_mean(util_avg, observed_seconds)
            ELSE utilisation(busy_seconds, observed_seconds)
        END AS value
    FROM gpu_hour
    JOIN wanted USING (device_id)
    WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY 1, 2
)
SELECT
    CAST(device AS INTEGER) AS device,
    CAST(hours_in AS INTEGER) AS hours_in,
    -- least() skips NULL: unknown would come out as fully busy.
    CAST(CASE WHEN value IS NULL THEN 255 ELSE round(250 * least(value, 1)) END AS UTINYINT) AS code
FROM cell
