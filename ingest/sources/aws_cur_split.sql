-- Split cost allocation data: a line per pod (or ECS task), resource and hour, with its part of the amortised cost of the
-- machine that it ran on. It bears no money of its own; ingest/split.py lets it take the place of the machine's line.
SELECT
    line_no,
    split_line_item_parent_resource_id AS parent_id,
    line_item_usage_account_id AS sub_account_id,
    line_item_usage_start_date AS start_at,
    line_item_resource_id AS resource_id,
    -- arn:aws:eks:us-east-1:123456789012:pod/cluster/namespace/pod/uid; a task's ARN ends task/cluster/id
    nullif(regexp_extract(line_item_resource_id, ':pod/[^/]+/([^/]+/[^/]+)', 1), '') AS resource_name,
    line_item_operation AS operation,
    map_concat(
        map_from_entries(list_filter(
            [
                {'k': 'cluster', 'v': regexp_extract(line_item_resource_id, ':(?:pod|task)/([^/]+)/', 1)},
                {'k': 'namespace', 'v': regexp_extract(line_item_resource_id, ':pod/[^/]+/([^/]+)/', 1)},
                {'k': 'pod', 'v': regexp_extract(line_item_resource_id, ':pod/[^/]+/[^/]+/([^/]+)', 1)}
            ],
            lambda e: e.v <> ''
        )),
        coalesce(tags, MAP {})
    ) AS tags,
    coalesce(split_line_item_net_split_cost, split_line_item_split_cost, 0) AS cost,
    coalesce(split_line_item_net_unused_cost, split_line_item_unused_cost, 0) AS unused,
    -- where a line says what nobody used, the pods' unused_cost is the same money once more
    coalesce(regexp_matches(line_item_resource_id, '(^|[/:_-])unused([/:_-]|$)', 'i'), false)
        OR coalesce(regexp_matches(line_item_usage_type, 'unused', 'i'), false) AS is_unused
FROM raw
WHERE split_line_item_parent_resource_id IS NOT NULL AND coalesce(line_item_unblended_cost, 0) = 0
