INSERT INTO unusable_effective
SELECT $load_id, provider, billing_account_id, billing_currency FROM effective_damage WHERE is_unusable
