-- Split lines whose parent stays whole: it has accelerators, is mapped as a whole, or is not in this delivery.
SELECT count(*)
FROM split
WHERE NOT EXISTS (
    FROM split_parent AS parent
    WHERE parent.parent_id = split.parent_id AND parent.sub_account_id IS NOT DISTINCT FROM split.sub_account_id
        AND parent.start_at = split.start_at
)
