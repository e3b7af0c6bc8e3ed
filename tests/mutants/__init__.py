"""Changes lines of the product at random and counts how many of the changes the tests notice.

A tool of our own, because mutmut changes no function that has a decorator, which here are those of
each callback and property, and cosmic-ray runs all tests in a new process for each change.
"""
