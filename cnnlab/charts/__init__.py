"""Arrays in, Altair or Plotly figures out. Knows neither torch nor Streamlit."""
