"""Chaos: the integration in a real Home Assistant, with random faults.

A course (``course.py``) lists what happens and when. A seed determines it (``planning.py``); it can
be written to a file, replayed, and reduced (``shrinking.py``). Time is virtual, sockets are real.
docs/chaos.md lists the faults and the checks.
"""
