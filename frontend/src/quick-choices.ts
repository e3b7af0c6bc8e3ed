import { LitElement, css, html, nothing } from "lit";
import { choose, chooseAutomatic, pauseRulesToday, reasonOf, resumeRules, type Duration } from "./actions";
import { shortTime } from "./format";
import { fire, type Hass } from "./ha";
import type { Presence } from "./messages";
import { People } from "./people";
import { avatar, avatarStyles } from "./avatar";
import { presenceColors, presenceOf, signStyles } from "./presence";
import "./presence-choice";
import type { Texts } from "./texts";

const DURATIONS: readonly Duration[] = [undefined, 15, 30, 60, "end_of_day"];
const LONGEST_NOTE = 500;

// Opens the choices for a person above everything, in the theme of the element that asks.
export const openQuickChoices = (beside: LitElement, hass: Hass, texts: Texts, person: string): void => {
  const choices = document.createElement("presence-quick-choices") as PresenceQuickChoices;
  Object.assign(choices, { hass, texts, person });
  choices.addEventListener("closed", () => choices.remove());
  beside.renderRoot.append(choices);
};

// What a tap on a person offers. A press acts at once; the duration and the note go with it.
export class PresenceQuickChoices extends LitElement {
  static override properties = {
    person: { attribute: false },
    texts: { attribute: false },
    dark: { type: Boolean, reflect: true },
    duration: { state: true },
    result: { state: true },
    failure: { state: true },
  };
  declare person: string;
  declare texts: Texts;
  declare dark: boolean;
  declare duration: Duration;
  declare result: string | undefined;
  declare failure: string | undefined;
  hass!: Hass;

