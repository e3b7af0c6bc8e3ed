"""Section 6: codes that only the simulator can be made to give."""

from functools import partial

from .case import Needs, Table
from .expecting import holds, refused, same
from .stage import Stage

TABLE = Table(6)


async def _is_told(code: int, stage: Stage) -> None:
    await stage.watcher()
    await stage.control("POST", "faults", kind="error", code=code, count=1)
    fault = await refused(stage, stage.poll(), code)
    holds(fault.message and fault.fix, "there is no message or no fix")
    same((await stage.poll()).contact, stage.contact, "contact seen afterwards")


for _code in range(200, 213):
    TABLE.add(_code, "is told with its status", partial(_is_told, _code), needs=Needs.FAULTS)
