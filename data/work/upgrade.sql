-- What the working file of an older version lacks; nothing in a current one. Each statement may run again after a kill.
ALTER TABLE replaced_total ADD COLUMN IF NOT EXISTS replaced_by VARCHAR;
-- one load at a time states a source's period, so the next one that stated it is the one that replaced it
UPDATE replaced_total SET replaced_by = (
    SELECT min(later.load_id)
    FROM (
        SELECT load_id, source, billing_period FROM invoice_total
        UNION ALL
        SELECT load_id, source, billing_period FROM replaced_total
    ) AS later
    WHERE later.source = replaced_total.source AND later.billing_period = replaced_total.billing_period
        AND later.load_id > replaced_total.load_id
)
WHERE replaced_by IS NULL;
ALTER TABLE load DROP COLUMN IF EXISTS replaced_load_id;
-- a load was judged as a whole: what it states stays unusable until it is loaded again; `to_json` answers NULL where the column is gone
INSERT INTO unusable_effective
SELECT DISTINCT load_id, provider, billing_account_id, billing_currency FROM invoice_total
WHERE load_id IN (SELECT load_id FROM load WHERE json_extract_string(to_json(load), '$.effective_usable') = 'false')
    AND load_id NOT IN (SELECT load_id FROM unusable_effective);
ALTER TABLE load DROP COLUMN IF EXISTS effective_usable;
