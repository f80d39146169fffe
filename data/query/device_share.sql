-- Grain: one row: the part of a GPU machine's price that its devices carry; NULL = the snapshot does not say.
SELECT max(device_share) AS device_share FROM model_setting
