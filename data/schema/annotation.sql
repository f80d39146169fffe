-- people.sqlite. Grain: what somebody noted about a day. Nothing goes: a note that was taken back says by whom and when.
CREATE TABLE IF NOT EXISTS annotation (
    annotation_id INTEGER PRIMARY KEY,
    day           TEXT NOT NULL,             -- UTC, 2026-10-07
    model         TEXT,                      -- NULL = the whole estate
    text          TEXT NOT NULL,
    who           TEXT NOT NULL,
    noted_at      TEXT NOT NULL,             -- UTC, ISO 8601
    removed_by    TEXT,
    removed_at    TEXT
);
