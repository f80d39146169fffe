INSERT INTO price BY NAME
SELECT
    $source AS source, $load_id AS load_id, $provider AS provider, $sku_id AS sku_id, $description AS description,
    $region_id AS region_id, $usage_type AS usage_type, $device_model AS device_model, $unit AS unit,
    $tier_start AS tier_start, $unit_price AS unit_price, $currency AS currency, $effective_from AS effective_from