  private stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.dark = this.hass.themes.darkMode;
    this.stop = People.of(this.hass.connection).listen(this.person, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  protected override firstUpdated(): void {
    this.dialog?.showModal();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  protected override render() {
    const { hass, texts } = this;
    const person = People.of(hass.connection).get(this.person);
    if (!person) return nothing;
    const manual = person.source === "manual";
    return html`<dialog
      aria-labelledby="name"
      data-presence=${person.presence ?? "unknown"}
      @close=${() => fire(this, "closed")}
      @click=${this.closeOutside}
    >
      <header>
        ${avatar(hass, person)}
        <h2 id="name"><bdi>${person.name}</bdi></h2>
        <p>
          <span class="word">${texts.presence(person.presence)}</span>
          ${person.presence && person.until ? texts.get("until", { when: shortTime(hass, person.until) }) : nothing}
        </p>
        <button class="close" aria-label=${texts.get("choices.close")} @click=${() => this.dialog?.close()}>
          <svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12m0-12L6 18" stroke-width="2" /></svg>
        </button>
      </header>
      ${person.reason ? html`<p class="reason">${person.reason}</p>` : nothing}
      <presence-choice
        .texts=${texts}
        .value=${manual ? person.wanted : null}
        .label=${texts.get("choices.presence")}
        @chosen=${(event: CustomEvent<{ presence: Presence }>) => this.choose(event.detail.presence)}
      ></presence-choice>
      <fieldset>
        <legend>${texts.get("choices.duration")}</legend>
        ${DURATIONS.map(
          (duration) => html`<label>
            <input
              type="radio"
              name="duration"
              .checked=${duration === this.duration}
              @change=${() => this.last(duration)}
            /><span>${this.durationText(duration)}</span>
          </label>`,
        )}
      </fieldset>
      <label class="note">
        <span>${texts.get("choices.note")}</span>
        <input
          type="text"
          dir="auto"
          maxlength=${LONGEST_NOTE}
          autocomplete="off"
          .value=${manual ? (person.note ?? "") : ""}
          @change=${() => this.again()}
        />
      </label>
      <footer>
        <button class="action" @click=${() => this.act(chooseAutomatic(hass, person), "choices.done")}>
          ${texts.get("choices.automatic")}
        </button>
        ${
          person.rules_paused
            ? html`<button class="action" @click=${() => this.act(resumeRules(hass, person), "choices.done")}>
                ${texts.get("choices.follow_rules")}
              </button>`
            : html`<button class="action" @click=${() => this.act(pauseRulesToday(hass, person), "choices.done")}>
                ${texts.get("choices.rules_off_today")}
              </button>`
        }
      </footer>
      <p class="result" role="status">${this.result}</p>
      <p class="failure" role="alert">${this.failure}</p>
    </dialog>`;
  }

  private durationText(duration: Duration): string {
    if (duration === undefined) return this.texts.get("choices.until_changed");
    if (duration === "end_of_day") return this.texts.get("choices.end_of_day");
    return this.texts.get("choices.minutes", { minutes: duration });
  }

  private get note(): string {
    return this.renderRoot.querySelector<HTMLInputElement>(".note input")?.value.trim() ?? "";
  }

  private choose(presence: Presence): void {
    const person = People.of(this.hass.connection).get(this.person);
    if (!person) return;
    const { duration, note } = this;
    void this.act(choose(this.hass, person, { presence, duration, note }), "choices.done");
  }

  private last(duration: Duration): void {
    this.duration = duration;
    this.again();
  }

  // A duration or a note after the presence: what was chosen goes on with it.
  private again(): void {
    const person = People.of(this.hass.connection).get(this.person);
    if (person?.source === "manual" && person.wanted) this.choose(person.wanted);
  }

  private async act(action: Promise<void>, done: string): Promise<void> {
    this.result = this.texts.get("choices.setting");
    this.failure = undefined;
    try {
      await action;
      this.result = this.texts.get(done);
    } catch (error) {
      this.result = undefined;
      this.failure = await reasonOf(this.hass, error);
      if (!this.isConnected)
        fire(document.querySelector("home-assistant")!, "hass-notification", { message: this.failure });
    }
  }

  private closeOutside(event: MouseEvent): void {
    if (event.target === this.dialog) this.dialog?.close();
  }

  static override styles = [
    signStyles,
    presenceColors,
    presenceOf,
    avatarStyles,
    css`
      dialog {
        box-sizing: border-box;
        width: min(480px, 100vw - 32px);
        max-height: calc(100dvh - 32px);
        overflow-y: auto;
        padding: 0;
        border: none;
        border-radius: var(--ha-dialog-border-radius, var(--ha-border-radius-xl, 24px));
        background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
        color: var(--primary-text-color);
        font-family: var(--ha-font-family-body, Roboto, sans-serif);
        font-size: var(--ha-font-size-m, 14px);
        line-height: 1.4;
        box-shadow: 0 8px 40px rgb(0 0 0 / 35%);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      dialog > * {
        margin: var(--ha-space-4, 16px) var(--ha-space-5, 20px);
      }
      dialog > p:empty {
        display: none;
      }
      header {
        --avatar: 56px;
        display: grid;
        grid-template: "avatar name close" auto "avatar now close" auto / auto minmax(0, 1fr) auto;
        column-gap: var(--ha-space-4, 16px);
        align-items: center;
        margin-block-start: var(--ha-space-5, 20px);
      }
      .avatar {
        grid-area: avatar;
      }
      h2 {
        grid-area: name;
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
        overflow-wrap: anywhere;
      }
      header p {
        grid-area: now;
        margin: 0;
        color: var(--secondary-text-color);
      }
      .word {
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .close {
        all: unset;
        grid-area: close;
        align-self: start;
        width: 24px;
        height: 24px;
        padding: 12px;
        margin: -8px -12px 0 0;
        border-radius: 50%;
        cursor: pointer;
        color: var(--secondary-text-color);
      }
      .close:hover {
        background: var(--secondary-background-color);
      }
      .reason {
        color: var(--secondary-text-color);
      }
      fieldset {
        border: none;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: var(--ha-space-2, 8px);
      }
      legend,
      .note span {
        padding: 0;
        margin-block-end: var(--ha-space-1, 4px);
        color: var(--secondary-text-color);
      }
      fieldset label {
        position: relative;
        cursor: pointer;
      }
      fieldset input {
        position: absolute;
        inset: 0;
        opacity: 0;
        margin: 0;
        cursor: pointer;
      }
      fieldset span {
        display: block;
        padding: 6px var(--ha-space-3, 12px);
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-pill, 999px);
      }
      input:checked + span {
        background: color-mix(in srgb, var(--primary-text-color) 88%, transparent);
        border-color: transparent;
        color: var(--card-background-color, #fff);
      }
      .note {
        display: grid;
      }
      .note input {
        box-sizing: border-box;
        width: 100%;
        min-height: 44px;
        padding: 0 var(--ha-space-3, 12px);
        border: 1px solid var(--secondary-text-color);
        border-radius: var(--ha-border-radius-md, 8px);
        background: transparent;
        color: inherit;
        font: inherit;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: var(--ha-space-2, 8px);
      }
      .action {
        all: unset;
        box-sizing: border-box;
        flex: 1 1 auto;
        min-height: 44px;
        padding: var(--ha-space-1, 4px) var(--ha-space-4, 16px);
        display: grid;
        place-items: center;
        text-align: center;
        border-radius: var(--ha-border-radius-pill, 999px);
        border: 1px solid var(--secondary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        cursor: pointer;
      }
      .action:hover {
        background: var(--secondary-background-color);
      }
      :is(.action, .close, .note input):focus-visible,
      input:focus-visible + span {
        outline: 3px solid var(--primary-color);
        outline-offset: 1px;
      }
      .failure {
        color: var(--busy-color);
      }
      @media (max-width: 480px) {
        dialog {
          width: 100vw;
          max-width: none;
          margin: auto 0 0;
          border-end-start-radius: 0;
          border-end-end-radius: 0;
          padding-block-end: env(safe-area-inset-bottom);
        }
      }
    `,
  ];
}
customElements.define("presence-quick-choices", PresenceQuickChoices);
