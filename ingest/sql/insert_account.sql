INSERT INTO account BY NAME
SELECT
    $source AS source, $load_id AS load_id, $provider AS provider, $account_id AS account_id, $kind AS kind,
    $name AS name, $parent_id AS parent_id, $open AS open
