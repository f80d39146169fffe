-- people.sqlite. Grain: entry; never changed, the latest of a provider and model counts, before what is shipped.
CREATE TABLE IF NOT EXISTS api_price (
    entry_id     INTEGER PRIMARY KEY,
    provider     TEXT NOT NULL,
    model        TEXT NOT NULL,
    input        TEXT,                      -- per 1M tokens, DECIMAL as text; NULL = the price was taken out
    cached_input TEXT,                      -- NULL = as input
    output       TEXT,
    per_request  TEXT NOT NULL,
    currency     TEXT NOT NULL,
    as_of        TEXT NOT NULL,             -- the day on which it was the price
    source       TEXT NOT NULL,             -- where it stands; '' = not said
    who          TEXT NOT NULL,
    set_at       TEXT NOT NULL              -- UTC, ISO 8601
)
