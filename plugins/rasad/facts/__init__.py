"""Facts: one module per kind, each with KIND, VERSION and extract(reading)."""
