-- The time that each sample speaks for, per holder, within the load's window: until the next sample where that is at most
-- two steps away, else one step.
WITH reach AS (
  SELECT signal_tick.device AS device, signal_tick.ts AS ts, signal_tick.node AS node, signal_tick.holder AS holder,
    signal_tick.signal_rank AS signal_rank, signal_tick.signal AS signal, step.step AS step,
    greatest(signal_tick.ts, load_window.window_start) AS start_at,
    least(load_window.window_end, CASE WHEN signal_tick.next_ts - signal_tick.ts <= 2 * step.step THEN signal_tick.next_ts
      ELSE signal_tick.ts + step.step END) AS end_at
  FROM signal_tick JOIN step ON step.device = signal_tick.device CROSS JOIN load_window)
SELECT reach.device AS device, reach.ts AS ts, reach.node AS node, reach.signal_rank AS signal_rank,
  reach.signal AS signal, reach.step AS step, reach.start_at AS start_at, reach.end_at AS end_at,
  coalesce(sharer.holder, reach.holder, 0) AS holder, coalesce(sharer.sharers, 1) AS sharers
FROM reach LEFT JOIN sharer ON sharer.device = reach.device AND sharer.ts = reach.ts
WHERE reach.end_at > reach.start_at
