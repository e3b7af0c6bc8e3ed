"""Tests of the blueprints, each as a real automation in a real Home Assistant."""
