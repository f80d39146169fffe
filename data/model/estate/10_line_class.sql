-- One row per kind of charge: the first estate rule that fits, by priority.
WITH kind AS (
    SELECT provider, service_name, service_category, usage, count(*) AS lines
    FROM charge_line
    GROUP BY 1, 2, 3, 4
),
fit AS (
    SELECT
        k.provider AS provider, k.service_name AS service_name, k.service_category AS service_category, k.usage AS usage,
        r.class AS class, r.component AS component,
        row_number() OVER (
            PARTITION BY k.provider, k.service_name, k.service_category, k.usage ORDER BY r.priority, r.position
        ) AS place
    FROM kind AS k
    JOIN estate_rule AS r
        ON coalesce(k.provider, '') LIKE r.provider AND k.service_name LIKE r.service
        AND k.service_category LIKE r.category AND k.usage LIKE r.usage
)
SELECT provider, service_name, service_category, usage, class, component
FROM fit
WHERE place = 1
