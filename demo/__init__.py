"""The demo: a simulated CUP server and a real Home Assistant, side by side."""
