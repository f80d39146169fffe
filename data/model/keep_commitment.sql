-- Use of the month's commitments, kept as soon as it is known: the AI shares of all months follow it.
DELETE FROM built_commitment WHERE month = $month;
INSERT INTO built_commitment BY NAME SELECT CAST($month AS DATE) AS month, * FROM commitment_month;
