"""Everything that reads bytes from the network, fed with bytes that nobody meant."""
