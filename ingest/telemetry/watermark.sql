SELECT max(window_end) FROM load WHERE source = $source AND status = 'loaded'
