-- Every metric once. Aggregate macros: ratios of sums in any GROUP BY, never averages of ratios; an empty denominator is
-- NULL, which a page shows as "–". Definitions: MODEL 5, 6; dashboard words are the same as the names here.

-- Money ---------------------------------------------------------------------------------------------------------------
-- The amount in the view that was chosen; NULL = the export does not give it.
CREATE OR REPLACE TEMP MACRO in_view(v, effective, billed, contracted, list_price) AS
    CASE v WHEN 'effective' THEN effective WHEN 'billed' THEN billed WHEN 'contracted' THEN contracted ELSE list_price END;

-- What a filter lets through; 'none' stands for NULL.
CREATE OR REPLACE TEMP MACRO chosen(wanted, value) AS len(wanted) = 0 OR list_contains(wanted, coalesce(value, 'none'));

-- Whether a row of unit_cost has any cost: requests that met no charge cost an unknown amount, not none.
CREATE OR REPLACE TEMP MACRO has_cost(u) AS
    coalesce(u.busy_cost, u.idle_cost, u.cpu_cost, u.managed_cost, u.unallocated_share, u.commitment_share,
        u.shared_compute, u.shared_storage, u.shared_network, u.shared_orchestration, u.shared_support) IS NOT NULL;
-- What belongs to the currency asked for: its rows, and those that no bill knows.
CREATE OR REPLACE TEMP MACRO is_in(wanted, currency) AS currency IS NULL OR currency = wanted;

-- What a row of unit_cost cost on one of the three bases: basis_cost($basis, unit_cost).
CREATE OR REPLACE TEMP MACRO basis_cost(basis, u) AS
    coalesce(u.busy_cost, 0) + coalesce(u.managed_cost, 0)
    + CASE WHEN basis = 'busy' THEN 0 ELSE coalesce(u.idle_cost, 0) + coalesce(u.cpu_cost, 0) END
    + CASE WHEN basis = 'fully loaded' THEN coalesce(u.unallocated_share, 0) + coalesce(u.commitment_share, 0)
        + coalesce(u.shared_compute, 0) + coalesce(u.shared_storage, 0) + coalesce(u.shared_network, 0)
        + coalesce(u.shared_orchestration, 0) + coalesce(u.shared_support, 0) ELSE 0 END;

-- Whether a rung is part of a basis as a whole; what 'fully loaded' adds of the shared rungs is a share, not the rung.
CREATE OR REPLACE TEMP MACRO in_basis(basis, rung) AS
    rung IN ('serving_busy', 'managed') OR (basis <> 'busy' AND rung IN ('serving_idle', 'serving_cpu'));

-- Usage of AI, which follows what happened on a day: no support, tax, credit, correction, or fee paid ahead.
CREATE OR REPLACE TEMP MACRO is_usage(rung, component) AS
    rung IN ('serving_busy', 'serving_idle', 'serving_cpu', 'unallocated', 'unobserved', 'other_gpu', 'managed')
    OR (rung = 'shared' AND coalesce(component, '') <> 'support');

-- Device time that was paid for and did nothing, at <= 1 % and any stretch (MODEL 6).
CREATE OR REPLACE TEMP MACRO is_idle(rung, sub_rung) AS
    rung IN ('serving_idle', 'unallocated') OR (rung = 'other_gpu' AND coalesce(sub_rung, '') = 'held idle');

-- Unit costs ----------------------------------------------------------------------------------------------------------
-- Over rows of unit_cost in one currency: whether somebody counted what this row's cost bought (requests_ok or tokens), so that
-- cost and count may be divided. Hours of a GPU without traffic are no sign that nobody counts; a model without any count is. A
-- managed model is charged by use: a day that it charged for and that nobody counted is missing from the count.
CREATE OR REPLACE TEMP MACRO counted(u, n) AS
    sum(CASE WHEN u.billing_currency IS NOT NULL THEN n END) OVER (PARTITION BY u.model) IS NOT NULL
    AND (coalesce(u.managed_cost, 0) = 0
        OR sum(CASE WHEN u.billing_currency IS NOT NULL THEN n END) OVER (PARTITION BY u.model, u.day) IS NOT NULL);

-- Likewise whether the bill tells what this row's requests cost: charged(unit_cost, has_cost(unit_cost)); somewhere in the scope
-- their model has cost.
CREATE OR REPLACE TEMP MACRO charged(u, costs) AS
    u.billing_currency IS NOT NULL AND max(CASE WHEN costs THEN 1 ELSE 0 END) OVER (PARTITION BY u.model) = 1;

