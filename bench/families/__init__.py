"""Families of rows: a module each, with a coroutine function ``measure``."""
