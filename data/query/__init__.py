"""One question per pair of files: `<question>.sql` says it, `<question>.py` types it, `runner.py` asks it."""
