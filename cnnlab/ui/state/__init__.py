"""What pages share in a session: the chosen network, the shared image, persistent widgets."""
