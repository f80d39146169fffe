-- A machine that was renamed would otherwise share its node with the one of its old name, and belong to nobody.
DELETE FROM resource_map WHERE source = $source AND NOT list_contains($machines, resource_id)
