-- One row per device × hour that is believed.
SELECT
    device_no, hour, source, machine_no, resource_id, observed_seconds, step_seconds, first_seen, last_seen, device_weight,
    in_use_that_day
FROM claim
WHERE believed
