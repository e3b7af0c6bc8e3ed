import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import type { Presence } from "./messages";
import { ANY, type People } from "./people";
import { presenceOf, sign, signStyles } from "./presence";
import { countPresences } from "./selection";
import type { Texts } from "./texts";

const badge = (presence: Presence | null): TemplateResult => html`<svg
  class="sign"
  viewBox="0 0 24 24"
  aria-hidden="true"
  data-presence=${presence ?? "unknown"}
>
  ${sign(presence)}
</svg>`;

// How many of these people are available, and how many have each presence. Drawn on its own with
// each change, so that what is around it is not.
class PresenceSummary extends LitElement {
  static override properties = {
    ids: { attribute: false },
    texts: { attribute: false },
    heading: {},
    level: { type: Number },
    wide: { type: Boolean, reflect: true },
  };
  declare ids: string[];
  declare texts: Texts;
  declare heading: string | undefined;
  declare level: 1 | 2 | 3;
  declare wide: boolean;
  people!: People;

  private stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.people.listen(ANY, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  protected override render() {
    const { texts } = this;
    const counts = countPresences(this.ids.map((id) => this.people.get(id)?.presence ?? null));
    const available = counts[0]?.[0] === "available" ? counts[0][1] : 0;
    const count = texts.get("count", { available, total: this.ids.length });
    return html`
      <div role="heading" aria-level=${this.level}>
        ${this.heading ? html`${badge(counts[0]?.[0] ?? null)}<bdi>${this.heading}</bdi> <small>${count}</small>` : count}
      </div>
      ${
        this.heading
          ? nothing
          : html`<ul>
              ${counts.map(
                ([presence, number]) => html`<li>
                  ${badge(presence)}
                  <b>${number}</b> ${texts.presence(presence)}
                </li>`,
              )}
            </ul>`
      }
    `;
  }

  static override styles = [
    signStyles,
    presenceOf,
    css`
      :host {
        display: block;
        min-width: 0;
        line-height: 1.3;
      }
      :host([wide]) {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        column-gap: 1.2em;
      }
      :host([wide]) [role="heading"] {
        font-size: 2em;
      }
      :host([wide]) ul {
        margin: 0;
      }
      [role="heading"] svg {
        width: 0.8em;
        height: 0.8em;
        margin-inline-end: 0.4em;
      }
      [role="heading"] {
        font-size: 1.4em;
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      small {
        margin-inline-start: 0.4em;
        color: var(--secondary-text-color);
        font-size: 0.72em;
        font-weight: var(--ha-font-weight-normal, 400);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2em 1em;
        margin: 0.3em 0 0;
        padding: 0;
        list-style: none;
        color: var(--secondary-text-color);
        font-size: 0.9em;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.4em;
      }
      b {
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        font-variant-numeric: tabular-nums;
      }
      svg {
        width: 1.2em;
        height: 1.2em;
        border-radius: 50%;
        background: var(--fill);
        color: var(--on);
      }
    `,
  ];
}
customElements.define("presence-summary", PresenceSummary);
