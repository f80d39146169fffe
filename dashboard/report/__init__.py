"""The weekly pack: what a cost review decides from, as one file that opens anywhere. No Streamlit here."""
