-- An hour has 3,600 seconds; slices of one device share them. The margin is what adding doubles may leave.
SELECT concat_ws(' ', 'device', parent_id, 'hour', hour, 'has', sum(observed_seconds + unobserved_seconds), 'seconds')
FROM gpu_hour
GROUP BY parent_id, hour
HAVING sum(observed_seconds + unobserved_seconds) > 3600.001;
