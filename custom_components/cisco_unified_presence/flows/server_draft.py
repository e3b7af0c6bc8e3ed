"""The data of an entry while the forms collect them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.util.network import is_ip_address

from ..const import CONF_APPLICATION_USER, CONF_PRESENCE_DOMAIN, CONF_SECURITY, CONF_WATCHER
from ..settings import dialect_in
from ..trust import security_at, server_in, with_pin, with_pins, without_pins
from .checks import Access

_ADDRESS = (CONF_HOST, CONF_PORT, CONF_SECURITY)


@dataclass(frozen=True, slots=True)
class ServerDraft:
    """Entry data in the making; each change returns another draft."""

    data: dict[str, Any] = field(default_factory=dict, repr=False)
    # The presence domain that the server itself names.
    told_domain: str | None = None

    @classmethod
    def of_entry(cls, data: Mapping[str, Any]) -> Self:
        return cls(with_pins(data))

    def with_server(self, entered: Mapping[str, Any]) -> Self:
        """Return a draft of another server; pins of another address are dropped."""
        before = self.data if self.is_at(entered) else without_pins(self.data)
        return replace(self, data={**before, **entered})

    def is_at(self, entered: Mapping[str, Any]) -> bool:
        """Return whether this is the server that was entered."""
        return all(self.data.get(key) == entered[key] for key in _ADDRESS)

    def updated(self, entered: Mapping[str, Any]) -> Self:
        return replace(self, data={**self.data, **entered})

    def trusting(self, host: str, port: int, *sha256: str) -> Self:
        return replace(self, data=with_pin(self.data, host, port, *sha256))

    @property
    def has_watcher(self) -> bool:
        return CONF_PRESENCE_DOMAIN in self.data

    @property
    def suggested_watcher(self) -> Mapping[str, Any]:
        """Return values for the watcher's form; the host's own domain is a guess."""
        if CONF_WATCHER in self.data:
            return self.data
        if self.told_domain:
            return {CONF_PRESENCE_DOMAIN: self.told_domain}
        host: str = self.data[CONF_HOST]
        return {} if is_ip_address(host) else {CONF_PRESENCE_DOMAIN: host.partition(".")[2]}

    @property
    def contact(self) -> str:
        """Return the watcher's own contact URI."""
        return f"{self.data[CONF_WATCHER]}@{self.data[CONF_PRESENCE_DOMAIN]}"

    @property
    def unique_id(self) -> str:
        account = f"{self.data[CONF_PRESENCE_DOMAIN]}/{self.data[CONF_APPLICATION_USER]}"
        return account.casefold()

    @property
    def access(self) -> Access:
        return Access(
            server=server_in(self.data),
            trust_of=partial(security_at, self.data),
            user=self.data[CONF_APPLICATION_USER],
            password=self.data[CONF_PASSWORD],
            dialect=dialect_in(self.data),
        )
