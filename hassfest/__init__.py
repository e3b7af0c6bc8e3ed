"""Checks the integration's files as Home Assistant's own checker of that name does for its own.

That checker is not part of what Home Assistant publishes. Where the published part has schemas,
they are used; the other rules are those of Home Assistant's documentation for developers. What the
code and its texts have to say to each other is left to the tests.
"""
