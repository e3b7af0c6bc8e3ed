"""What the user behind an action may see and set; asked as Home Assistant's own actions ask.

Those check it for their entities by themselves. Ours find their people by themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import Context, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls an action: a user, or an automation, which may do everything."""

    context: Context
    user: User | None

    @classmethod
    async def async_of(cls, call: ServiceCall) -> Self:
        """Return who calls an action.

        Raises:
            UnknownUser: It is a user who does not exist any more.
        """
        user_id = call.context.user_id
        if user_id is None:
            return cls(call.context, None)
        user = await call.hass.auth.async_get_user(user_id)
        if user is None:
            raise UnknownUser(context=call.context)
        return cls(call.context, user)

    def require(self, entity_ids: Iterable[str], policy: str) -> None:
        """Raise Unauthorized where one of these entities may not be read or controlled."""
        if self.user is None:
            return
        may = self.user.permissions.check_entity
        for entity_id in entity_ids:
            if not may(entity_id, policy):
                raise Unauthorized(context=self.context, entity_id=entity_id, permission=policy)

    def require_sight_of_everybody(self) -> None:
        """Raise Unauthorized for somebody who may see only some entities."""
        if self.user and not self.user.permissions.access_all_entities(POLICY_READ):
            raise Unauthorized(context=self.context, permission=POLICY_READ)
