"""Storage: what outlives a restart, in real files."""
