"""Page objects of Home Assistant's interface and the simulator's page."""
