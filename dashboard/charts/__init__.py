"""DataFrame in, plotly Figure out; no Streamlit."""
