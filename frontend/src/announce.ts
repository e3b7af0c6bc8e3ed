import type { Hass } from "./ha";
import { isPresenceSensor } from "./person-card";
import { isQuickSetSupported } from "./quick-set";
import { loadTexts } from "./texts";

interface Named {
  type: string;
  name: string;
  description?: string;
}

const DOCUMENTATION = "https://github.com/cisco-unified-presence/home-assistant/blob/main/docs/board.md";

// The keys of the texts, by the objects that take them.
const names = new Map<Named, string>();

// Pushes: Home Assistant keeps the array that it finds first.
const announce = (list: string, type: string, key: string, more: object): void => {
  const lists = window as unknown as Record<string, Named[] | undefined>;
  const entry: Named = { type, name: "", description: "", ...more };
  (lists[list] ??= []).push(entry);
  names.set(entry, key);
};

const forPresenceSensors = (config: (entity: string) => object) => ({
  getEntitySuggestion: (hass: Hass, entity: string) =>
    isPresenceSensor(hass, entity) ? { config: config(entity) } : null,
});

const card = (name: string, more: object = {}): void => {
  announce("customCards", `presence-${name}-card`, `cards.${name}`, {
    preview: true,
    documentationURL: DOCUMENTATION,
    ...more,
  });
};

announce("customStrategies", "presence-board", "strategy", {
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
});
card(
  "person",
  forPresenceSensors((entity) => ({ type: "custom:presence-person-card", entity })),
);
card("people");
card("rules");
card(
  "timeline",
  forPresenceSensors((entity) => ({ type: "custom:presence-timeline-card", entities: [entity] })),
);
announce("customCardFeatures", "presence-quick-set", "features.quick_set", {
  configurable: false,
  isSupported: isQuickSetSupported,
});

type App = HTMLElement & { hass?: Hass };

// Home Assistant reads the names late, so they can be filled in when the texts have come, and again
// in another language.
const nameAll = async (hass: Hass): Promise<void> => {
  const texts = await loadTexts(hass);
  for (const [entry, key] of names) {
    entry.name = texts.get(`${key}.name`);
    entry.description = texts.get(`${key}.description`);
  }
};

const RETRY_MS = 100;

const nameWhenConnected = (app: App): void => {
  if (app.hass?.connected) void nameAll(app.hass);
  else setTimeout(() => nameWhenConnected(app), RETRY_MS);
};

const app = document.querySelector<App>("home-assistant");
if (app) {
  nameWhenConnected(app);
  app.addEventListener("translations-updated", () => app.hass && void nameAll(app.hass));
}
