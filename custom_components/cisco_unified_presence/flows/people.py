"""People as subentries: one or many at a time, with or without control."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from ..const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_PRESENCE_DOMAIN,
    CONF_TOLD_NAME,
    LINKS,
)
from ..error_messages import explain
from ..people import Person, contact_key, names_of, new_person, people_of
from ..pws import PresenceServiceError
from ..runtime import CupConfigEntry
from ..settings import shows_board
from .contact_list import ContactListAnswer, ContactListSteps
from .contact_picks import ContactPick, picks_from
from .people_form import (
    CONF_SHOW_CERTIFICATE,
    PEOPLE_SCHEMA,
    PERSON_SCHEMA,
    UNTRUSTED_SCHEMA,
    contacts_schema,
    read_people,
    still_offered,
)
from .person_lines import BadLine, PersonLine


class PersonFlow(
    ContactListSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Adds people, and changes one."""

    # What the first form says.
    _people: list[PersonLine]
    _told_names: Mapping[str, str]
    _controlled: bool
    _unknown: list[str]

    def __init__(self) -> None:
        self._typed: dict[str, Any] = {}
        self._picks: Mapping[str, ContactPick] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for people, one a line, and offer the watcher's contact list if there is one."""
        entry: CupConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            return await self._async_people(entry, user_input)
        answer = await self._access.async_read()
        self._picks = picks_from(answer.groups, people_of(entry).keys(), answer.listed.nicknames)
        return self._form(self._typed)

    @property
    @override
    def _contact_list_entry(self) -> CupConfigEntry:
        entry: CupConfigEntry = self._get_entry()
        return entry

    @override
    async def _async_trusted(self) -> SubentryFlowResult:
        return await self.async_step_user()

    async def async_step_contacts(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take what the form with the contact list says."""
        return await self.async_step_user(user_input)

    async def async_step_contacts_not_trusted(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take what the form says that offers to trust the contact list."""
        return await self.async_step_user(user_input)

    async def _async_people(
        self, entry: CupConfigEntry, user_input: dict[str, Any]
    ) -> SubentryFlowResult:
        self._typed = user_input
        distrust = self._access.distrust
        if user_input.pop(CONF_SHOW_CERTIFICATE, False) and distrust:
            try:
                return await self._async_ask_to_trust(distrust)
            except PresenceServiceError as error:
                return self._form_after(user_input, error)
        self._controlled = user_input[CONF_CONTROLLED]
        try:
            people = read_people(user_input, self._picks, entry.data[CONF_PRESENCE_DOMAIN])
        except BadLine as error:
            return self._form(user_input, "bad_person", line=error.line)
        self._people = _without_added(people, entry)
        if not self._people:
            return self._form(user_input, "already_added" if people else "nobody")
        try:
            self._unknown = await entry.runtime_data.poller.async_unknown_among(
                [each.contact for each in self._people]
            )
        except PresenceServiceError as error:
            return self._form_after(user_input, error)
        self._told_names = await entry.runtime_data.roster.names.async_ask(
            [each.contact for each in self._people if not each.given_name]
        )
        return await (self.async_step_unknown() if self._unknown else self.async_step_add())

    async def async_step_unknown(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu has none)
    ) -> SubentryFlowResult:
        """Ask whether to add people whom the server does not know."""
        return self.async_show_menu(
            step_id="unknown",
            menu_options=["user", "add"],
            description_placeholders={"contacts": ", ".join(self._unknown)},
        )

    async def async_step_add(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> SubentryFlowResult:
        """Add all who have not been added meanwhile; the flow's own result creates the last one."""
        entry = self._get_entry()
        people = _without_added(self._people, entry)
        if not people:
            return self.async_abort(reason="already_configured")
        is_first = shows_board(entry.options) and not people_of(entry)
        *others, last = added = [self._subentry_of(each) for each in people]
        for each in others:
            self.hass.config_entries.async_add_subentry(entry, each)
        return self.async_create_entry(
            title=last.title,
            data=dict(last.data),
            unique_id=last.unique_id,
            description=_what_was_added(several=bool(others), is_first=is_first),
            description_placeholders={
                "count": str(len(added)),
                "names": names_of([Person.from_subentry(each) for each in added]),
            },
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a person's name, and whether Home Assistant sets the presence."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self.async_show_form(
                step_id="reconfigure",
                data_schema=self.add_suggested_values_to_schema(
                    PERSON_SCHEMA, {CONF_NAME: subentry.title, **subentry.data}
                ),
                description_placeholders={"contact": subentry.data[CONF_CONTACT]},
            )
        rest = {key: each for key, each in subentry.data.items() if key not in LINKS.values()}
        linked = {key: user_input[key] for key in LINKS.values() if user_input.get(key)}
        data = {**rest, **linked, CONF_CONTROLLED: user_input[CONF_CONTROLLED]}
        title = user_input.get(CONF_NAME, "").strip()
        if not title:
            title = data[CONF_TOLD_NAME] = await self._async_told_name(subentry)
        elif title != subentry.title:
            data.pop(CONF_TOLD_NAME, None)
        return self.async_update_and_abort(self._get_entry(), subentry, title=title, data=data)

    async def _async_told_name(self, subentry: ConfigSubentry) -> str:
        """Return the server's name of a person, the present one when the server tells none."""
        entry: CupConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return subentry.title
        contact = subentry.data[CONF_CONTACT]
        names = await entry.runtime_data.roster.names.async_ask([contact])
        return names.get(contact_key(contact), subentry.title)

    def _form_after(self, typed: dict[str, Any], error: PresenceServiceError) -> SubentryFlowResult:
        explanation = explain(error)
        return self._form(typed, explanation.key, **explanation.placeholders)

    def _form(
        self, typed: dict[str, Any], error: str | None = None, **placeholders: str
    ) -> SubentryFlowResult:
        domain = self._get_entry().data[CONF_PRESENCE_DOMAIN]
        step, schema = "user", PEOPLE_SCHEMA
        answer = self._access.answer or ContactListAnswer()
        named = {"contact_list": answer.why_no_picks(self.hass)}
        if self._picks:
            step, schema = "contacts", contacts_schema(self._picks, domain)
        elif answer.distrust:
            step, schema = "contacts_not_trusted", UNTRUSTED_SCHEMA
            named = {"address": answer.distrust.address}
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                schema, still_offered(typed, self._picks)
            ),
            errors={"base": error} if error else {},
            description_placeholders={"domain": domain, **named, **placeholders},
        )

    def _subentry_of(self, person: PersonLine) -> ConfigSubentry:
        return new_person(
            person.user,
            person.contact,
            controlled=self._controlled,
            given_name=person.given_name,
            told_name=self._told_names.get(contact_key(person.contact)),
        )


def _what_was_added(*, several: bool, is_first: bool) -> str:
    """Return which text says that people were added; with the first ones it leads to the board."""
    if is_first:
        return "added_first_people" if several else "added_first_person"
    return "added_people" if several else "added_person"


def _without_added(people: Iterable[PersonLine], entry: CupConfigEntry) -> list[PersonLine]:
    present = people_of(entry)
    return [each for each in people if contact_key(each.contact) not in present]
