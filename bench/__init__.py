"""Measures the integration's cost as multiples of the least code that does the same job.

``script/bench`` runs it; docs/performance.md explains the rows.
"""
