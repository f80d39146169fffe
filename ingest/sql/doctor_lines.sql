-- What one file of a bill shows: lines, those that name a resource, those without a start or a price, its accounts and currencies.
SELECT
    count(*),
    count(resource_id),
    count_if(charge_period_start IS NULL),
    count_if(billed_cost IS NULL),
    coalesce(list(DISTINCT {
        'provider': coalesce(provider, ''), 'account': coalesce(billing_account_id, ''),
        'month': coalesce(strftime(billing_period, '%Y-%m'), '')
    }), []),
    coalesce(list(DISTINCT billing_currency) FILTER (billing_currency IS NOT NULL), [])
FROM doctor_line
