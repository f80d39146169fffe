-- One row per serving process × hour as the source tells it, with what is known of its deployment and machine. A request may
-- pass several servers (a client, a gateway, a framework, the engine) and be told by each. Within a source, of a model and
-- hour, the one nearest the model is believed, whatever version or endpoint the others name. Two engines are two places of
-- work and add up, and so do a framework and an engine in different pods. Between sources the best witness of a model and
-- hour is believed, and of the others only what it cannot have told: another pod, cluster, version, endpoint or mode than its own.
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
        t.source AS source, t.load_id AS load_id, t.hour AS hour, t.server AS server,
        -- a request log is written where requests pass; rows of stores older than layers are an engine's
        coalesce(t.layer, CASE WHEN t.server = 'request-log' THEN 3 ELSE 1 END) AS layer,
        t.namespace AS namespace, t.pod AS pod, t.cluster AS cluster, t.plain_namespace AS plain_namespace,
        coalesce(h.model, s.model, t.model) AS model,
        coalesce(h.version, t.version, s.version) AS version, coalesce(t.endpoint, h.endpoint, s.endpoint) AS endpoint, coalesce(t.mode, h.mode, s.mode) AS stated_mode,
        coalesce(h.team, t.team, s.team) AS team,
        t.requests_ok AS requests_ok, t.requests_failed AS requests_failed, t.requests_aside AS requests_aside,
        t.input_tokens AS input_tokens, t.cached_tokens AS cached_tokens, t.output_tokens AS output_tokens,
        t.prefill_seconds AS prefill_seconds, t.decode_seconds AS decode_seconds, t.latency_seconds AS latency_seconds,
        coalesce(t.step_seconds, 0) AS step_seconds,
        CASE WHEN t.requests_ok IS NULL THEN 0 ELSE 1 END AS counts, CASE WHEN t.output_tokens IS NULL THEN 0 ELSE 1 END AS counts_tokens
    FROM month_traffic_seen AS t
    LEFT JOIN holder AS h
        ON h.pod = t.pod AND coalesce(h.namespace, '') = coalesce(t.namespace, '')
        AND (h.valid_from IS NULL OR h.valid_from <= t.hour) AND (h.valid_to IS NULL OR h.valid_to > t.hour)
    LEFT JOIN served_name AS s
        ON h.pod IS NULL AND s.served_name = t.model
        AND (s.valid_from IS NULL OR s.valid_from <= t.hour) AND (s.valid_to IS NULL OR s.valid_to > t.hour)
),
standing AS (
    SELECT source, hour, model, layer, namespace, pod, sum(counts) AS counts, sum(counts_tokens) AS counts_tokens
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
-- what a source says itself, in its own words: a NULL is a word it did not say
statement AS (
    SELECT
        t.hour AS hour, t.model AS model, t.source AS source, t.version AS version, t.endpoint AS endpoint,
        t.stated_mode AS stated_mode, t.counts AS counts, t.counts_tokens AS counts_tokens,
        t.namespace AS namespace, t.pod AS pod, t.cluster AS cluster, t.plain_namespace AS plain_namespace,
        min(CASE WHEN t.counts + t.counts_tokens > 0 THEN t.layer END) AS layer, min(t.step_seconds) AS step_seconds
    FROM told AS t
    LEFT JOIN passed_on AS p
        ON p.source = t.source AND p.hour = t.hour AND p.model = t.model AND p.layer = t.layer
        AND p.namespace IS NOT DISTINCT FROM t.namespace AND p.pod IS NOT DISTINCT FROM t.pod
    WHERE p.source IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
),
teller AS (
    SELECT hour, model, source, coalesce(min(layer), 1000000) AS layer, min(step_seconds) AS step_seconds
    FROM statement
    GROUP BY 1, 2, 3
),
ranked AS (
    SELECT
        w.hour AS hour, w.model AS model, w.source AS source,
        row_number() OVER (
            PARTITION BY w.hour, w.model
            ORDER BY coalesce(o.place, 1000000), w.layer, w.step_seconds, w.source
        ) AS place
    FROM teller AS w
    LEFT JOIN source_order AS o ON o.source = w.source
),
numbered AS (
    SELECT
        c.hour AS hour, c.model AS model, c.source AS source, c.version AS version, c.endpoint AS endpoint,
        c.stated_mode AS stated_mode, c.counts AS counts, c.counts_tokens AS counts_tokens,
        c.namespace AS namespace, c.pod AS pod, c.cluster AS cluster, c.plain_namespace AS plain_namespace, r.place AS place,
        row_number() OVER (
            PARTITION BY c.hour, c.model
            ORDER BY
                r.place, c.namespace, c.pod, c.version, c.endpoint, c.stated_mode, c.counts, c.counts_tokens
        ) AS statement_no
    FROM statement AS c
    JOIN ranked AS r ON r.hour = c.hour AND r.source = c.source AND r.model IS NOT DISTINCT FROM c.model
),
-- Statements that may speak of one place: the same pod, or one of them names none (a gateway's log). Two branches, so that the
-- many pods of two sources meet by name; o.place > 1 says what the join says, so that a source alone is not compared with itself.
meeting AS (
    SELECT o.hour AS hour, o.model AS model, o.statement_no AS statement_no, i.statement_no AS better_no
    FROM numbered AS o
    JOIN numbered AS i
        ON i.hour = o.hour AND i.model IS NOT DISTINCT FROM o.model AND i.place < o.place
        AND i.pod = o.pod AND coalesce(i.plain_namespace = o.plain_namespace, TRUE)
    WHERE o.place > 1
    UNION ALL
    SELECT o.hour AS hour, o.model AS model, o.statement_no AS statement_no, i.statement_no AS better_no
    FROM numbered AS o
    JOIN numbered AS i ON i.hour = o.hour AND i.model IS NOT DISTINCT FROM o.model AND i.place < o.place
    WHERE o.place > 1 AND o.pod IS NULL
    UNION ALL
    SELECT o.hour AS hour, o.model AS model, o.statement_no AS statement_no, i.statement_no AS better_no
    FROM numbered AS o
    JOIN numbered AS i ON i.hour = o.hour AND i.model IS NOT DISTINCT FROM o.model AND i.place < o.place
    WHERE o.place > 1 AND o.pod IS NOT NULL AND i.pod IS NULL
),
-- a statement and a better witness's that may speak of the same requests
rival AS (
    SELECT m.hour AS hour, m.model AS model, m.statement_no AS statement_no, m.better_no AS better_no
    FROM meeting AS m
    JOIN numbered AS o
        ON o.hour = m.hour AND o.model IS NOT DISTINCT FROM m.model AND o.statement_no = m.statement_no
    JOIN numbered AS i
        ON i.hour = m.hour AND i.model IS NOT DISTINCT FROM m.model AND i.statement_no = m.better_no
    WHERE coalesce(i.cluster = o.cluster, TRUE) AND coalesce(i.version = o.version, TRUE)
        AND coalesce(i.endpoint = o.endpoint, TRUE) AND coalesce(i.stated_mode = o.stated_mode, TRUE)
        AND (
            (i.counts = 1 AND o.counts = 1) OR (i.counts_tokens = 1 AND o.counts_tokens = 1)
            OR o.counts + o.counts_tokens = 0
        )
),
-- A statement that is itself not believed shadows nobody. One pass more for each source in a chain: exact up to four
-- sources, and since the number of passes is odd, further ones may leave something out but never count it twice.
challenged AS (
    SELECT hour, model, statement_no FROM rival GROUP BY 1, 2, 3
),
doubted AS (
    SELECT v.hour AS hour, v.model AS model, v.statement_no AS statement_no
    FROM rival AS v
    LEFT JOIN challenged AS c
        ON c.hour = v.hour AND c.model IS NOT DISTINCT FROM v.model AND c.statement_no = v.better_no
    WHERE c.statement_no IS NULL
    GROUP BY 1, 2, 3
),
beaten AS (
    SELECT v.hour AS hour, v.model AS model, v.statement_no AS statement_no
    FROM rival AS v
    LEFT JOIN doubted AS d
        ON d.hour = v.hour AND d.model IS NOT DISTINCT FROM v.model AND d.statement_no = v.better_no
    WHERE d.statement_no IS NULL
    GROUP BY 1, 2, 3
),
outdone AS (
    SELECT
        n.hour AS hour, n.model AS model, n.source AS source, n.version AS version, n.endpoint AS endpoint,
        n.stated_mode AS stated_mode, n.counts AS counts, n.counts_tokens AS counts_tokens,
        n.namespace AS namespace, n.pod AS pod
    FROM numbered AS n
    JOIN beaten AS b
        ON b.hour = n.hour AND b.model IS NOT DISTINCT FROM n.model AND b.statement_no = n.statement_no
)
SELECT
    t.source AS source, t.load_id AS load_id, t.hour AS hour, t.server AS server, t.namespace AS namespace, t.pod AS pod,
    t.model AS model, t.version AS version, t.endpoint AS endpoint, coalesce(t.stated_mode, 'real time') AS mode,
    coalesce(t.team, p.team) AS team,
    coalesce(m.provider, u.provider) AS provider, coalesce(m.billing_account_id, u.billing_account_id) AS billing_account_id,
    coalesce(m.sub_account_id, u.sub_account_id) AS sub_account_id, m.device_model AS gpu_model,
    t.requests_ok AS requests_ok, t.requests_failed AS requests_failed, t.requests_aside AS requests_aside,
    t.input_tokens AS input_tokens, t.cached_tokens AS cached_tokens, t.output_tokens AS output_tokens,
    t.prefill_seconds AS prefill_seconds, t.decode_seconds AS decode_seconds, t.latency_seconds AS latency_seconds,
    g.source IS NOT NULL OR r.source IS NOT NULL AS shadowed
FROM told AS t
LEFT JOIN passed_on AS g
    ON g.source = t.source AND g.hour = t.hour AND g.model = t.model AND g.layer = t.layer
    AND g.namespace IS NOT DISTINCT FROM t.namespace AND g.pod IS NOT DISTINCT FROM t.pod
LEFT JOIN outdone AS r
    ON r.hour = t.hour AND r.source = t.source AND r.model IS NOT DISTINCT FROM t.model
    AND r.version IS NOT DISTINCT FROM t.version AND r.endpoint IS NOT DISTINCT FROM t.endpoint
    AND r.stated_mode IS NOT DISTINCT FROM t.stated_mode AND r.counts = t.counts AND r.counts_tokens = t.counts_tokens
    AND r.namespace IS NOT DISTINCT FROM t.namespace AND r.pod IS NOT DISTINCT FROM t.pod
LEFT JOIN machine_of_pod AS p ON p.pod = t.pod AND p.hour = t.hour AND coalesce(p.namespace, '') = coalesce(t.namespace, '')
LEFT JOIN machine AS m ON m.resource_id = p.resource_id
LEFT JOIN cpu_machine AS u ON m.resource_id IS NULL AND u.model = t.model AND u.version IS NOT DISTINCT FROM t.version
