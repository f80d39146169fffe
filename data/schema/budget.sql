-- people.sqlite. Grain: what is measured × month × whose lines × as what.
CREATE TABLE IF NOT EXISTS budget (
    budget_id  INTEGER PRIMARY KEY,
    measure    TEXT NOT NULL CHECK (measure IN ('total', 'cost per 1k')),
    month      TEXT NOT NULL,             -- 2026-10; '' = each month that has none of its own
    scope      TEXT NOT NULL,             -- JSON: providers, accounts, teams, models, each sorted; [] = all
    counted_as TEXT NOT NULL,             -- the view of a total, the basis of a unit cost
    currency   TEXT NOT NULL,
    amount     TEXT NOT NULL,             -- DECIMAL as text: SQLite has none
    who        TEXT NOT NULL,
    set_at     TEXT NOT NULL,             -- UTC, ISO 8601
    UNIQUE (measure, month, scope, counted_as, currency)
);
