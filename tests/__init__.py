"""The tests; below this folder they mirror the packages."""
