"""Presence rules as subentries: added, changed, copied and switched in forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_ID, CONF_NAME
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import slugify
import voluptuous as vol

from ..background import async_detached
from ..const import DOMAIN, SUBENTRY_RULE
from ..error_messages import without_markup
from ..requested_presence import ImpossiblePresence
from ..rules import (
    CONF_WHEN,
    CONF_YIELDS_TO,
    RULE_SCHEMA,
    ConditionsInvalid,
    PeopleDirectory,
    Rule,
    async_rule_engine,
    name_of,
    requested_by,
)
from .problem import FormRefused, Problem
from .rule_conditions import async_problem_of_conditions
from .rule_data import as_typed, read_rule
from .rule_form import ADVANCED, AS_USUAL, TableWords, rule_form
from .rule_people import PeopleOffer
from .rule_preview import async_preview
from .rule_problems import IMPOSSIBLE_AT, errors_of, problem_of

# Comes after all ids of rules, as the rule comes after all others of its server.
NEW_RULE: Final = "~new"

# What the help of fields shows; the braces of a template would be taken for placeholders.
TEMPLATES: Final = {
    "example_note": "{{ event.summary }}",
    "example_end": "{{ event.end }}",
}

# Of other rules in the help of the priority.
MOST_PRIORITIES: Final = 10


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that is valid and not saved yet."""

    name: str
    data: dict[str, Any]
    rule: Rule


