-- people.sqlite. Grain: what somebody did about a name: saved a view under it, or removed it. The last row of a name counts, and
-- none ever goes.
CREATE TABLE IF NOT EXISTS saved_view (
    view_id  INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    page     TEXT NOT NULL,             -- its address under the dashboard's: 'unit_cost'; '' = the Overview
    query    TEXT NOT NULL,             -- JSON: [[key, value], …] as the address holds them
    who      TEXT NOT NULL,
    saved_at TEXT NOT NULL,             -- UTC, ISO 8601
    removed  INTEGER NOT NULL           -- 1: from here on there is none of that name
);
