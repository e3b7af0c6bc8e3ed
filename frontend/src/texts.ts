import type { Hass } from "./ha";
import { DOMAIN, type Presence } from "./messages";

type Values = Record<string, string | number>;
type Resources = Record<string, string>;

const BOARD = `component.${DOMAIN}.config_panel.board.`;
const WORD = `component.${DOMAIN}.entity.sensor.presence.state.`;
const ACTIVITY = `component.${DOMAIN}.entity.binary_sensor.`;

// The texts of the board in one language. They are asked for by this module and not through
// hass.localize, which answers "" to all but the first who asks for a category.
export class Texts {
  constructor(
    readonly language: string,
    private readonly resources: Resources,
  ) {}

  get(key: string, values: Values = {}): string {
    const text = this.resources[BOARD + key] ?? "";
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
  }

  activity(activity: "on_the_phone" | "in_a_meeting"): string {
    return this.resources[`${ACTIVITY}${activity}.name`] ?? "";
  }

  presence(presence: Presence | null): string {
    return presence ? (this.resources[WORD + presence] ?? presence) : this.get("unknown");
  }
}

const loads = new Map<string, Promise<Texts>>();
let loaded: Texts | undefined;

export const loadTexts = (hass: Hass): Promise<Texts> => {
  const { language } = hass;
  let load = loads.get(language);
  if (!load) {
    load = Promise.all(
      ["config_panel", "entity"].map((category) =>
        hass.callWS<{ resources: Resources }>({
          type: "frontend/get_translations",
          language,
          category,
          integration: [DOMAIN],
        }),
      ),
    ).then((answers) => {
      loaded = new Texts(language, Object.assign({}, ...answers.map(({ resources }) => resources)));
      return loaded;
    });
    load.catch(() => loads.delete(language));
    loads.set(language, load);
  }
  return load;
};

// For what Home Assistant asks without waiting, such as the labels of a form.
export const loadedText = (key: string): string => loaded?.get(key) ?? "";
