import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RETRY_MS, Subscription } from "../src/subscription";
import { FakeConnection } from "./people";

const REQUEST = { type: "people/subscribe", language: "en" };

const start = (connection: FakeConnection) => {
  const [receive, fail] = [vi.fn(), vi.fn()];
  const subscription = new Subscription(connection.asConnection, receive, fail);
  subscription.start(REQUEST);
  return { subscription, receive, fail };
};

describe("Subscription", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("hears what the server says", () => {
    const connection = new FakeConnection();
    const { receive } = start(connection);
    connection.say({ people: [] });
    expect(receive).toHaveBeenCalledWith({ people: [] });
  });

  it("tries each second until the command is known", async () => {
    const connection = new FakeConnection();
    connection.refusal = { code: "unknown_command" };
    const { fail } = start(connection);
    await vi.advanceTimersByTimeAsync(RETRY_MS * 3);
    expect(connection.requests).toHaveLength(4);
    expect(fail).toHaveBeenCalledWith("unknown_command");
    connection.refusal = undefined;
    await vi.advanceTimersByTimeAsync(RETRY_MS * 5);
    expect(connection.requests).toHaveLength(5);
  });

  it("subscribes again after a reconnect, and says that it is not live before", async () => {
    const connection = new FakeConnection();
    const { fail } = start(connection);
    connection.fire("disconnected");
    expect(fail).toHaveBeenCalledWith("disconnected");
    await vi.advanceTimersByTimeAsync(RETRY_MS * 5);
    expect(connection.requests).toHaveLength(1);
    connection.fire("ready");
    expect(connection.requests).toHaveLength(2);
  });

  it("asks again when the entry is gone", async () => {
    const connection = new FakeConnection();
    const { fail, receive } = start(connection);
    connection.say({ gone: true });
    expect(fail).toHaveBeenCalledWith("not_loaded");
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(connection.requests).toHaveLength(2);
    expect(receive).not.toHaveBeenCalled();
  });

  it("asks again in another language, and not in the same", async () => {
    const connection = new FakeConnection();
    const { subscription } = start(connection);
    subscription.start(REQUEST);
    expect(connection.requests).toHaveLength(1);
    subscription.start({ ...REQUEST, language: "de" });
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.requests.map(({ language }) => language)).toEqual(["en", "de"]);
    expect(connection.unsubscribed).toBe(1);
  });

  it("is silent once stopped", async () => {
    const connection = new FakeConnection();
    const { subscription, receive, fail } = start(connection);
    subscription.stop();
    connection.say({ people: [] });
    connection.fire("disconnected");
    connection.fire("ready");
    await vi.advanceTimersByTimeAsync(RETRY_MS * 2);
    expect(connection.requests).toHaveLength(1);
    expect(receive).not.toHaveBeenCalled();
    expect(fail).not.toHaveBeenCalled();
  });
});
