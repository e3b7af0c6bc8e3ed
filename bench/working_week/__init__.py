"""A working week of presence rules on a clock of its own, and what it should have come to.

The rules, the reconciler and Home Assistant's conditions, timers and storage are the real ones; the
server is a model in this process (``server.py``), and what should be requested is computed
a second time, from the scenario alone and by other means (``oracle.py``).
"""
