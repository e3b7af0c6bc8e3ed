"""A company whose hours, days and years pass on a virtual clock; all else is real."""
