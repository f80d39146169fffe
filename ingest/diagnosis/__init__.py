"""What `python -m ingest doctor` looks at, one module per grain of source. Nothing here changes the store."""
