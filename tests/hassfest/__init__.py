"""Hassfest."""
