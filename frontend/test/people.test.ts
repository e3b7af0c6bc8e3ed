import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PROTOCOL, type PeopleAll } from "../src/messages";
import { ANY, LIST, People } from "../src/people";
import { FakeConnection, person } from "./people";

const all = (...ids: string[]): PeopleAll => ({
  protocol: PROTOCOL,
  people: ids.map((id) => person(id)),
  servers: [{ entry_id: "entry", title: "Server", connected: true, state: "live", reason: null }],
  groups: [],
});

const started = (...ids: string[]) => {
  const connection = new FakeConnection();
  const people = People.of(connection.asConnection);
  people.speak("en");
  const [list, any, anna, ben] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  people.listen(LIST, list);
  people.listen(ANY, any);
  people.listen("anna", anna);
  people.listen("ben", ben);
  connection.say(all(...ids));
  for (const listener of [list, any, anna, ben]) listener.mockClear();
  return { connection, people, list, any, anna, ben };
};

describe("People", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is one for a connection, with one subscription", () => {
    const { connection, people } = started("anna");
    expect(People.of(connection.asConnection)).toBe(people);
    expect(connection.requests).toHaveLength(1);
  });

  it("tells only those who listen to the person that changed", () => {
    const { connection, list, any, anna, ben } = started("anna", "ben");
    connection.say({ changed: [person("anna", { presence: "busy" })] });
    expect([list, any, anna, ben].map(({ mock }) => mock.calls.length)).toEqual([0, 1, 1, 0]);
  });

  it("tells of people who come and go", () => {
    const { connection, people, list } = started("anna", "ben");
    connection.say({ changed: [person("clara")], removed: ["ben"] });
    expect(list).toHaveBeenCalledOnce();
    expect([...people.people.keys()]).toEqual(["anna", "clara"]);
  });

  it("tells all that it is not live, and what people were", () => {
    const { connection, people, list, anna } = started("anna");
    connection.fire("disconnected");
    expect(people.problem).toBe("disconnected");
    expect([list, anna].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(people.get("anna")?.presence).toBe("available");
    connection.fire("ready");
    connection.say(all("anna"));
    expect(people.problem).toBeUndefined();
  });

  it("asks for a restart when the integration speaks another protocol", () => {
    const { connection, people } = started("anna");
    connection.say({ ...all("anna", "ben"), protocol: PROTOCOL + 1 });
    expect(people.problem).toBe("restart_needed");
    expect(people.people.size).toBe(1);
  });

  it("keeps the servers that a change does not name", () => {
    const { connection, people } = started("anna");
    const other = {
      entry_id: "other",
      title: "Other",
      connected: false,
      state: "away" as const,
      reason: "It is off.",
    };
    connection.say({ servers: [other] });
    expect(people.servers.map(({ entry_id }) => entry_id)).toEqual(["entry", "other"]);
  });

  it("shows a press at once, until the server confirms it", async () => {
    const { connection, people, anna } = started("anna");
    const pressed = people.press("anna", { presence: "busy", source: "manual" }, async () => undefined);
    expect(people.get("anna")).toMatchObject({ presence: "busy", pending: true });
    await pressed;
    expect(people.get("anna")?.pending).toBe(true);
    connection.say({ changed: [person("anna", { presence: "busy", source: "manual" })] });
    expect(people.get("anna")?.pending).toBeUndefined();
    expect(anna).toHaveBeenCalledTimes(2);
  });

  it("takes a press back that is refused", async () => {
    const { people } = started("anna");
    const pressed = people.press("anna", { presence: "busy" }, async () => {
      throw new Error("refused");
    });
    await expect(pressed).rejects.toThrow("refused");
    expect(people.get("anna")).toEqual(person("anna"));
  });

  it("does not take back the second press when the first is refused", async () => {
    const { people } = started("anna");
    let refuse: (error: Error) => void = () => undefined;
    const first = people.press(
      "anna",
      { presence: "busy" },
      () => new Promise((_, reject) => (refuse = reject)),
    );
    void people.press("anna", { presence: "away" }, async () => undefined);
    refuse(new Error("refused"));
    await expect(first).rejects.toThrow();
    expect(people.get("anna")?.presence).toBe("away");
  });

  it("gives up a press that is never confirmed", async () => {
    const { people } = started("anna");
    await people.press("anna", { presence: "busy" }, async () => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(people.get("anna")?.presence).toBe("available");
  });

  it("stays subscribed while a view is left for another", async () => {
    const connection = new FakeConnection();
    const people = People.of(connection.asConnection);
    people.speak("en");
    const stop = people.listen(LIST, () => undefined);
    stop();
    await vi.advanceTimersByTimeAsync(1000);
    const stopAgain = people.listen(LIST, () => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([connection.requests.length, connection.unsubscribed]).toEqual([1, 0]);
    stopAgain();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.unsubscribed).toBe(1);
  });
});
