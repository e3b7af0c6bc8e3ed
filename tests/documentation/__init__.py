"""The documentation: every example runs, every link leads somewhere, and nothing is left out."""
