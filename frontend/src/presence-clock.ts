import { LitElement, css, html } from "lit";
import { clockTime, longDate } from "./format";
import type { Hass } from "./ha";

const MINUTE_MS = 60_000;

// The time and the day, for a wall.
class PresenceClock extends LitElement {
  static override properties = { locale: { attribute: false } };
  declare locale: object;
  hass!: Hass;

  private tick: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.tick);
  }

  protected override render() {
    const now = new Date();
    clearTimeout(this.tick);
    this.tick = setTimeout(() => this.requestUpdate(), MINUTE_MS - (now.getTime() % MINUTE_MS));
    return html`<time datetime=${now.toISOString()}>${clockTime(this.hass, now)}</time>
      <span>${longDate(this.hass, now)}</span>`;
  }

  static override styles = css`
    :host {
      display: grid;
      flex: none;
      justify-items: end;
      white-space: nowrap;
      line-height: 1.1;
    }
    time {
      font-size: 2em;
      font-weight: var(--ha-font-weight-medium, 500);
      font-variant-numeric: tabular-nums;
    }
    span {
      color: var(--secondary-text-color);
      font-size: 0.8em;
    }
  `;
}
customElements.define("presence-clock", PresenceClock);
