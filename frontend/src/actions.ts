import type { Hass, ServiceError } from "./ha";
import { DOMAIN, type Person, type Presence } from "./messages";
import { People } from "./people";

// How long a choice lasts: minutes, or until midnight where Home Assistant is; else until it is changed.
export type Duration = number | "end_of_day" | undefined;

export interface Choice {
  presence: Presence;
  duration?: Duration;
  note?: string;
}

const MIDNIGHT = "00:00:00"; // As a time of day, the next one.

const endOf = (duration: Duration): object => {
  if (duration === undefined) return {};
  return duration === "end_of_day" ? { until: MIDNIGHT } : { duration: { minutes: duration } };
};

// By the device where the sensor is disabled.
const targetOf = ({ presence_entity, device_id }: Person) =>
  presence_entity ? { entity_id: presence_entity } : { device_id: device_id ?? "" };

const call = (hass: Hass, person: Person, action: string, data: object = {}): Promise<unknown> =>
  hass.callService(DOMAIN, action, data, targetOf(person), false);

export const choose = (hass: Hass, person: Person, { presence, duration, note }: Choice): Promise<void> => {
  const data = { presence, ...endOf(duration), ...(note && { note }) };
  const until = typeof duration === "number" ? new Date(Date.now() + duration * 60_000).toISOString() : null;
  return People.of(hass.connection).press(
    person.id,
    { presence, wanted: presence, source: "manual", until, note: note ?? null },
    () => call(hass, person, "set_presence", data),
  );
};

export const chooseAutomatic = (hass: Hass, person: Person): Promise<void> => {
  const expected = {
    source: "own",
    wanted: null,
    until: null,
    ...(person.own && { presence: person.own }),
  } as const;
  return People.of(hass.connection).press(person.id, expected, () => call(hass, person, "clear_presence"));
};

export const pauseRulesToday = (hass: Hass, person: Person): Promise<void> =>
  People.of(hass.connection).press(person.id, { rules_paused: true }, () =>
    call(hass, person, "pause_rules", { until: MIDNIGHT }),
  );

export const resumeRules = (hass: Hass, person: Person): Promise<void> =>
  People.of(hass.connection).press(person.id, { rules_paused: false }, () =>
    call(hass, person, "resume_rules"),
  );

// What went wrong, in the user's language where the integration has words for it.
export const reasonOf = async (hass: Hass, thrown: unknown): Promise<string> => {
  const error = (thrown ?? {}) as ServiceError;
  if (error.translation_domain && error.translation_key) {
    const localize = await hass.loadBackendTranslation("exceptions", error.translation_domain);
    const key = `component.${error.translation_domain}.exceptions.${error.translation_key}.message`;
    const text = localize(key, error.translation_placeholders);
    if (text) return text;
  }
  return error.message ?? String(thrown);
};
