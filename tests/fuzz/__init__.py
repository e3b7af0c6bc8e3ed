"""Damaged data for all parsers of network data."""
