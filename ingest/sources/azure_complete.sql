-- What only the whole delivery tells: a dataset that is missing, or that is not what it was taken for.
SELECT 'only the amortised dataset is here: it does not state the invoice, so billed cost is unknown' AS note
FROM staged
HAVING count(*) > 0 AND count_if(x_dataset = 'ActualCost' OR billed_cost IS NOT NULL) = 0
UNION ALL
SELECT 'only the actual dataset is here: ' || count(*) || ' lines of usage under a commitment are unpriced'
FROM staged
WHERE x_dataset = 'ActualCost' AND effective_cost IS NULL
HAVING count(*) > 0
UNION ALL
SELECT count(*) || ' lines of unused commitments stand in the actual dataset, where Azure has none: see which file is which'
FROM staged
WHERE x_dataset = 'ActualCost' AND commitment_discount_status = 'Unused'
HAVING count(*) > 0
