import type { Connection } from "./ha";
import {
  DOMAIN,
  PROTOCOL,
  type Group,
  type PeopleAll,
  type PeopleChanged,
  type Person,
  type Server,
} from "./messages";
import { Subscription } from "./subscription";
import { Topics } from "./topics";

// What a press expects of a person, shown until the server has confirmed or refused it.
export type Expected = Partial<
  Pick<Person, "presence" | "wanted" | "source" | "until" | "note" | "rules_paused">
>;
export type ShownPerson = Person & { pending?: boolean };

// Topics. A person's id is one too.
export const LIST = "list"; // Who there is, servers, groups, and whether this is live.
export const ANY = "any"; // Any change of anybody.

const LEAVE_AFTER_MS = 5000; // Going to another view and back costs nothing.
const CONFIRM_WITHIN_MS = 5000;

// What decides where a person stands, but for the presence.
const placeOf = ({ name, area_id, labels, groups, presence_entity }: Person): string =>
  JSON.stringify([name, area_id, labels, groups, presence_entity]);

// Everybody, by one subscription for all cards of the page.
export class People {
  private static readonly byConnection = new WeakMap<Connection, People>();

  readonly people = new Map<string, Person>();
  servers: Server[] = [];
  groups: Group[] = [];
  loaded = false;
  problem: string | undefined; // A code, while nothing is heard from Home Assistant.
  heardAt: Date | undefined;

  private readonly topics = new Topics();
  private readonly pressed = new Map<string, Expected>();
  private readonly subscription: Subscription<PeopleAll | PeopleChanged>;
  private language: string | undefined;
  private leaving: ReturnType<typeof setTimeout> | undefined;

  static of(connection: Connection): People {
    let people = this.byConnection.get(connection);
    if (!people) this.byConnection.set(connection, (people = new People(connection)));
    return people;
  }

  constructor(connection: Connection) {
    this.subscription = new Subscription(
      connection,
      (message) => this.receive(message),
      (code) => this.fail(code),
    );
  }

  // Sentences are those of this language from now on.
  speak(language: string): void {
    this.language = language;
    if (!this.topics.isEmpty) this.start();
  }

  listen(topic: string, listener: () => void): () => void {
    const stop = this.topics.listen(topic, listener);
    this.start();
    return () => {
      stop();
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.topics.isEmpty && this.subscription.stop(), LEAVE_AFTER_MS);
    };
  }

  get(id: string): ShownPerson | undefined {
    const person = this.people.get(id);
    const expected = this.pressed.get(id);
    return person && expected ? { ...person, ...expected, pending: true } : person;
  }

  server(person: Person): Server | undefined {
    return this.servers.find(({ entry_id }) => entry_id === person.entry_id);
  }

  // Shows what a press expects at once, and takes it back when the action fails. Throws its error.
  async press(id: string, expected: Expected, action: () => Promise<unknown>): Promise<void> {
    const settle = () => {
      if (this.pressed.get(id) !== expected) return; // Pressed again meanwhile.
      this.pressed.delete(id);
      this.topics.tell(id, ANY);
    };
    this.pressed.set(id, expected);
    this.topics.tell(id, ANY);
    try {
      await action();
      setTimeout(settle, CONFIRM_WITHIN_MS);
    } catch (error) {
      settle();
      throw error;
    }
  }

  private start(): void {
    clearTimeout(this.leaving);
    if (!this.language) return;
    this.subscription.start({ type: `${DOMAIN}/people/subscribe`, language: this.language });
  }

  private receive(message: PeopleAll | PeopleChanged): void {
    this.heardAt = new Date();
    if ("people" in message) this.receiveAll(message);
    else this.receiveChanged(message);
  }

  private receiveAll({ protocol, people, servers, groups }: PeopleAll): void {
    if (protocol !== PROTOCOL) {
      this.fail("restart_needed");
      return;
    }
    this.people.clear();
    for (const person of people) this.people.set(person.id, person);
    this.servers = servers;
    this.groups = groups;
    this.loaded = true;
    this.problem = undefined;
    this.topics.tellAll();
  }

  private receiveChanged({ changed = [], removed = [], servers, groups }: PeopleChanged): void {
    let listChanged = Boolean(removed.length || servers || groups);
    for (const person of changed) {
      const before = this.people.get(person.id);
      listChanged ||= !before || placeOf(before) !== placeOf(person);
      this.people.set(person.id, person);
      this.confirm(person);
      this.topics.tell(person.id);
    }
    for (const id of removed) this.people.delete(id);
    const replaced = new Map(servers?.map((server) => [server.entry_id, server]));
    const others = this.servers.filter(({ entry_id }) => !replaced.has(entry_id));
    if (servers) this.servers = [...others, ...servers];
    if (groups) this.groups = groups;
    this.topics.tell(ANY);
    if (listChanged) this.topics.tell(LIST);
  }

  private confirm(person: Person): void {
    const expected = this.pressed.get(person.id);
    if (!expected) return;
    const isSo = (key: string) => person[key as keyof Person] === expected[key as keyof Expected];
    if (["presence", "source", "rules_paused"].every((key) => !(key in expected) || isSo(key))) {
      this.pressed.delete(person.id);
    }
  }

  private fail(code: string): void {
    this.problem = code;
    this.topics.tellAll();
  }
}
