// The messages of the integration's WebSocket commands.
// Times are ISO 8601 with an offset. Presences are the states of the presence sensor.
// Sentences are in the language that the command names (`language`), English without one.

export const DOMAIN = "cisco_unified_presence";

// Raised when an older module cannot read what is sent, or a newer one needs what is not sent:
// the files were replaced under a running Home Assistant, which has to be restarted.
export const PROTOCOL = 1;

export type Presence = "available" | "busy" | "do_not_disturb" | "away" | "vacation" | "offline";
export type Source = "own" | "rule" | "manual";
// Three-valued: unknown while an input is unavailable.
export type Truth = "true" | "false" | "unknown";

// Names one person in `explain`, `decisions` and `forecast`: a contact URI (the first entry that
// knows it counts), or the entry and subentry.
export type PersonReference = string | { entry_id: string; subentry_id: string };

// --- {type: "cisco_unified_presence/people/subscribe", language?: string} ---

export interface PeopleSubscribe {
  type: "cisco_unified_presence/people/subscribe";
  language?: string;
}

export interface Person {
  id: string; // "<entry_id>/<subentry_id>"; stays through renames and reloads
  entry_id: string;
  subentry_id: string;
  contact: string;
  name: string; // may be the user name; never empty
  device_id: string | null;
  // Null where there is none, it is disabled, or the user may not read it.
  presence_entity: string | null;
  set_presence_entity: string | null; // select
  follow_rules_entity: string | null; // switch
  reason_entity: string | null; // sensor
  status_message_entity: string | null; // sensor
  // The linked Home Assistant person, whose picture is in hass.states.
  person_entity: string | null;
  // What the server shows; null while it is not known or the server is away.
  presence: Presence | null;
  // Since when it shows that; null while that is not known.
  since: string | null;
  note: string | null; // as written: any characters, up to some hundred
  on_the_phone: boolean;
  in_a_meeting: boolean;
  // What the person's own devices and choices make, without what the integration has set.
  own: Presence | null;
  controlled: boolean; // all below is null or false for people who are only watched
  may_control: boolean; // whether the user may set it (controlled, and permitted)
  wanted: Presence | null; // what the integration publishes, null for nothing
  source: Source | null;
  reason: string | null; // one sentence
  rule: string | null; // the id of the rule that wins
  set_by: string | null;
  until: string | null; // ends then for certain
  until_expected: string | null; // ends then as far as the forecast goes; null without one
  overruled: boolean; // the person has overruled the rule or setting
  follows_rules: boolean;
  rules_paused: boolean;
  paused_until: string | null;
  waiting_until: string | null; // the server is told then, after too many changes
  area_id: string | null;
  labels: string[]; // ids: of the device and the presence sensor
  groups: string[]; // ids of Group
}

export interface Group {
  id: string; // subentry id
  entry_id: string;
  name: string;
  members: string[]; // ids of Person that the user may see, by name
}

export type ServerState = "live" | "polling" | "away";

export interface Server {
  entry_id: string;
  title: string;
  connected: boolean;
  // live: changes arrive at once; polling: within the polling interval; away: it does not answer.
  state: ServerState;
  // Why it is away, null while it is not.
  reason: string | null;
}

// The first message, and again whenever people, groups or rights come or go by a reload.
export interface PeopleAll {
  protocol: number;
  people: Person[];
  servers: Server[];
  groups: Group[];
}

// Whole objects that take the place of those with the same id (entry_id of servers).
export interface PeopleChanged {
  changed?: Person[];
  removed?: string[];
  servers?: Server[];
  groups?: Group[]; // all of them, when one came, went or has other members
}

// An entry was unloaded, reloads or is gone: subscribe again (after a second, until it stands).
export interface Gone {
  gone: true;
}

export type PeopleMessage = PeopleAll | PeopleChanged | Gone;

// --- {type: "cisco_unified_presence/rules/subscribe", language?: string} ---

export interface RulesSubscribe {
  type: "cisco_unified_presence/rules/subscribe";
  language?: string;
}

export type RuleState =
  | "on_and_wins" // wins for one person at least
  | "holds" // holds, wins for nobody
  | "does_not_hold"
  | "unknown" // an input is unavailable
  | "paused"
  | "off"
  | "resting" // rests for some people since it chased itself
  | "invalid"; // its conditions are refused

