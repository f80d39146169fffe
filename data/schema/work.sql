-- The ingest's own working file (work.duckdb). One process writes it; nobody else opens it.
-- Times are UTC without zone, money is DECIMAL(38,12), a hash or ETag names a file's content.

-- One row per attempt to load something; a failed one changed nothing but stands here with its message.
CREATE TABLE IF NOT EXISTS load (
    load_id          VARCHAR PRIMARY KEY, -- sortable: UTC time of start + random tail
    source           VARCHAR NOT NULL,    -- name in inferledger.toml or --source
    kind             VARCHAR NOT NULL,    -- focus, aws-cur, gcp, azure, oci, gpu-csv, on-prem, prometheus, requests, resources, prices-gcp, fx
    grain            VARCHAR NOT NULL,    -- cost, telemetry, traffic, reference
    status           VARCHAR NOT NULL,    -- loaded, replaced, unchanged, failed
    started_at       TIMESTAMP NOT NULL,
    finished_at      TIMESTAMP,
    delivery_id      VARCHAR,             -- assemblyId, executionId, or a hash over the files' hashes
    billing_period   DATE,                -- cost loads: the invoice month that this load replaces
    window_start     TIMESTAMP,           -- telemetry and traffic loads: the hours [start, end) that it replaces
    window_end       TIMESTAMP,
    rows             BIGINT NOT NULL DEFAULT 0,
    rejected         BIGINT NOT NULL DEFAULT 0,
    message          VARCHAR
);

-- When the provider says that a delivery was made: by its manifest, else the latest export time on its lines.
-- Grain: load × billing period; no row where nothing tells.
CREATE TABLE IF NOT EXISTS delivery_time (
    load_id        VARCHAR NOT NULL,
    source         VARCHAR NOT NULL,
    billing_period DATE NOT NULL,
    made_at        TIMESTAMP NOT NULL
);

-- What of a load has a damaged EffectiveCost, so that only its billed cost can be shown; a bill without a row here is sound.
-- Grain: load × provider × billing account × currency: an export is set up per account, and one file may hold several.
CREATE TABLE IF NOT EXISTS unusable_effective (
    load_id            VARCHAR NOT NULL,
    provider           VARCHAR,
    billing_account_id VARCHAR,
    billing_currency   VARCHAR
);

-- One row per file (object, table, URL) that a load read.
CREATE TABLE IF NOT EXISTS file (
    file_id  VARCHAR NOT NULL,            -- load_id + '/' + ordinal
    load_id  VARCHAR NOT NULL,
    source   VARCHAR NOT NULL,
    uri      VARCHAR NOT NULL,
    etag     VARCHAR,                     -- the server's ETag, else sha256 of the content
    bytes    BIGINT,
    rows     BIGINT,
    PRIMARY KEY (file_id)
);

-- One row per row that could not be loaded. Kept, counted, shown; never dropped.
CREATE TABLE IF NOT EXISTS reject (
    load_id VARCHAR NOT NULL,
    file_id VARCHAR NOT NULL,
    source  VARCHAR NOT NULL,
    line_no BIGINT,                       -- 1 = first data row
    reason  VARCHAR NOT NULL,
    raw     VARCHAR                       -- the row as read, cut at 4,000 characters
);

-- The immutable Parquet files that are live now. A file leaves the disk when no kept snapshot lists it.
CREATE TABLE IF NOT EXISTS parquet_file (
    relation VARCHAR NOT NULL,            -- cost, gpu_hour, part
    source   VARCHAR NOT NULL,            -- the cost source; 'model' for gpu_hour and part
    period   DATE NOT NULL,               -- billing period of cost; charge month of gpu_hour and part
    load_id  VARCHAR NOT NULL,            -- the load, or the model build, that wrote it
    path     VARCHAR NOT NULL,            -- relative to the store
    rows     BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    PRIMARY KEY (path)
);

