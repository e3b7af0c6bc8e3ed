import type { Group, Person, Presence } from "./messages";
import { PRESENCES } from "./presence";

export type Order = "name" | "presence";
export type GroupBy = "none" | "area" | "label" | "group";

// Which people a card shows: those in one of the areas, labels and groups, or named by an entity;
// all when none is given.
export interface Selection {
  areas?: string[];
  labels?: string[];
  groups?: string[];
  entities?: string[];
  hide_offline?: boolean;
  order?: Order;
}

export interface Section {
  id: string; // Of an area, label or group; empty for the rest.
  people: string[];
}

const overlap = (some: readonly string[], others: readonly string[] = []) =>
  some.some((each) => others.includes(each));

const rank = (presence: Presence | null) => (presence ? PRESENCES.indexOf(presence) : PRESENCES.length);

export const selectPeople = (people: Iterable<Person>, selection: Selection, language: string): Person[] => {
  const { areas, labels, groups, entities, hide_offline, order } = selection;
  const isLimited = [areas, labels, groups, entities].some((each) => each?.length);
  const byName = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  return [...people]
    .filter(
      (person) =>
        !isLimited ||
        overlap([person.area_id ?? ""], areas) ||
        overlap(person.labels, labels) ||
        overlap(person.groups, groups) ||
        overlap([person.presence_entity ?? ""], entities),
    )
    .filter(({ presence }) => !hide_offline || presence !== "offline")
    .sort(
      (one, other) =>
        (order === "presence" ? rank(one.presence) - rank(other.presence) : 0) ||
        byName.compare(one.name, other.name),
    );
};

// People under what they are grouped by, in the order of these ids; last those who belong to none.
// A person with several labels or groups is in each.
export const sectionsOf = (people: Person[], by: GroupBy, ids: string[]): Section[] => {
  if (by === "none") return people.length ? [{ id: "", people: people.map(({ id }) => id) }] : [];
  const belongsTo = (person: Person): string[] => {
    if (by === "area") return person.area_id ? [person.area_id] : [];
    return by === "label" ? person.labels : person.groups;
  };
  const sections = new Map<string, string[]>(ids.map((id) => [id, []]));
  const rest: string[] = [];
  for (const person of people) {
    const known = belongsTo(person).filter((id) => sections.has(id));
    if (!known.length) rest.push(person.id);
    for (const id of known) sections.get(id)?.push(person.id);
  }
  sections.set("", rest);
  return [...sections]
    .filter(([, members]) => members.length)
    .map(([id, members]) => ({ id, people: members }));
};

export const groupsByName = (groups: Group[], language: string): Group[] => {
  const byName = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  return [...groups].sort((one, other) => byName.compare(one.name, other.name));
};

// How many have each presence, most available first; null is who is not known.
export const countPresences = (presences: (Presence | null)[]): [Presence | null, number][] =>
  [...PRESENCES, null]
    .map((presence): [Presence | null, number] => [
      presence,
      presences.filter((each) => each === presence).length,
    ])
    .filter(([, count]) => count > 0);
