-- Grain: component of the unit cost, on all bases: what each adds to the cost of one inference. in_basis says whether the chosen
-- basis counts it. cost NULL = inside another component or not given, never 0 by guess.
-- Only cost that somebody counted requests for is part of a unit cost, so of its components.
WITH sums AS (
    SELECT
        sum(CASE WHEN charged THEN requests_ok END) AS requests_ok,
        sum(busy_cost) FILTER (counted) AS busy,
        sum(idle_cost) FILTER (counted) AS idle,
        sum(cpu_cost) FILTER (counted) AS cpu,
        sum(managed_cost) FILTER (counted) AS managed,
        sum(unallocated_share) FILTER (counted) AS unallocated,
        sum(shared_compute) FILTER (counted) AS shared_compute,
        sum(shared_storage) FILTER (counted) AS storage,
        sum(shared_network) FILTER (counted) AS network,
        sum(shared_orchestration) FILTER (counted) AS orchestration,
        sum(shared_support) FILTER (counted) AS support,
        sum(commitment_share) FILTER (counted) AS commitment
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
    WHERE billing_currency IS NOT NULL
),
components AS (
    SELECT * FROM (
        SELECT unnest([
            {'place': 1, 'component': 'compute, busy', 'bases': ['busy', 'allocated', 'fully loaded'], 'cost': busy},
            {'place': 2, 'component': 'managed', 'bases': ['busy', 'allocated', 'fully loaded'], 'cost': managed},
            {'place': 3, 'component': 'compute, idle', 'bases': ['allocated', 'fully loaded'], 'cost': idle},
            {'place': 4, 'component': 'CPU serving', 'bases': ['allocated', 'fully loaded'], 'cost': cpu},
            {'place': 5, 'component': 'unallocated devices', 'bases': ['fully loaded'], 'cost': unallocated},
            {'place': 6, 'component': 'CPU and memory beside devices', 'bases': ['fully loaded'], 'cost': shared_compute},
            {'place': 7, 'component': 'storage', 'bases': ['fully loaded'], 'cost': storage},
            {'place': 8, 'component': 'network', 'bases': ['fully loaded'], 'cost': network},
            {'place': 9, 'component': 'orchestration', 'bases': ['fully loaded'], 'cost': orchestration},
            {'place': 10, 'component': 'support', 'bases': ['fully loaded'], 'cost': support},
            {'place': 11, 'component': 'unused commitments', 'bases': ['fully loaded'], 'cost': commitment}
        ], recursive := TRUE), requests_ok
        FROM sums
    )
)
SELECT
    place, component, list_contains(bases, $basis) AS in_basis, CAST(cost AS DOUBLE) AS cost,
    1000 * CAST(cost AS DOUBLE) / nullif(requests_ok, 0) AS cost_per_1k
FROM components
ORDER BY place
