// The part of Home Assistant's frontend that is used here. No package has these types.

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

export interface Connection {
  readonly connected: boolean;
  subscribeMessage<Message>(
    callback: (message: Message) => void,
    request: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(event: "ready" | "disconnected", listener: () => void): void;
}

export interface Locale {
  language: string;
  number_format: string;
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
}

export interface RegisteredEntity {
  entity_id: string;
  platform?: string;
  translation_key?: string;
}

export interface Hass {
  readonly areas: Record<string, { area_id: string; name: string } | undefined>;
  readonly config: { state: string; time_zone: string };
  readonly connected: boolean;
  readonly connection: Connection;
  readonly entities: Record<string, RegisteredEntity | undefined>;
  readonly language: string;
  readonly locale: Locale;
  readonly states: Record<string, EntityState | undefined>;
  readonly themes: { darkMode: boolean };
  readonly user?: { is_admin: boolean };
  callService(
    domain: string,
    service: string,
    data?: object,
    target?: { entity_id: string } | { device_id: string },
    notifyOnError?: boolean,
  ): Promise<unknown>;
  callWS<Result>(request: { type: string; [key: string]: unknown }): Promise<Result>;
  loadBackendTranslation(category: string, integration: string): Promise<Hass["localize"]>;
  localize(key: string, values?: Record<string, unknown>): string;
}

export interface ServiceError {
  code?: string;
  message?: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

export const fire = (target: EventTarget, type: string, detail: object = {}): void => {
  target.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
};

export const navigate = (path: string): void => {
  history.pushState(null, "", path);
  fire(window, "location-changed", { replace: false });
};
