-- Grain: charge line of figure_part: what it gave to the number, and where it stands: file, line, load. Largest first; $top of them
-- after $skip.
WITH line AS (
    SELECT source, load_id, file_id, line_id, line_no, sum(amount) AS amount, sum(whole) AS whole
    FROM figure_part
    WHERE load_id IS NOT NULL
    GROUP BY ALL
    ORDER BY abs(sum(amount)) DESC NULLS LAST, load_id, line_id
    LIMIT $top OFFSET $skip
)
SELECT
    l.amount, l.whole, in_view($view, c.effective_cost, c.billed_cost, c.contracted_cost, c.list_cost) AS line_cost,
    f.uri AS file, l.line_no, c.service_name, coalesce(c.charge_description, c.sku_description, c.x_usage_type) AS description,
    c.resource_id, c.charge_period_start, c.charge_period_end, c.provider, c.sub_account_id, c.charge_category,
    f.etag, l.source, l.load_id, d.started_at AS loaded_at
FROM line AS l
LEFT JOIN cost AS c ON c.load_id = l.load_id AND c.line_id = l.line_id
LEFT JOIN file AS f ON f.file_id = l.file_id
LEFT JOIN load AS d ON d.load_id = l.load_id
ORDER BY abs(l.amount) DESC NULLS LAST, l.load_id, l.line_id
