-- The unit-cost key with everything that the three bases need: busy = busy + managed; allocated = + idle + cpu; fully loaded = + shares.
WITH shares AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        sum(CASE WHEN pool = 'unallocated_share' THEN cost END) AS unallocated_share,
        sum(CASE WHEN pool = 'shared_compute' THEN cost END) AS shared_compute,
        sum(CASE WHEN pool = 'shared_storage' THEN cost END) AS shared_storage,
        sum(CASE WHEN pool = 'shared_network' THEN cost END) AS shared_network,
        sum(CASE WHEN pool = 'shared_orchestration' THEN cost END) AS shared_orchestration,
        sum(CASE WHEN pool = 'shared_support' THEN cost END) AS shared_support,
        sum(CASE WHEN pool = 'commitment_share' THEN cost END) AS commitment_share
    FROM pool_share
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
),
measure AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        busy_cost, idle_cost, cpu_cost, managed_cost, NULL AS unallocated_share, NULL AS shared_compute, NULL AS shared_storage,
        NULL AS shared_network, NULL AS shared_orchestration, NULL AS shared_support, NULL AS commitment_share,
        busy_seconds, held_seconds, requests, requests_ok, input_tokens, cached_tokens, output_tokens,
        cacheable_tokens, phased_requests, prefill_seconds, decode_seconds
    FROM unit_base
    UNION ALL
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        NULL AS busy_cost, NULL AS idle_cost, NULL AS cpu_cost, NULL AS managed_cost, unallocated_share, shared_compute, shared_storage,
        shared_network, shared_orchestration, shared_support, commitment_share,
        NULL AS busy_seconds, NULL AS held_seconds, NULL AS requests, NULL AS requests_ok, NULL AS input_tokens, NULL AS cached_tokens, NULL AS output_tokens,
        NULL AS cacheable_tokens, NULL AS phased_requests, NULL AS prefill_seconds, NULL AS decode_seconds
    FROM shares
)
SELECT
    day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
    sum(busy_cost) AS busy_cost, sum(idle_cost) AS idle_cost, sum(cpu_cost) AS cpu_cost, sum(managed_cost) AS managed_cost,
    sum(unallocated_share) AS unallocated_share, sum(shared_compute) AS shared_compute, sum(shared_storage) AS shared_storage,
    sum(shared_network) AS shared_network, sum(shared_orchestration) AS shared_orchestration, sum(shared_support) AS shared_support,
    sum(commitment_share) AS commitment_share, sum(busy_seconds) AS busy_seconds, sum(held_seconds) AS held_seconds,
    sum(requests) AS requests, sum(requests_ok) AS requests_ok, sum(input_tokens) AS input_tokens,
    sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
    sum(cacheable_tokens) AS cacheable_tokens, sum(phased_requests) AS phased_requests,
    sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds
FROM measure
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
