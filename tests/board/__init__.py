"""Tests of the board: its module, and the commands by which browsers follow people."""