export interface Condition {
  text: string; // "All of these", "Any of these" where there are conditions inside
  kind: "and" | "or" | "not" | null; // null for one without conditions inside
  value: Truth;
  // Those inside and, or, not; empty for the others.
  conditions: Condition[];
}

// The conditions for one person whom a rule treats apart; for most rules there is one entry
// with `person: null`, which goes for all.
export interface RuleConditions {
  person: string | null; // id of Person
  holds: boolean;
  since: string | null;
  conditions: Condition[];
}

export interface Rule {
  id: string;
  entry_id: string | null; // null for a rule in YAML
  subentry_id: string | null;
  name: string;
  presence: Presence | "own" | null; // null where it depends on its inputs
  priority: number;
  order: number; // place in the list; among equal priorities the first wins
  on: boolean;
  holds: boolean;
  since: string | null;
  until: string | null;
  status: RuleState;
  people: string[]; // ids of Person that it is about and the user may see
  wins_for: string[]; // ids of Person
  paused: boolean;
  paused_until: string | null;
  may_control: boolean;
  switch_entity: string | null;
  // Where the form opens: /config/integrations/integration/cisco_unified_presence; null for YAML.
  edit_url: string | null;
  evaluations: RuleConditions[];
}

export interface RulesAll {
  protocol: number;
  rules: Rule[];
}

export interface RulesChanged {
  changed?: Rule[];
  removed?: string[];
}

export type RulesMessage = RulesAll | RulesChanged | Gone;

// --- {type: "cisco_unified_presence/explain", person, language?} ---

export interface PersonCommand {
  type:
    | "cisco_unified_presence/explain"
    | "cisco_unified_presence/decisions"
    | "cisco_unified_presence/forecast";
  person: PersonReference;
  language?: string;
}

export interface ExplainedRule {
  id: string;
  name: string;
  on: boolean;
  holds: boolean;
  wins: boolean;
  since: string | null;
  presence: Presence | "own" | null;
  yields: boolean;
  priority: number;
  paused: boolean;
  paused_until: string | null;
  not_true: string[];
  if_it_held: string;
}

export interface Explanation {
  name: string;
  shown: Presence | null;
  own: Presence | null;
  own_activities: string[];
  source: Source;
  wanted: Presence | null;
  note: string | null;
  rule: string | null; // its name
  since: string | null;
  until: string | null;
  set_aside: boolean;
  set_by: string | null;
  waiting_until: string | null;
  follows_rules: boolean;
  rules_paused: boolean;
  paused_until: string | null;
  reason: string;
  rules: ExplainedRule[];
}

// The result of `explain`, `decisions` and `forecast`: one person, by contact.
export interface PeopleResult<T> {
  people: Record<string, T>;
}
export type ExplainResult = PeopleResult<Explanation>;

// --- {type: "cisco_unified_presence/decisions", person, language?} ---

export interface PastDecision {
  at: string;
  wanted: Presence | null;
  source: Source;
  rule: string | null; // its name
  set_aside: boolean;
  set_by: string | null;
  until: string | null;
  reason: string; // a clause
  cause: string; // a clause
  cause_entity: string | null;
  sentence: string; // both in one sentence
}

export interface Decisions {
  name: string;
  decisions: PastDecision[]; // newest first
}
export type DecisionsResult = PeopleResult<Decisions>;

// --- {type: "cisco_unified_presence/forecast", person, language?, hours?: number} ---

export interface ForecastChange {
  at: string;
  shown: Presence | null;
  wanted: Presence | null;
  source: Source;
  rule: string | null;
  reason: string;
  until: string | null;
  unknown: string[]; // why it is not certain
}

export interface Forecast {
  name: string;
  now: Explanation;
  unknown: string[]; // why the time up to the first change is not certain
  changes: ForecastChange[]; // soonest first
}
export type ForecastResult = PeopleResult<Forecast>;

// Errors of all commands: {code, message, translation_key?, translation_domain?,
// translation_placeholders?}. Codes: "not_loaded" (no entry is loaded; try again),
// "not_found" (no such person), "unauthorized", "not_supported" (this version has no forecast).
