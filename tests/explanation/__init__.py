"""Tests of the explanation of presences."""
