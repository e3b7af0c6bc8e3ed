"""Checks that Home Assistant's hassfest action and the HACS action do not make.

docs/development.md lists which check is made where.
"""
