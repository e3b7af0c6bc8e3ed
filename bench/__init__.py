"""What the integration costs, as multiples of the least code that does the same job.

``script/bench`` runs it; docs/performance.md says what each row means.
"""
