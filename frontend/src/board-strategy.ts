import type { Hass } from "./ha";
import { loadTexts } from "./texts";
import "./board-editor";
import type { BoardConfig } from "./view-strategies";
import "./view-strategies";

const VIEWS = [
  { path: "people", icon: "mdi:account-group" },
  { path: "rooms", icon: "mdi:sofa" },
  { path: "rules", icon: "mdi:scale-balance" },
  { path: "today", icon: "mdi:chart-timeline" },
] as const;

// A dashboard of views, each a strategy of its own: Home Assistant asks this again with each change
// of a registry, and leaves a view alone whose configuration is the same.
class PresenceBoardStrategy extends HTMLElement {
  static async generate(config: BoardConfig, hass: Hass) {
    const texts = await loadTexts(hass);
    return {
      title: texts.get("strategy.name"),
      views: VIEWS.map(({ path, icon }) => ({
        title: texts.get(`views.${path}`),
        path,
        icon,
        strategy: { ...config, type: `custom:presence-${path}` },
      })),
    };
  }

  static shouldRegenerate(_config: BoardConfig, before: Hass, now: Hass): boolean {
    return before.language !== now.language;
  }

  static async getCreateSuggestions(hass: Hass) {
    return { title: (await loadTexts(hass)).get("strategy.name"), icon: "mdi:account-group" };
  }

  static getConfigElement(): HTMLElement {
    return document.createElement("presence-board-editor");
  }
}
customElements.define("ll-strategy-dashboard-presence-board", PresenceBoardStrategy);
