import type { Connection } from "./ha";
import { DOMAIN, PROTOCOL, type Rule, type RulesAll, type RulesChanged } from "./messages";
import { Subscription } from "./subscription";
import { Topics } from "./topics";

const LEAVE_AFTER_MS = 5000;
const ALL = "all";

// The rules, by one subscription for all cards of the page.
export class Rules {
  private static readonly byConnection = new WeakMap<Connection, Rules>();

  readonly rules = new Map<string, Rule>();
  loaded = false;
  problem: string | undefined;

  private readonly topics = new Topics();
  private readonly subscription: Subscription<RulesAll | RulesChanged>;
  private leaving: ReturnType<typeof setTimeout> | undefined;

  static of(connection: Connection): Rules {
    let rules = this.byConnection.get(connection);
    if (!rules) this.byConnection.set(connection, (rules = new Rules(connection)));
    return rules;
  }

  constructor(connection: Connection) {
    this.subscription = new Subscription(
      connection,
      (message) => this.receive(message),
      (code) => this.fail(code),
    );
  }

  listen(language: string, listener: () => void): () => void {
    clearTimeout(this.leaving);
    const stop = this.topics.listen(ALL, listener);
    this.subscription.start({ type: `${DOMAIN}/rules/subscribe`, language });
    return () => {
      stop();
      this.leaving = setTimeout(() => this.topics.isEmpty && this.subscription.stop(), LEAVE_AFTER_MS);
    };
  }

  // Highest first, as they are decided.
  get inOrder(): Rule[] {
    return [...this.rules.values()].sort(
      (one, other) => other.priority - one.priority || one.order - other.order,
    );
  }

  private receive(message: RulesAll | RulesChanged): void {
    if ("rules" in message) {
      if (message.protocol !== PROTOCOL) {
        this.fail("restart_needed");
        return;
      }
      this.rules.clear();
      for (const rule of message.rules) this.rules.set(rule.id, rule);
      this.loaded = true;
      this.problem = undefined;
    } else {
      for (const rule of message.changed ?? []) this.rules.set(rule.id, rule);
      for (const id of message.removed ?? []) this.rules.delete(id);
    }
    this.topics.tell(ALL);
  }

  private fail(code: string): void {
    this.problem = code;
    this.topics.tell(ALL);
  }
}
