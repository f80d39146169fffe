-- Takes the hours [start, end) out of what a source's pods and nodes were; a row that reaches beyond keeps its outer part.
INSERT INTO deployment_map BY NAME
SELECT * REPLACE ($end AS valid_from) FROM deployment_map
WHERE source = $source AND valid_from < $end AND valid_to > $end;
UPDATE deployment_map SET valid_to = $start WHERE source = $source AND valid_from < $start AND valid_to > $start;
DELETE FROM deployment_map WHERE source = $source AND valid_from >= $start AND valid_from < $end;
INSERT INTO resource_map BY NAME
SELECT * REPLACE ($end AS valid_from) FROM resource_map
WHERE source = $source AND valid_from < $end AND valid_to > $end;
UPDATE resource_map SET valid_to = $start WHERE source = $source AND valid_from < $start AND valid_to > $start;
DELETE FROM resource_map WHERE source = $source AND valid_from >= $start AND valid_from < $end;
