SELECT live.source, live.output, live.day
FROM business_output AS live
JOIN stage_output AS staged
    ON staged.day = live.day AND staged.output = live.output AND staged.team IS NOT DISTINCT FROM live.team
    AND staged.model IS NOT DISTINCT FROM live.model
WHERE live.source <> $source AND staged.reason IS NULL
ORDER BY 3, 1, 2
LIMIT 1
