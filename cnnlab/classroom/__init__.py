"""Who may do what when others than the one at the machine look on; knows no Streamlit."""