-- The rows of unit_cost that a question is about, with their cost on its basis, and whether it, its tokens and its requests may be
-- divided (counted, tokened, charged: judged over these rows). Rows without a currency are requests that met no charge.
CREATE OR REPLACE TEMP MACRO unit_cost_in(since, until, wanted, providers, accounts, teams, models, basis) AS TABLE
    SELECT
        *,
        CASE WHEN has_cost(unit_cost) THEN basis_cost(basis, unit_cost) END AS cost,
        input_tokens + output_tokens AS tokens,
        counted(unit_cost, requests_ok) AS counted,
        counted(unit_cost, input_tokens + output_tokens) AS tokened,
        charged(unit_cost, has_cost(unit_cost)) AS charged
    FROM unit_cost
    WHERE day >= since AND day < until AND is_in(wanted, billing_currency)
        AND chosen(providers, provider) AND chosen(accounts, sub_account_id)
        AND chosen(teams, team) AND chosen(models, model);

-- How a row's requests were served, where its model is served in several ways.
CREATE OR REPLACE TEMP MACRO served_by(u) AS
    CASE WHEN u.gpu_model IS NOT NULL OR u.held_seconds > 0 THEN 'device' WHEN u.managed_cost <> 0 THEN 'managed' ELSE 'cpu' END;

CREATE OR REPLACE TEMP MACRO cost_per_inference(cost, requests_ok) AS sum(cost)::DOUBLE / nullif(sum(requests_ok), 0);
CREATE OR REPLACE TEMP MACRO cost_per_1k(cost, requests_ok) AS 1000 * (sum(cost)::DOUBLE / nullif(sum(requests_ok), 0));
CREATE OR REPLACE TEMP MACRO cost_per_1m_tokens(cost, tokens) AS 1000000 * (sum(cost)::DOUBLE / nullif(sum(tokens), 0));
CREATE OR REPLACE TEMP MACRO cost_per_output(cost, outputs) AS sum(cost)::DOUBLE / nullif(sum(outputs), 0);
CREATE OR REPLACE TEMP MACRO price_per_gpu_hour(cost, seconds) AS sum(cost)::DOUBLE / nullif(sum(seconds) / 3600, 0);
CREATE OR REPLACE TEMP MACRO throughput(requests_ok, busy_seconds) AS
    sum(requests_ok)::DOUBLE / nullif(sum(busy_seconds) / 3600, 0);

-- Devices -------------------------------------------------------------------------------------------------------------
CREATE OR REPLACE TEMP MACRO utilisation(busy_seconds, observed_seconds) AS
    sum(busy_seconds)::DOUBLE / nullif(sum(observed_seconds), 0);
-- What nobody observed is unknown: a sum over such seconds would call it 0.
CREATE OR REPLACE TEMP MACRO if_observed(value, observed_seconds) AS CASE WHEN sum(observed_seconds) > 0 THEN value END;
CREATE OR REPLACE TEMP MACRO if_held(state, seconds) AS CASE WHEN state IN ('serving', 'other') THEN seconds ELSE 0 END;
CREATE OR REPLACE TEMP MACRO coverage(observed_cost, device_cost) AS
    sum(observed_cost)::DOUBLE / nullif(sum(device_cost), 0)::DOUBLE;
-- The mean of the utilisation gauge, weighted by observed time; hours without a gauge are in neither sum.
CREATE OR REPLACE TEMP MACRO gauge_mean(util_avg, observed_seconds) AS
    sum(util_avg * observed_seconds) / nullif(sum(CASE WHEN util_avg IS NOT NULL THEN observed_seconds END), 0);

-- Lineage ---------------------------------------------------------------------------------------------------------------
-- Whether a part of the ladder is in a sum that pages show; `idle` is is_idle's answer. A device's cost is on device lines; accelerators that the export does
-- not tell apart are `unobserved` without a device.
CREATE OR REPLACE TEMP MACRO in_measure(measure, rung, idle, device_id) AS
    CASE measure
        WHEN 'spend' THEN TRUE
        WHEN 'idle cost' THEN idle
        WHEN 'device cost' THEN device_id IS NOT NULL OR rung = 'unobserved'
        WHEN 'observed cost' THEN device_id IS NOT NULL AND rung <> 'unobserved'
    END;

-- The pool of the fully loaded basis that a part of the ladder is in (model/mart/50_pool.sql); NULL = none.
CREATE OR REPLACE TEMP MACRO pool_of(rung, sub_rung, component) AS
    CASE
        WHEN rung = 'unallocated' THEN 'unallocated_share'
        WHEN rung = 'shared' AND component IN ('storage', 'network', 'orchestration', 'support') THEN 'shared_' || component
        WHEN rung = 'shared' THEN 'shared_compute'
        WHEN rung = 'commitment_unused' AND coalesce(sub_rung, '') <> 'use unknown' THEN 'commitment_share'
    END;
