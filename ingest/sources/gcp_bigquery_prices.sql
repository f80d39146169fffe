-- The newest day's list prices of Compute Engine, one row per SKU, region and tier.
SELECT
    sku.id AS sku_id,
    sku.description AS description,
    region AS region_id,
    pricing_unit AS unit,
    CAST(tier.start_usage_amount AS NUMERIC) AS tier_start,
    CAST(tier.account_currency_amount AS NUMERIC) AS amount,
    CAST(tier.pricing_unit_quantity AS NUMERIC) AS quantity,
    account_currency_code AS currency
FROM `{table}`
CROSS JOIN UNNEST(geo_taxonomy.regions) AS region
CROSS JOIN UNNEST(list_price.tiered_rates) AS tier
WHERE service.id = @service AND {loaded}
    AND pricing_as_of_time = (SELECT MAX(pricing_as_of_time) FROM `{table}` WHERE {loaded})
