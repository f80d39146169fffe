"""RAW → MODEL: SQL files from charge lines and samples to the ladder, and the small code that runs them in order."""
