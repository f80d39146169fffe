-- The shape of every staged charge line, and of the `cost` relation: FOCUS names in snake_case, numbers unchanged.
-- A source's staging SELECT fills every column but load_id, file_id, source, line_id and team; NULL = the export does not say.
CREATE OR REPLACE TEMP TABLE stage_cost (
    source                       VARCHAR,
    load_id                      VARCHAR,
    file_id                      VARCHAR,
    line_id                      BIGINT,          -- unique within the load
    line_no                      BIGINT,          -- 1 = first data row of the file
    provider                     VARCHAR,         -- AWS, GCP, Microsoft, Oracle …
    billing_account_id           VARCHAR,
    billing_account_name         VARCHAR,
    sub_account_id               VARCHAR,
    sub_account_name             VARCHAR,
    billing_period               DATE,            -- first day of the invoice month
    charge_period_start          TIMESTAMP,       -- UTC
    charge_period_end            TIMESTAMP,       -- UTC, exclusive
    charge_category              VARCHAR,         -- Usage, Purchase, Tax, Credit, Adjustment
    charge_class                 VARCHAR,         -- NULL or Correction
    charge_frequency             VARCHAR,
    charge_description           VARCHAR,
    service_category             VARCHAR,
    service_name                 VARCHAR,
    sku_id                       VARCHAR,
    sku_description              VARCHAR,
    resource_id                  VARCHAR,
    resource_name                VARCHAR,
    resource_type                VARCHAR,
    region_id                    VARCHAR,
    instance_type                VARCHAR,         -- p5.48xlarge, a2-highgpu-1g; SageMaker's without 'ml.'
    pricing_category             VARCHAR,         -- Standard, Dynamic, Committed, Other
    pricing_quantity             DECIMAL(38,12),
    pricing_unit                 VARCHAR,
    consumed_quantity            DECIMAL(38,12),
    consumed_unit                VARCHAR,
    billed_cost                  DECIMAL(38,12),
    effective_cost               DECIMAL(38,12),  -- NULL = unpriced
    contracted_cost              DECIMAL(38,12),
    list_cost                    DECIMAL(38,12),
    billing_currency             VARCHAR,
    commitment_discount_id       VARCHAR,
    commitment_discount_category VARCHAR,         -- Spend, Usage
    commitment_discount_type     VARCHAR,
    commitment_discount_status   VARCHAR,         -- Used, Unused
    capacity_reservation_id      VARCHAR,
    capacity_reservation_status  VARCHAR,         -- Used, Unused
    invoice_id                   VARCHAR,
    tags                         MAP(VARCHAR, VARCHAR),
    team                         VARCHAR,         -- tags[] by the configured keys
    x_line_item_type             VARCHAR,         -- AWS line_item_line_item_type, GCP cost_type
    x_usage_type                 VARCHAR,         -- AWS usage type; where FOCUS has none
    x_operation                  VARCHAR,
    x_credits                    VARCHAR,         -- GCP credits as JSON, unchanged
    x_promotion                  DECIMAL(38,12),  -- promotional part of the credits inside effective_cost, <= 0
    x_commitment_credit          DECIMAL(38,12),  -- committed-use credits inside effective_cost, <= 0
    x_dataset                    VARCHAR          -- which file of a bill in two files states the line: ActualCost, AmortizedCost
);