class RuleFlow(ConfigSubentryFlow):
    """Adds a rule; or changes, copies or switches one."""

    def __init__(self) -> None:
        self._typed: dict[str, Any] = {}
        self._draft: RuleDraft | None = None
        self._is_copy = False

    async def async_step_user(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (the form is another step's)
    ) -> SubentryFlowResult:
        self._typed = {ADVANCED: {CONF_YIELDS_TO: [AS_USUAL]}}
        return await self._async_form()

    async def async_step_reconfigure(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu's choice is a step)
    ) -> SubentryFlowResult:
        """Ask what to do with a rule."""
        status = async_rule_engine(self.hass).status_of(self._subentry.subentry_id)
        switch = [] if status is None else ["turn_off" if status.enabled else "turn_on"]
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["change", "duplicate", *switch],
            description_placeholders={"rule": without_markup(name_of(self._subentry))},
        )

    async def async_step_change(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (the form is another step's)
    ) -> SubentryFlowResult:
        """Change a rule; its switch stays, and with the same conditions its times too."""
        self._typed = self._stored_as_typed(name_of(self._subentry))
        return await self._async_form()

    async def async_step_duplicate(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (the form is another step's)
    ) -> SubentryFlowResult:
        """Fill in the form with a rule, to add another one."""
        self._is_copy = True
        self._typed = self._stored_as_typed(await self._async_name_of_copy())
        return await self._async_form()

    async def async_step_turn_on(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (nothing is asked)
    ) -> SubentryFlowResult:
        await self._async_set_enabled(enabled=True)
        return self.async_abort(reason="turned_on")

    async def async_step_turn_off(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (nothing is asked)
    ) -> SubentryFlowResult:
        await self._async_set_enabled(enabled=False)
        return self.async_abort(reason="turned_off")

    async def async_step_rule(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take over what is filled in."""
        if user_input is None:
            return await self._async_form()
        self._typed = user_input
        try:
            self._draft = await self._async_read(user_input)
        except FormRefused as refused:
            return await self._async_form(refused.problem)
        return await self.async_step_preview()

    async def async_step_preview(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu's choice is a step)
    ) -> SubentryFlowResult:
        """Show what the rule does now, and ask whether to save it."""
        draft = self._valid_draft
        try:
            says = await async_preview(self.hass, draft.rule, self._get_entry().entry_id)
        except ConditionsInvalid as error:
            # With the variables of one of the people.
            problem = Problem("conditions_invalid", {"problem": str(error)}, CONF_WHEN)
            return await self._async_form(problem)
        return self.async_show_menu(
            step_id="preview",
            menu_options=["save", "edit"],
            description_placeholders={"rule": without_markup(draft.name), "people": says},
        )

    async def async_step_edit(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (the form is another step's)
    ) -> SubentryFlowResult:
        return await self._async_form()

    async def async_step_save(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (nothing is asked)
    ) -> SubentryFlowResult:
        draft, entry = self._valid_draft, self._get_entry()
        if problem := self._name_taken(draft.name):
            # Another flow was faster.
            return await self._async_form(problem)
        title, unique_id = await self._async_title(draft.name), _unique_id(draft.name)
        data = {CONF_NAME: draft.name, **draft.data}
        if not self._is_changed:
            if self.source != SOURCE_RECONFIGURE:
                return self.async_create_entry(title=title, data=data, unique_id=unique_id)
            copy = ConfigSubentry(
                data=MappingProxyType(data),
                subentry_type=SUBENTRY_RULE,
                title=title,
                unique_id=unique_id,
            )
            self.hass.config_entries.async_add_subentry(entry, copy)
            return self.async_abort(reason="duplicated")
        return self.async_update_and_abort(
            entry, self._subentry, title=title, data=data, unique_id=unique_id
        )

    @property
    def _valid_draft(self) -> RuleDraft:
        """The draft of the preview; the steps after the form are offered by it only."""
        if TYPE_CHECKING:
            assert self._draft is not None
        return self._draft

    @property
    def _subentry(self) -> ConfigSubentry:
        return self._get_reconfigure_subentry()

    @property
    def _is_changed(self) -> bool:
        """Whether a rule is changed, not added."""
        return self.source == SOURCE_RECONFIGURE and not self._is_copy

    def _stored_as_typed(self, name: str) -> dict[str, Any]:
        return as_typed(name, self._subentry.data, PeopleOffer.of(self.hass))

    async def _async_set_enabled(self, *, enabled: bool) -> None:
        engine = async_rule_engine(self.hass)
        switch = engine.async_set_enabled(self._subentry.subentry_id, enabled=enabled)
        await async_detached(self.hass, switch, "switch rule")

    async def _async_form(self, problem: Problem | None = None) -> SubentryFlowResult:
        typed = self._typed
        form = rule_form(
            PeopleOffer.of(self.hass),
            await TableWords.async_load(self.hass),
            typed,
            problem.field if problem else None,
        )
        return self.async_show_form(
            step_id="rule",
            data_schema=self.add_suggested_values_to_schema(form, typed),
            errors=errors_of(problem) if problem else {},
            description_placeholders={
                **TEMPLATES,
                "priorities": self._priorities() or await self._async_text("no_other"),
                **(problem.placeholders if problem else {}),
            },
        )

    def _priorities(self) -> str:
        """Return the priorities of the other rules, the highest first; nothing without any."""
        own = self._subentry.subentry_id if self._is_changed else None
        rules = [rule for rule in async_rule_engine(self.hass).rules if rule.id != own]
        # Of equal ones the earlier wins.
        rules.sort(key=lambda rule: -rule.priority)
        said = [f"{rule.name} ({rule.priority})" for rule in rules[:MOST_PRIORITIES]]
        return ", ".join(said + ["…"] * (len(rules) > MOST_PRIORITIES))

    async def _async_read(self, typed: Mapping[str, Any]) -> RuleDraft:
        """Return the rule that is filled in.

        Raises:
            FormRefused: It cannot be used.
        """
        name, data = read_rule(typed)
        problem = self._name_taken(name) or await async_problem_of_conditions(
            self.hass, data[CONF_WHEN]
        )
        if problem:
            raise FormRefused(problem)
        identity = self._subentry.subentry_id if self._is_changed else NEW_RULE
        try:
            requested_by(data)
            rule = Rule.of(RULE_SCHEMA({CONF_ID: identity, CONF_NAME: name, **data}))
        except ImpossiblePresence as error:
            raise FormRefused(Problem(error.key, field=IMPOSSIBLE_AT[error.key])) from error
        except vol.Invalid as error:
            raise FormRefused(problem_of(error)) from error
        if problem := self._unknown_people(rule):
            raise FormRefused(problem)
        return RuleDraft(name, data, rule)

    def _unknown_people(self, rule: Rule) -> Problem | None:
        # The people of an entry that is not loaded at the moment count too.
        directory = PeopleDirectory(self.hass, {})
        for people, place in ((rule.people, "people"), (rule.left_out, "exceptions")):
            if unmatched := people.resolve(directory).unmatched:
                return Problem("unknown_people", {"words": ", ".join(unmatched)}, place)
        return None

    def _name_taken(self, name: str) -> Problem | None:
        own_id = self._subentry.subentry_id if self._is_changed else None
        unique_id = _unique_id(name)
        if any(
            each.unique_id == unique_id and each.subentry_id != own_id
            for each in self._get_entry().subentries.values()
        ):
            return Problem("name_taken", field=CONF_NAME)
        return None

    async def _async_title(self, name: str) -> str:
        return (await self._async_text("title")).format(name=name)

    async def _async_name_of_copy(self) -> str:
        """Return a name that no other rule has."""
        text, name = await self._async_text("title_of_copy"), name_of(self._subentry)
        copy, number = text.format(name=name), 1
        while self._name_taken(copy):
            number += 1
            copy = f"{text.format(name=name)} {number}"
        return copy

    async def _async_text(self, key: str) -> str:
        language = self.hass.config.language
        texts = await async_get_translations(self.hass, language, "config_panel", {DOMAIN})
        return texts[f"component.{DOMAIN}.config_panel.rule.{key}"]


def _unique_id(name: str) -> str:
    return f"{SUBENTRY_RULE}_{slugify(name)}"
