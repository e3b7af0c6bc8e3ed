import { LitElement, css, nothing, type PropertyDeclarations } from "lit";
import type { Hass } from "./ha";
import { People } from "./people";
import { loadTexts, type Texts } from "./texts";

export interface CardConfig {
  type: string;
}

export const cardStyles = css`
  :host {
    display: block;
    --radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    color: var(--primary-text-color);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  :host([hidden]) {
    display: none;
  }
  /* A panel view sets no radius, and leaves the whole page to the card. */
  :host([panel]) {
    --radius: var(--ha-border-radius-lg, 12px);
    box-sizing: border-box;
    max-width: 130em;
    margin: 0 auto;
    padding: var(--ha-space-4, 16px);
    font-size: clamp(14px, 10px + 0.3vw, 22px);
  }
  h2 {
    margin: 0 0 0.4em;
    font-size: 1.6em;
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  [data-stale] {
    filter: grayscale(1);
  }
`;

export interface Shown<Config> {
  hass: Hass;
  people: People;
  texts: Texts;
  config: Config;
}

// What all cards have in common: they follow Home Assistant, and draw only when something that they
// show has changed. Home Assistant hands over a new hass with each change of any state.
export abstract class BoardCard<Config extends CardConfig> extends LitElement {
  static override properties: PropertyDeclarations = {
    config: { attribute: false },
    texts: { attribute: false },
    dark: { type: Boolean, reflect: true },
    preview: { type: Boolean },
    isPanel: { type: Boolean, reflect: true, attribute: "panel" },
    layout: {},
  };
  declare config: Config | undefined;
  declare texts: Texts | undefined;
  declare dark: boolean;
  declare preview: boolean;
  declare isPanel: boolean;
  declare layout: string | undefined;

  private current: Hass | undefined;
  private readonly stops: (() => void)[] = [];

  get hass(): Hass | undefined {
    return this.current;
  }

  set hass(hass: Hass | undefined) {
    const before = this.current;
    this.current = hass;
    if (!hass) return;
    if (this.texts?.language !== hass.language) void this.loadTexts(hass);
    this.dark = hass.themes.darkMode;
    if (!before && this.isConnected) this.followAll();
    if (!before || this.concerns(before, hass)) this.requestUpdate();
  }

  get people(): People | undefined {
    return this.current && People.of(this.current.connection);
  }

  setConfig(config: Config): void {
    this.config = config;
  }

  getCardSize(): number {
    return 6;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.followAll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.stops.splice(0)) stop();
  }

  // What to listen to while the card is in the document.
  protected abstract follow(people: People): (() => void)[];

  // Whether another hass changes what is drawn.
  protected concerns(before: Hass, now: Hass): boolean {
    return before.locale !== now.locale || before.areas !== now.areas;
  }

  protected abstract draw(shown: Shown<Config>): unknown;

  protected override render(): unknown {
    const { hass, people, texts, config } = this;
    return hass && people && texts && config ? this.draw({ hass, people, texts, config }) : nothing;
  }

  private followAll(): void {
    const { people } = this;
    if (people && !this.stops.length) this.stops.push(...this.follow(people));
  }

  private async loadTexts(hass: Hass): Promise<void> {
    this.people?.speak(hass.language);
    this.texts = await loadTexts(hass).catch(() => this.texts); // Tried again with the next hass.
  }
}
