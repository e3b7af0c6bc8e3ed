"""The families of rows: one module each, with a coroutine function ``measure``."""
