-- The control computation reads amounts by itself: decimals as the file spells them, to 24 places.
CREATE OR REPLACE TEMP MACRO exact(x) AS
    coalesce(
        TRY_CAST(x AS DECIMAL(38,24)),
        CASE WHEN regexp_matches(x, '^\s*-?[$€£]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s*$')
            THEN TRY_CAST(regexp_replace(x, '[$€£,\s]', '', 'g') AS DECIMAL(38,24)) END
    );
-- what has no exact value is in no total; such a line is refused
CREATE OR REPLACE TEMP MACRO stored(x) AS
    CASE WHEN exact(x) IS NOT NULL THEN coalesce(TRY_CAST(x AS DECIMAL(38,12)), CAST(exact(x) AS DECIMAL(38,12))) END;
CREATE OR REPLACE TEMP MACRO known_provider(x) AS
    CASE
        WHEN x ILIKE 'aws%' OR x ILIKE 'amazon%' THEN 'AWS'
        WHEN x ILIKE 'gcp%' OR x ILIKE 'google%' THEN 'GCP'
        WHEN x ILIKE 'azure%' OR x ILIKE 'microsoft%' THEN 'Microsoft'
        WHEN x ILIKE 'oracle%' OR x ILIKE 'oci' THEN 'Oracle'
        ELSE x
    END;
