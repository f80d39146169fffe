"""One file per source, all the same shape; `ingest.registry` names them."""
