"""RAW → MODEL → QUERY: the store, what every number means, and what pages ask. No Streamlit, no cloud SDK."""
