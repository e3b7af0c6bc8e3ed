import { LitElement, css, html } from "lit";
import { fire } from "./ha";
import type { Presence } from "./messages";
import { PRESENCES, presenceOf, sign, signStyles } from "./presence";
import type { Texts } from "./texts";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// The six presences to choose from. Fires "chosen" with the one that was pressed. Arrow keys move
// without choosing: a choice is seen by others at once.
class PresenceChoice extends LitElement {
  static override properties = {
    texts: { attribute: false },
    value: { attribute: false },
    label: {},
    compact: { type: Boolean, reflect: true },
  };
  declare texts: Texts;
  declare value: Presence | null;
  declare label: string;
  declare compact: boolean;

  protected override render() {
    const reachable = this.value ?? PRESENCES[0];
    return html`<div role="radiogroup" aria-label=${this.label} @keydown=${this.move}>
      ${PRESENCES.map((presence) => {
        const word = this.texts.presence(presence);
        return html`<button
          role="radio"
          aria-checked=${presence === this.value}
          aria-label=${word}
          title=${this.compact ? word : ""}
          tabindex=${presence === reachable ? 0 : -1}
          data-presence=${presence}
          @click=${() => fire(this, "chosen", { presence })}
        >
          <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${sign(presence)}</svg>
          ${this.compact ? "" : html`<span>${word}</span>`}
        </button>`;
      })}
    </div>`;
  }

  private move(event: KeyboardEvent): void {
    const forwards = getComputedStyle(this).direction === "rtl" && event.key.match(/Left|Right/) ? -1 : 1;
    const step = (STEPS[event.key] ?? 0) * forwards;
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.renderRoot.querySelectorAll("button")];
    const place = buttons.indexOf(event.target as HTMLButtonElement);
    buttons.at((place + step) % buttons.length)?.focus();
  }

  static override styles = [
    signStyles,
    presenceOf,
    css`
      :host {
        display: block;
      }
      [role="radiogroup"] {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9em, 1fr));
        gap: var(--ha-space-2, 8px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: var(--ha-space-2, 8px);
        min-height: 48px;
        padding: var(--ha-space-1, 4px) var(--ha-space-3, 12px);
        border-radius: var(--ha-border-radius-lg, 12px);
        background: color-mix(in srgb, var(--fill) 8%, var(--card-background-color, #fff));
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        cursor: pointer;
        -webkit-tap-highlight-color: transparent;
      }
      button:hover {
        background: color-mix(in srgb, var(--fill) 16%, var(--card-background-color, #fff));
      }
      button:focus-visible {
        outline: 3px solid var(--color);
        outline-offset: 1px;
      }
      button[aria-checked="true"] {
        background: var(--fill);
        color: var(--on);
      }
      svg {
        flex: none;
        width: 24px;
        height: 24px;
        border-radius: 50%;
        background: var(--fill);
        color: var(--on);
        scale: 0.92;
      }
      :host([compact]) [role="radiogroup"] {
        grid-template-columns: repeat(6, 1fr);
        gap: var(--ha-space-1, 4px);
      }
      :host([compact]) button {
        justify-content: center;
        padding: 0;
        min-height: var(--feature-height, 42px);
        border-radius: var(--feature-border-radius, 12px);
      }
    `,
  ];
}
customElements.define("presence-choice", PresenceChoice);
