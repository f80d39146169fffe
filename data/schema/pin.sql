-- people.sqlite. Grain: generation × reason ('saved view: July review', 'link', 'report 2026-W47').
CREATE TABLE IF NOT EXISTS pin (
    generation INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    who        TEXT NOT NULL,
    pinned_at  TEXT NOT NULL,             -- UTC, ISO 8601
    PRIMARY KEY (generation, reason)
);
