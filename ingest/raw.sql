-- What the columns of a raw file become: one macro per kind of value and way of spelling it.
-- Exact: a DOUBLE goes through its shortest text, because a direct cast is not exact; halves are rounded away from zero.

CREATE OR REPLACE TEMP MACRO text_of(x) AS
    CASE WHEN trim(x) IN ('', 'NULL', 'null', 'None') THEN NULL ELSE x END;

-- FOCUS has no unknown: our own export fills what it must, and names the columns that nobody knows.
CREATE OR REPLACE TEMP MACRO known(unknown, named, x) AS CASE WHEN unknown IS NULL OR NOT contains(unknown, named) THEN x END;

-- '1.81E-8', '$10,000.00 ', '-5'; NULL for anything that is not a number
CREATE OR REPLACE TEMP MACRO money_of_text(x) AS
    coalesce(
        TRY_CAST(x AS DECIMAL(38,12)),
        -- '1,5' stays unread: it may be one and a half
        CASE WHEN regexp_matches(x, '^\s*-?[$€£]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s*$')
            THEN TRY_CAST(regexp_replace(x, '[$€£,\s]', '', 'g') AS DECIMAL(38,12)) END
    );

CREATE OR REPLACE TEMP MACRO money_of_number(x) AS TRY_CAST(CAST(x AS VARCHAR) AS DECIMAL(38,12));
-- The same for a DOUBLE, three times as fast: two decimals of at most 15 digits never share a double, so one that gives
-- x back is x's shortest text.
CREATE OR REPLACE TEMP MACRO money_of_double(x) AS
    CASE WHEN abs(x) < 1e5 AND CAST(CAST(x AS DECIMAL(18,10)) AS DOUBLE) = x
        THEN CAST(CAST(x AS DECIMAL(18,10)) AS DECIMAL(38,12))
        ELSE TRY_CAST(CAST(x AS VARCHAR) AS DECIMAL(38,12)) END;

-- No bill is older than this or reaches further; it also keeps 'infinity' and the years before Christ out.
CREATE OR REPLACE TEMP MACRO plausible_time(t) AS
    CASE WHEN t >= TIMESTAMP '1970-01-01' AND t < TIMESTAMP '2200-01-01' THEN t END;

-- '2018-06-20 01:00:00', '…T…Z', '….000Z', '…+02:00', '… +0000 UTC', '2026-08-01T01:00Z'. The year must have four digits:
-- DuckDB reads 5/1/25 as a day of the year 5. Through TIMESTAMPTZ, since a cast to TIMESTAMP forgets the offset.
CREATE OR REPLACE TEMP MACRO time_of_text(x) AS
    CASE WHEN x IS NOT NULL AND regexp_matches(x, '^\s*\d{4}-') AND NOT regexp_matches(x, '[+-](1[5-9]|[2-9]\d):\d{2}') THEN
        plausible_time(coalesce(
            TRY_CAST(x AS TIMESTAMPTZ),
            TRY_CAST(regexp_replace(x, '\s*([+-]\d{2}):?(\d{2}) UTC\s*$', '\1:\2') AS TIMESTAMPTZ)
        ) AT TIME ZONE 'UTC')
    END;

CREATE OR REPLACE TEMP MACRO slashed(x, four_digits, two_digits) AS
    CASE WHEN regexp_matches(x, '/\d{4}\s*$')
        THEN plausible_time(try_strptime(trim(x), four_digits)) ELSE try_strptime(trim(x), two_digits) END;
CREATE OR REPLACE TEMP MACRO time_month_first(x) AS coalesce(time_of_text(x), slashed(x, '%m/%d/%Y', '%m/%d/%y'));
CREATE OR REPLACE TEMP MACRO time_day_first(x) AS coalesce(time_of_text(x), slashed(x, '%d/%m/%Y', '%d/%m/%y'));

-- Tags: keys as people wrote them, AWS's mark 'user:' or 'user_' taken off, a doubled key keeps its first value.
CREATE OR REPLACE TEMP MACRO tag_key(k) AS regexp_replace(k, '^user[:_]', '');
-- The pairs are worked out once and then handed in: what stands within a lambda is worked out for each element.
CREATE OR REPLACE TEMP MACRO tags_of_pairs(pairs) AS
    list_transform([pairs], lambda told: pairs_by_key(told, list_transform(told, lambda p: p.k)))[1];
CREATE OR REPLACE TEMP MACRO pairs_by_key(told, all_keys) AS
    list_transform([all_keys], lambda keys: CASE
        WHEN len(list_distinct(keys)) = len(keys) THEN map_from_entries(told)
        ELSE map_from_entries(list_filter(told, lambda e, i: e.k IS NOT NULL AND list_position(keys, e.k) = i)) END)[1];
CREATE OR REPLACE TEMP MACRO tags_of_map(m) AS
    tags_of_pairs(list_transform(map_entries(m), lambda e: {'k': tag_key(e.key), 'v': CAST(e.value AS VARCHAR)}));
