"""Tests of the Presence Web Service client, against bytes written by hand."""
