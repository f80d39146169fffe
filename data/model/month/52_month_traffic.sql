-- One row per serving process × hour as the source tells it, with what is known of its deployment and machine. Where two
-- sources tell of the same model, version, endpoint, mode and hour, one is believed and the others are shadowed. Within a
-- source a request may pass several servers (a client, a gateway, a framework, the engine) and be told by each: of a model
-- and hour the one nearest the model is believed, whatever version or endpoint the others name. Two engines are two places
-- of work and add up, and so do a framework and an engine in different pods.
WITH machine_of_pod AS (
    SELECT
        d.namespace AS namespace, d.pod AS pod, d.hour AS hour, max(w.resource_id) AS resource_id, max(b.team) AS team
    FROM month_device_hour AS d
    JOIN witness AS w ON w.device_no = d.device_no AND w.hour = d.hour AND w.source = d.source
    LEFT JOIN machine_hour AS b ON b.machine_no = w.machine_no AND b.hour = w.hour
    WHERE d.pod IS NOT NULL
    GROUP BY 1, 2, 3
),
cpu_machine AS (
    SELECT
        s.model AS model, s.version AS version, max(c.provider) AS provider,
        max(c.billing_account_id) AS billing_account_id, max(c.sub_account_id) AS sub_account_id
    FROM cpu_service AS s
    JOIN month_line AS c
        ON c.resource_id = s.resource_id
        AND (s.valid_from IS NULL OR s.valid_from <= c.start_at) AND (s.valid_to IS NULL OR s.valid_to > c.start_at)
    GROUP BY 1, 2
),
told AS (
    SELECT
        t.source AS source, t.load_id AS load_id, t.hour AS hour, t.server AS server, coalesce(t.layer, 1) AS layer,
        t.namespace AS namespace, t.pod AS pod, coalesce(h.model, s.model, t.model) AS model,
        coalesce(h.version, t.version, s.version) AS version, coalesce(t.endpoint, h.endpoint, s.endpoint) AS endpoint, coalesce(t.mode, h.mode, s.mode, 'real time') AS mode,
        coalesce(h.team, t.team, s.team) AS team,
        t.requests_ok AS requests_ok, t.requests_failed AS requests_failed, t.requests_aside AS requests_aside,
        t.input_tokens AS input_tokens, t.cached_tokens AS cached_tokens, t.output_tokens AS output_tokens,
        t.prefill_seconds AS prefill_seconds, t.decode_seconds AS decode_seconds, t.latency_seconds AS latency_seconds,
        coalesce(t.step_seconds, 0) AS step_seconds
    FROM month_traffic_seen AS t
    LEFT JOIN holder AS h
        ON h.pod = t.pod AND coalesce(h.namespace, '') = coalesce(t.namespace, '')
        AND (h.valid_from IS NULL OR h.valid_from <= t.hour) AND (h.valid_to IS NULL OR h.valid_to > t.hour)
    LEFT JOIN served_name AS s
        ON h.pod IS NULL AND s.served_name = t.model
        AND (s.valid_from IS NULL OR s.valid_from <= t.hour) AND (s.valid_to IS NULL OR s.valid_to > t.hour)
),
standing AS (
    SELECT source, hour, model, layer, namespace, pod, count(requests_ok) AS counts, count(output_tokens) AS counts_tokens
    FROM told
    WHERE model IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
),
passed_on AS (
    SELECT o.source AS source, o.hour AS hour, o.model AS model, o.layer AS layer, o.namespace AS namespace, o.pod AS pod
    FROM standing AS o
    JOIN standing AS i
        ON i.source = o.source AND i.hour = o.hour AND i.model = o.model AND i.layer < o.layer
        AND ((i.counts > 0 AND o.counts > 0) OR (i.counts_tokens > 0 AND o.counts_tokens > 0))
        AND (i.pod IS NULL OR o.pod IS NULL OR (i.pod = o.pod AND coalesce(i.namespace, '') = coalesce(o.namespace, '')))
    GROUP BY 1, 2, 3, 4, 5, 6
),
witnessed AS (
    SELECT
        t.hour AS hour, t.model AS model, t.version AS version, t.endpoint AS endpoint, t.mode AS mode, t.source AS source,
        min(t.step_seconds) AS step_seconds
    FROM told AS t
    LEFT JOIN passed_on AS p
        ON p.source = t.source AND p.hour = t.hour AND p.model = t.model AND p.layer = t.layer
        AND p.namespace IS NOT DISTINCT FROM t.namespace AND p.pod IS NOT DISTINCT FROM t.pod
    WHERE p.source IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6
),
ranked AS (
    SELECT
        c.hour AS hour, c.model AS model, c.version AS version, c.endpoint AS endpoint, c.mode AS mode, c.source AS source,
        row_number() OVER (
            PARTITION BY c.hour, c.model, c.version, c.endpoint, c.mode
            ORDER BY coalesce(o.place, 1000000), c.step_seconds, c.source
        ) AS place
    FROM witnessed AS c
    LEFT JOIN source_order AS o ON o.source = c.source
)
SELECT
    t.source AS source, t.load_id AS load_id, t.hour AS hour, t.server AS server, t.namespace AS namespace, t.pod AS pod,
    t.model AS model, t.version AS version, t.endpoint AS endpoint, t.mode AS mode, coalesce(t.team, p.team) AS team,
    coalesce(m.provider, u.provider) AS provider, coalesce(m.billing_account_id, u.billing_account_id) AS billing_account_id,
    coalesce(m.sub_account_id, u.sub_account_id) AS sub_account_id, m.device_model AS gpu_model,
    t.requests_ok AS requests_ok, t.requests_failed AS requests_failed, t.requests_aside AS requests_aside,
    t.input_tokens AS input_tokens, t.cached_tokens AS cached_tokens, t.output_tokens AS output_tokens,
    t.prefill_seconds AS prefill_seconds, t.decode_seconds AS decode_seconds, t.latency_seconds AS latency_seconds,
    g.source IS NOT NULL OR r.place > 1 AS shadowed
FROM told AS t
LEFT JOIN passed_on AS g
    ON g.source = t.source AND g.hour = t.hour AND g.model = t.model AND g.layer = t.layer
    AND g.namespace IS NOT DISTINCT FROM t.namespace AND g.pod IS NOT DISTINCT FROM t.pod
LEFT JOIN ranked AS r
    ON r.hour = t.hour AND r.source = t.source AND r.model IS NOT DISTINCT FROM t.model
    AND r.version IS NOT DISTINCT FROM t.version AND r.endpoint IS NOT DISTINCT FROM t.endpoint AND r.mode = t.mode
LEFT JOIN machine_of_pod AS p ON p.pod = t.pod AND p.hour = t.hour AND coalesce(p.namespace, '') = coalesce(t.namespace, '')
LEFT JOIN machine AS m ON m.resource_id = p.resource_id
LEFT JOIN cpu_machine AS u ON m.resource_id IS NULL AND u.model = t.model AND u.version IS NOT DISTINCT FROM t.version