-- Invoice totals that separate code computed from the raw files, before staging and model.
-- Grain: load × UTC day of charge_period_start × provider × accounts × currency. Decimals as the file spells them, to 24 digits.
CREATE TABLE IF NOT EXISTS invoice_total (
    load_id              VARCHAR NOT NULL,
    source               VARCHAR NOT NULL,
    billing_period       DATE NOT NULL,
    day                  DATE NOT NULL,
    provider             VARCHAR,
    billing_account_id   VARCHAR,
    sub_account_id       VARCHAR,
    billing_currency     VARCHAR,
    lines                BIGINT NOT NULL,
    billed_cost          DECIMAL(38,24),  -- NULL: the file leaves it out on every line
    contracted_cost      DECIMAL(38,24),
    list_cost            DECIMAL(38,24),
    billed_rounding      DECIMAL(38,24),  -- Σ round12(line) − Σ line: what storing 12 decimals changed
    contracted_rounding  DECIMAL(38,24),
    list_rounding        DECIMAL(38,24)
);

-- What a replaced load had stated and which load replaced it there, so that a restated month can show what changed.
-- Grain: replaced load × billing period × provider × currency; a load may replace several, and several may replace one.
CREATE TABLE IF NOT EXISTS replaced_total (
    load_id          VARCHAR NOT NULL,
    source           VARCHAR NOT NULL,
    billing_period   DATE NOT NULL,
    provider         VARCHAR,
    billing_currency VARCHAR,
    lines            BIGINT NOT NULL,
    billed_cost      DECIMAL(38,12),
    replaced_by      VARCHAR              -- the load that states this period instead; NULL: an older store, nobody can tell
);

-- Telemetry as the source tells it, before money. Grain: source × device × UTC hour × holder.
CREATE TABLE IF NOT EXISTS device_hour (
    source           VARCHAR NOT NULL,
    load_id          VARCHAR NOT NULL,
    file_id          VARCHAR,
    hour             TIMESTAMP NOT NULL,
    device_id        VARCHAR NOT NULL,    -- UUID, or UUID/GPU-instance-id for a MIG slice
    parent_id        VARCHAR NOT NULL,    -- UUID of the physical device
    mig_profile      VARCHAR,
    device_kind      VARCHAR NOT NULL,    -- gpu, neuron, tpu, other
    gpu_model        VARCHAR,             -- as the exporter names it
    node             VARCHAR,             -- Hostname
    namespace        VARCHAR,             -- holder; NULL = nobody known to hold it
    pod              VARCHAR,
    observed_seconds DOUBLE NOT NULL,     -- this holder's seconds seen in this hour
    busy_seconds     DOUBLE NOT NULL,     -- signal above 1 %
    idle_seconds     DOUBLE NOT NULL,     -- signal at or below 1 %; busy + idle = observed
    util_avg         DOUBLE,              -- 0..1, time-weighted mean of the signal
    util_max         DOUBLE,
    sm_active        DOUBLE,              -- 0..1 means, NULL = not exported
    dram_active      DOUBLE,
    tensor_active    DOUBLE,
    memory_avg       DOUBLE,              -- MiB
    memory_max       DOUBLE,
    energy_joules    DOUBLE,
    signal           VARCHAR NOT NULL,    -- sm_active, gr_engine_active, gpu_util, gfx_activity (AMD), neuroncore_utilization, duty_cycle (GKE),
                                          -- nvidia_smi_utilization_gpu (CloudWatch agent), sagemaker_gpu_utilization
    step_seconds     DOUBLE NOT NULL,     -- sampling step
    samples          BIGINT NOT NULL,
    first_seen       TIMESTAMP NOT NULL,
    last_seen        TIMESTAMP NOT NULL,
    device_index     VARCHAR,             -- its number in its machine; NULL = not told, or not one number in this load
    pci_bus_id       VARCHAR,             -- bus:device.function, without the domain
    uuid_mask        VARCHAR              -- LIKE pattern of a UUID that the source tells in part: GPU-%1234
);
ALTER TABLE device_hour ADD COLUMN IF NOT EXISTS device_index VARCHAR; -- stores from before devices of two names were joined
ALTER TABLE device_hour ADD COLUMN IF NOT EXISTS pci_bus_id VARCHAR;
ALTER TABLE device_hour ADD COLUMN IF NOT EXISTS uuid_mask VARCHAR;

