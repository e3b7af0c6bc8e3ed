"""Attacks on the running integration. docs/security.md lists them."""
