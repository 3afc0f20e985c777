"""The Streamlit front end. It calls `interpret` and draws what comes back."""

VERSION = "0.1"
