"""Attacks, tried for real on the running integration: docs/security.md names what they show."""