-- Unbroken idle stretches of the same samples. Grain: source × device × holder × threshold × stretch, cut at load windows only.
CREATE TABLE IF NOT EXISTS idle_stretch (
    source       VARCHAR NOT NULL,
    load_id      VARCHAR NOT NULL,
    device_id    VARCHAR NOT NULL,
    node         VARCHAR,
    namespace    VARCHAR,
    pod          VARCHAR,
    threshold    DOUBLE NOT NULL,         -- 0, 0.005, 0.01, 0.02, 0.05, 0.1: idle means signal <= threshold
    start_at     TIMESTAMP NOT NULL,
    end_at       TIMESTAMP NOT NULL,
    seconds      DOUBLE NOT NULL,
    largest_gap  DOUBLE NOT NULL,         -- seconds between two samples inside the stretch
    signal       VARCHAR NOT NULL,
    step_seconds DOUBLE NOT NULL
);

-- Serving traffic as the source tells it. Grain: source × UTC hour × serving process (pod) × model × version × endpoint × mode.
CREATE TABLE IF NOT EXISTS traffic (
    source          VARCHAR NOT NULL,
    load_id         VARCHAR NOT NULL,
    file_id         VARCHAR,
    hour            TIMESTAMP NOT NULL,
    server          VARCHAR,              -- vllm, triton …: ingest/telemetry/servers; request-log
    layer           INTEGER,              -- how near the model: 1 engine, 2 framework, 3 gateway, 4 client; NULL = as 1
    model           VARCHAR,              -- as the server or log names it
    version         VARCHAR,              -- NULL = not told; deployment may know
    namespace       VARCHAR,
    pod             VARCHAR,
    endpoint        VARCHAR,
    mode            VARCHAR,              -- 'real time' or 'batch'; NULL = not told
    team            VARCHAR,
    requests_ok     BIGINT,               -- NULL = nobody counted
    requests_failed BIGINT,               -- NULL = nobody counted
    requests_aside  BIGINT,               -- health checks and scrapes, in neither; NULL = not told apart
    input_tokens    BIGINT,               -- NULL = not reported
    cached_tokens   BIGINT,               -- part of input_tokens
    output_tokens   BIGINT,
    prefill_seconds DOUBLE,
    decode_seconds  DOUBLE,
    latency_seconds DOUBLE,               -- Σ end-to-end seconds
    step_seconds    DOUBLE
);

-- In a store that was made before servers were told apart.
ALTER TABLE traffic ADD COLUMN IF NOT EXISTS layer INTEGER;
ALTER TABLE traffic ADD COLUMN IF NOT EXISTS requests_aside BIGINT;
ALTER TABLE traffic ALTER COLUMN requests_ok DROP NOT NULL;
ALTER TABLE traffic ALTER COLUMN requests_failed DROP NOT NULL;

-- Mergeable latency histograms of the same rows: requests (not cumulative) with latency in (previous le, le].
CREATE TABLE IF NOT EXISTS traffic_latency (
    source    VARCHAR NOT NULL,
    load_id   VARCHAR NOT NULL,
    hour      TIMESTAMP NOT NULL,
    model     VARCHAR,
    version   VARCHAR,
    namespace VARCHAR,
    pod       VARCHAR,
    endpoint  VARCHAR,
    mode      VARCHAR,
    measure   VARCHAR NOT NULL,           -- end_to_end, time_to_first_token
    le        DOUBLE NOT NULL,            -- upper bound in seconds; 'inf' for the last bucket
    requests  BIGINT NOT NULL,
    server    VARCHAR                     -- as in traffic
);
ALTER TABLE traffic_latency ADD COLUMN IF NOT EXISTS server VARCHAR; -- as above

-- Requests of the first and last hours of request logs, which a later log may go on with; of the latest loads alone.
-- Grain: request. identity: hash of its request_id, else of its line. path: '' where the log told one.
CREATE TABLE IF NOT EXISTS request_edge (
    source       VARCHAR NOT NULL,
    load_id      VARCHAR NOT NULL,
    hour         TIMESTAMP NOT NULL,
    identity     VARCHAR NOT NULL,
    file_id      VARCHAR,
    line_no      BIGINT,
    asked_at     TIMESTAMP NOT NULL,
    model        VARCHAR,
    version      VARCHAR,
    endpoint     VARCHAR,
    mode         VARCHAR,
    team         VARCHAR,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cached_tokens BIGINT,
    latency      DOUBLE,
    first_token  DOUBLE,
    ok           BOOLEAN,
    path         VARCHAR,
    aside        BOOLEAN
);

