"""Lets the test plug-in, which pins Home Assistant 2026.10.4, run on 2026.11.

script/test --home-assistant loads this by pytest's option -p, before the plug-in.

* Home Assistant 2026.11 puts httpx2 in the place of httpx and refuses to when httpx is imported
  already. The plug-in imports httpx first, by way of respx.
* The plug-in imports a function of the logger integration from where 2026.10 has it.
"""

import homeassistant  # noqa: F401
from homeassistant.components import logger
from homeassistant.components.logger import helpers

MOVED = "_clear_logger_overwrites"

if not hasattr(logger, MOVED):
    setattr(logger, MOVED, getattr(helpers, MOVED))
