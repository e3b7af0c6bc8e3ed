"""The board in a browser, against Home Assistant's own cards: what scripts take."""
