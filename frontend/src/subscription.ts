import type { Connection, ServiceError } from "./ha";

export interface Request {
  type: string;
  language: string;
}

type Unsubscribe = () => Promise<void>;

export const RETRY_MS = 1000;

// A subscription that lasts through reconnects, restarts of Home Assistant and reloads of the entry.
//
// The connection's own resubscription tries once. Home Assistant takes connections before it has
// set up custom integrations, so that one try may meet an unknown command, and nobody is told.
export class Subscription<Message extends object> {
  private request: Request | undefined;
  private opened: Promise<Unsubscribe | undefined> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly receive: (message: Message) => void,
    private readonly fail: (code: string) => void,
  ) {
    connection.addEventListener("ready", () => this.open());
    connection.addEventListener("disconnected", () => {
      this.opened = undefined; // The server forgets it.
      if (this.request) this.fail("disconnected");
    });
  }

  start(request: Request): void {
    if (this.request?.language === request.language && this.opened) return;
    this.drop();
    this.request = request;
    this.open();
  }

  stop(): void {
    this.request = undefined;
    this.drop();
  }

  private open(): void {
    clearTimeout(this.retry);
    if (!this.request || this.opened || !this.connection.connected) return;
    const opened = this.connection
      .subscribeMessage<Message | { gone: true }>(
        (message) => {
          if (this.opened !== opened) return;
          if ("gone" in message) this.tryAgain("not_loaded");
          else this.receive(message);
        },
        this.request,
        { resubscribe: false },
      )
      .catch((error: ServiceError | undefined): undefined => {
        if (this.opened === opened) this.tryAgain(error?.code ?? "unknown");
      });
    this.opened = opened;
  }

  private tryAgain(code: string): void {
    this.drop();
    this.fail(code);
    this.retry = setTimeout(() => this.open(), RETRY_MS);
  }

  private drop(): void {
    clearTimeout(this.retry);
    void this.opened?.then((unsubscribe) => unsubscribe?.()).catch(() => undefined);
    this.opened = undefined;
  }
}
