"""Kills: real processes of Home Assistant are ended by SIGKILL at random moments."""
