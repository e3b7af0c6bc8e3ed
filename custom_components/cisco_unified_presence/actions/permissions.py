"""What the user behind an action may see and set.

Home Assistant checks this for entity actions. These actions find their people themselves, so they
check it the same way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from homeassistant.auth.models import User
from homeassistant.core import Context, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of an action: a user, or None for an automation, which may do everything."""

    context: Context
    user: User | None

    @classmethod
    async def async_of(cls, call: ServiceCall) -> Self:
        """Return the caller of an action.

        Raises:
            UnknownUser: The user does not exist any more.
        """
        user_id = call.context.user_id
        if user_id is None:
            return cls(call.context, None)
        user = await call.hass.auth.async_get_user(user_id)
        if user is None:
            raise UnknownUser(context=call.context)
        return cls(call.context, user)

    @property
    def name(self) -> str | None:
        return self.user.name if self.user else None

    def may(self, entity_id: str | None, policy: str) -> bool:
        """Return whether the caller may read or control an entity.

        None stands for a person or a rule without an entity, which is left to administrators.
        """
        if self.user is None:
            return True
        if entity_id is None:
            return self.user.is_admin
        return self.user.permissions.check_entity(entity_id, policy)

    def require(self, entity_ids: Iterable[str | None], policy: str) -> None:
        """Require that the caller may read or control these entities.

        Raises:
            Unauthorized: One of them is not allowed.
        """
        for entity_id in entity_ids:
            if not self.may(entity_id, policy):
                raise Unauthorized(context=self.context, entity_id=entity_id, permission=policy)

    def require_administrator(self) -> None:
        """Require that the caller may do everything.

        Raises:
            Unauthorized: The user is no administrator.
        """
        if self.user and not self.user.is_admin:
            raise Unauthorized(context=self.context)
