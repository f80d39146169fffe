-- One batch of devices, so that memory does not grow with the load; a MIG instance goes with its parent.
CREATE OR REPLACE TEMP TABLE gauge AS
SELECT series, device, holder, node, role, ceiling, divisor FROM every_gauge WHERE root % $batches = $batch
