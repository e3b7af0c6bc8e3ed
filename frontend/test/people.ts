import type { Connection } from "../src/ha";
import type { Person } from "../src/messages";

export const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  entry_id: "entry",
  subentry_id: id,
  contact: `${id}@example.com`,
  name: id,
  device_id: null,
  presence_entity: `sensor.${id}_presence`,
  set_presence_entity: null,
  follow_rules_entity: null,
  reason_entity: null,
  status_message_entity: null,
  person_entity: null,
  presence: "available",
  since: null,
  note: null,
  on_the_phone: false,
  in_a_meeting: false,
  own: "available",
  controlled: true,
  may_control: true,
  wanted: null,
  source: "own",
  reason: null,
  rule: null,
  set_by: null,
  until: null,
  until_expected: null,
  overruled: false,
  follows_rules: true,
  rules_paused: false,
  paused_until: null,
  waiting_until: null,
  area_id: null,
  labels: [],
  groups: [],
  ...more,
});

// A connection to a server that is told what to say.
export class FakeConnection {
  connected = true;
  refusal: object | undefined;
  requests: { type: string; language?: string }[] = [];
  unsubscribed = 0;
  private send: ((message: object) => void) | undefined;
  private readonly listeners: Record<string, (() => void)[]> = {};

  async subscribeMessage(callback: (message: object) => void, request: { type: string }) {
    this.requests.push(request);
    if (this.refusal) throw this.refusal;
    this.send = callback;
    return async () => void this.unsubscribed++;
  }

  addEventListener(event: string, listener: () => void): void {
    (this.listeners[event] ??= []).push(listener);
  }

  say(message: object): void {
    this.send?.(message);
  }

  fire(event: "ready" | "disconnected"): void {
    this.connected = event === "ready";
    for (const listener of this.listeners[event] ?? []) listener();
  }

  get asConnection(): Connection {
    return this as unknown as Connection;
  }
}
