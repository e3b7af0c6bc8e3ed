"""Tests of an entry while it is set up, runs, stops and is unloaded."""
