"""The invented company: writes native export and telemetry files with planted stories."""
