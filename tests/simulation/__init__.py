"""Tests of what would be, and what is to come."""
