"""One table of cases for each section and rule of the protocol's reference.

Run by script/conformance against the simulator or a real server, and by pytest.
"""