-- Which node is which billed machine: what a person says (kind resources), else what Kubernetes says of a node's
-- providerID (kind prometheus). Grain: source × node × time.
CREATE TABLE IF NOT EXISTS resource_map (
    source        VARCHAR NOT NULL,
    load_id       VARCHAR NOT NULL,
    node          VARCHAR,                -- host name in telemetry
    resource_id   VARCHAR NOT NULL,       -- id on the bill
    provider_id   VARCHAR,
    instance_type VARCHAR,
    device_model  VARCHAR,
    device_count  INTEGER,
    valid_from    TIMESTAMP,              -- NULL = always
    valid_to      TIMESTAMP
);
ALTER TABLE resource_map ADD COLUMN IF NOT EXISTS valid_from TIMESTAMP; -- stores from before nodes had a time
ALTER TABLE resource_map ADD COLUMN IF NOT EXISTS valid_to TIMESTAMP;

-- What runs where: what a person says (kind resources), else what a pod's labels say (kind prometheus).
-- Grain: source × pod pattern (or CPU resource, or served name) × time.
CREATE TABLE IF NOT EXISTS deployment_map (
    source      VARCHAR NOT NULL,
    load_id     VARCHAR NOT NULL,
    namespace   VARCHAR,                  -- NULL = any
    pod         VARCHAR,                  -- SQL LIKE pattern of the pod's name
    served_name VARCHAR,                  -- the model name that the server or log reports, where no pod is known
    resource_id VARCHAR,                  -- a billed resource that serves the model without a GPU
    model       VARCHAR NOT NULL,
    version     VARCHAR,
    endpoint    VARCHAR,
    mode        VARCHAR,
    team        VARCHAR,
    valid_from  TIMESTAMP,                -- NULL = always
    valid_to    TIMESTAMP
);

-- List prices. Grain: provider × SKU × region × currency × effective time × tier.
CREATE TABLE IF NOT EXISTS price (
    source         VARCHAR NOT NULL,
    load_id        VARCHAR NOT NULL,
    provider       VARCHAR NOT NULL,
    sku_id         VARCHAR NOT NULL,
    description    VARCHAR,
    region_id      VARCHAR,
    usage_type     VARCHAR,               -- OnDemand, Preemptible, Commit1Yr …
    device_model   VARCHAR,
    unit           VARCHAR NOT NULL,
    tier_start     DECIMAL(38,12) NOT NULL,
    unit_price     DECIMAL(38,12) NOT NULL,
    currency       VARCHAR NOT NULL,
    effective_from TIMESTAMP
);

-- Exchange rates. Grain: source × day × pair of currencies: one unit of from_currency is `rate` units of to_currency.
CREATE TABLE IF NOT EXISTS fx_rate (
    source        VARCHAR NOT NULL,
    load_id       VARCHAR NOT NULL,
    file_id       VARCHAR NOT NULL,
    day           DATE NOT NULL,
    from_currency VARCHAR NOT NULL,
    to_currency   VARCHAR NOT NULL,
    rate          DECIMAL(38,12) NOT NULL
);

-- Names of accounts and who pays for whom, as the provider tells them. Grain: source × account.
CREATE TABLE IF NOT EXISTS account (
    source     VARCHAR NOT NULL,
    load_id    VARCHAR NOT NULL,
    provider   VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,          -- as billing_account_id and sub_account_id on the bill
    kind       VARCHAR NOT NULL,          -- billing account, project
    name       VARCHAR,                   -- NULL = the provider does not say
    parent_id  VARCHAR,                   -- the billing account that pays
    open       BOOLEAN                    -- false: closed, or billing is off
);

-- What the business got, as it counts it. Grain: source × day × output × team × model; a day without a row is unknown.
CREATE TABLE IF NOT EXISTS business_output (
    source  VARCHAR NOT NULL,
    load_id VARCHAR NOT NULL,
    file_id VARCHAR NOT NULL,
    line_no BIGINT,                       -- 1 = first data row
    day     DATE NOT NULL,
    output  VARCHAR NOT NULL,             -- resolved contact, read document …
    outputs BIGINT NOT NULL,
    team    VARCHAR,                      -- whose cost they are of; NULL = of every team
    model   VARCHAR                       -- NULL = of every model
);

-- Charge months whose gpu_hour and part must be built again before the next publish.
CREATE TABLE IF NOT EXISTS dirty_month (month DATE PRIMARY KEY);
