"""RAW → MODEL → QUERY: the store, what every number means, and the questions that pages ask. No Streamlit, no cloud SDK."""
