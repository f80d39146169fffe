"""SOURCE → RAW: reads exports and telemetry into the store. A cloud SDK is imported inside the source that needs it."""
