-- Cloud Monitoring samples a chip once a minute, in one series for the node and one for the container that holds it, not
-- necessarily at one instant: on the minute they meet, so that a held chip is not free every other sample.
UPDATE sample SET ts = ts // 60000 * 60000 WHERE series IN (SELECT unnest($series))
