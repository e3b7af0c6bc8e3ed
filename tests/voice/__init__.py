"""Tests of voice, with Home Assistant's own conversation agent."""
