SELECT source, grain FROM source_state
