"""Chaos: the real integration in a real Home Assistant, and faults at random.

A course (``course.py``) says what happens and when; it is made of a seed (``planning.py``), can be
written down, played again and made smaller (``shrinking.py``). Time is virtual, sockets are real.
docs/chaos.md tells what is done and what is checked.
"""