CREATE OR REPLACE TEMP MACRO tags_of_clean_map(m) AS
    map(list_transform(map_keys(m), lambda k: CASE WHEN starts_with(k, 'user_') OR starts_with(k, 'user:') THEN k[6:] ELSE k END),
        CAST(map_values(m) AS VARCHAR[]));
CREATE OR REPLACE TEMP MACRO tags_of_plain_map(m) AS CAST(m AS MAP(VARCHAR, VARCHAR));
CREATE OR REPLACE TEMP MACRO member_of(x, k) AS
    CASE WHEN json_valid(x) THEN json_extract_string(x, '/' || replace(replace(k, '~', '~0'), '/', '~1')) END;
CREATE OR REPLACE TEMP MACRO tags_of_object(x) AS
    CASE WHEN json_valid(x) AND json_type(x) = 'OBJECT' THEN
        tags_of_pairs(list_transform(list_zip(json_keys(x), json_extract_string(x, '$.*')), lambda e:
            {'k': tag_key(e[1]), 'v': e[2]}))
    END;
-- [{"key": "a", "value": "b"}]; GCP's FOCUS export says Key and Value
CREATE OR REPLACE TEMP MACRO tags_of_records(x) AS
    CASE WHEN json_valid(x) AND json_type(x) = 'ARRAY' THEN
        tags_of_pairs(list_transform(from_json(x, '["JSON"]'), lambda e:
            {'k': coalesce(e ->> 'key', e ->> 'Key'), 'v': coalesce(e ->> 'value', e ->> 'Value')}))
    END;
-- '{"a": "b"}', the same without its braces, or such records
CREATE OR REPLACE TEMP MACRO tags_of_text(x) AS CASE
    WHEN starts_with(ltrim(x), '{') THEN tags_of_object(x)
    WHEN starts_with(ltrim(x), '[') THEN tags_of_records(x)
    ELSE tags_of_object('{' || x || '}') END;
CREATE OR REPLACE TEMP MACRO tags_of_columns(names, cells) AS
    tags_of_pairs(list_transform(
        list_filter(list_zip(names, cells), lambda e: text_of(e[2]) IS NOT NULL),
        lambda e: {'k': e[1], 'v': e[2]}));

-- AWS's cost categories, beside tags that may have the same names.
CREATE OR REPLACE TEMP MACRO with_categories(tags, categories) AS
    CASE WHEN coalesce(len(map_keys(categories)), 0) = 0 THEN tags
    ELSE map_concat(
        map_from_entries(list_transform(
            map_entries(categories), lambda e: {'k': 'cost_category:' || e.key, 'v': e.value})),
        coalesce(tags, MAP {})) END;

-- A line's tags with those of whom it was allocated to, and with what of it has no column of its own.
CREATE OR REPLACE TEMP MACRO tags_with(tags, more, known) AS
    CASE WHEN more IS NULL AND len(list_filter(map_values(known), lambda v: v IS NOT NULL)) = 0 THEN tags
    ELSE map_concat(coalesce(tags, MAP {}), coalesce(more, MAP {}),
        map_from_entries(list_filter(map_entries(known), lambda e: e.value IS NOT NULL))) END;

-- GCP names services and SKUs, but no category.
CREATE OR REPLACE TEMP MACRO gcp_service_category(service, sku) AS CASE
    WHEN regexp_matches(service, 'Vertex AI|AI Platform|Gemini|Dialogflow|Cloud Vision|Natural Language|Speech', 'i') THEN 'AI and Machine Learning'
    WHEN regexp_matches(sku, 'network|egress|ingress|data transfer|load balanc', 'i') THEN 'Networking'
    WHEN regexp_matches(sku, 'storage|PD capacity|snapshot', 'i') OR regexp_matches(service, 'storage|filestore', 'i') THEN 'Storage'
    WHEN regexp_matches(service, 'Compute Engine|Kubernetes Engine|Cloud Run|Functions', 'i') THEN 'Compute'
    WHEN regexp_matches(service, 'SQL|BigQuery|Spanner|Bigtable|Firestore|Memorystore', 'i') THEN 'Databases'
    WHEN regexp_matches(service, 'Support|Logging|Monitoring', 'i') THEN 'Management and Governance'
END;
-- Of GCP's credits, [{type, name, id, amount}], the promotional ones and those for committed use. A credit without a type
-- is known by its name.
CREATE OR REPLACE TEMP MACRO promotion_of(credits) AS
    coalesce(list_sum(list_transform(list_filter(credits, lambda c:
        c.type = 'PROMOTION' OR (coalesce(c.type, '') = '' AND starts_with(coalesce(c.name, c.id), 'FreeTrial'))),
        lambda c: money_of_text(c.amount))), 0);
CREATE OR REPLACE TEMP MACRO commitment_credit_of(credits) AS
    coalesce(list_sum(list_transform(list_filter(credits, lambda c: starts_with(c.type, 'COMMITTED_USAGE_DISCOUNT')),
        lambda c: money_of_text(c.amount))), 0);
