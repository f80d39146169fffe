"""SOURCE → RAW: reads exports and telemetry into the store. Cloud SDKs are imported inside the source that needs them."""
