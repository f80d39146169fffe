-- Head of the statement that keeps split lines aside: where each stands, beside what the format's own SELECT says.
SELECT *, $file_id AS file_id, $file_no AS file_no
