-- Head of the staging statement: provenance beside what the format's own SELECT says.
SELECT *, $source AS source, $load_id AS load_id, $file_id AS file_id, $before + line_no AS line_id
