import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { avatar, avatarStyles } from "./avatar";
import { shortTime } from "./format";
import { fire, type Hass } from "./ha";
import type { People, ShownPerson } from "./people";
import { presenceOf, signStyles } from "./presence";
import { openQuickChoices } from "./quick-choices";
import type { Texts } from "./texts";

const ACTIVITIES = ["on_the_phone", "in_a_meeting"] as const;

// One person of a grid. It listens to changes of its own: the grid is not drawn again for one of them.
class PresencePerson extends LitElement {
  static override properties = {
    person: { attribute: false },
    texts: { attribute: false },
    locale: { attribute: false },
    size: { reflect: true },
  };
  declare person: string;
  declare texts: Texts;
  declare locale: object;
  declare size: "regular" | "large";
  hass!: Hass;
  people!: People;

  private stop: (() => void) | undefined;
  private followed: string | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.followed = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override render() {
    this.follow();
    const person = this.people.get(this.person);
    if (!person) return nothing;
    return html`<button
      data-presence=${person.presence ?? "unknown"}
      ?data-pending=${person.pending}
      aria-haspopup=${person.may_control ? "dialog" : nothing}
      @click=${this.press}
    >
      ${avatar(this.hass, person)}
      <span class="name"><bdi>${person.name}</bdi></span>
      <span class="now"><span class="word">${this.texts.presence(person.presence)}</span>${this.time(person)}</span>
      ${this.why(person)}
    </button>`;
  }

  private time(person: ShownPerson): TemplateResult | typeof nothing {
    const { presence, since } = person;
    const until = person.until ?? person.until_expected;
    if (!presence) return nothing;
    if (until)
      return html`<span class="time">${this.texts.get("until", { when: shortTime(this.hass, until) })}</span>`;
    if (!since || person.pending) return nothing;
    return html`<span class="time">${this.texts.get("since", { when: shortTime(this.hass, since) })}</span>`;
  }

  private why(person: ShownPerson): TemplateResult | typeof nothing {
    const { note, reason, controlled, source } = person;
    const decided = controlled && source !== "own" ? reason : null;
    const activity = ACTIVITIES.find((each) => person[each]);
    if (!note && !decided && !activity) return nothing;
    return html`<span class="why">
      ${activity ? html`<span class="activity">${this.texts.activity(activity)}</span>` : nothing}
      ${note ? html`<span class="note"><bdi>${note}</bdi></span>` : nothing}
      ${decided ? html`<span class="reason">${decided}</span>` : nothing}
    </span>`;
  }

  private follow(): void {
    if (this.followed === this.person || !this.isConnected) return;
    this.stop?.();
    this.followed = this.person;
    this.stop = this.people.listen(this.person, () => this.requestUpdate());
  }

  private press(): void {
    const person = this.people.get(this.person);
    if (person?.may_control) openQuickChoices(this, this.hass, this.texts, person.id);
    else if (person?.presence_entity) fire(this, "hass-more-info", { entityId: person.presence_entity });
  }

  static override styles = [
    signStyles,
    presenceOf,
    avatarStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        content-visibility: auto;
        contain-intrinsic-size: auto 6em;
        border-radius: var(--radius, 12px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        width: 100%;
        height: 100%;
        min-height: 6em;
        display: grid;
        grid-template: "avatar name" auto "avatar now" auto "avatar why" auto / auto minmax(0, 1fr);
        align-content: center;
        column-gap: var(--ha-space-3, 12px);
        padding: var(--ha-space-3, 12px);
        cursor: pointer;
        --surface: color-mix(in srgb, var(--fill) var(--tint, 7%), var(--card-background-color, #fff));
        background: var(--surface);
        border: 1px solid color-mix(in srgb, var(--fill) 28%, var(--card-background-color, #fff));
        border-radius: inherit;
        color: var(--primary-text-color);
        font-size: 1em;
        line-height: 1.4;
        -webkit-tap-highlight-color: transparent;
        transition:
          background-color var(--ha-animation-duration-normal, 250ms),
          border-color var(--ha-animation-duration-normal, 250ms);
      }
      button:hover {
        --surface: color-mix(in srgb, var(--fill) calc(var(--tint, 7%) + 5%), var(--card-background-color, #fff));
      }
      button:focus-visible {
        outline: 3px solid var(--color);
        outline-offset: -3px;
      }
      .avatar {
        grid-area: avatar;
        align-self: center;
      }
      .name,
      .note,
      .time {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name {
        grid-area: name;
        font-size: 1.14em;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .now {
        grid-area: now;
        display: flex;
        column-gap: 0.5em;
      }
      .word {
        flex: none;
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .time,
      .why {
        color: var(--secondary-text-color);
      }
      .why {
        grid-area: why;
        display: grid;
        font-size: 0.86em;
      }
      .reason {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .note {
        color: var(--primary-text-color);
        font-style: italic;
      }
      [data-pending] .word {
        animation: waiting 1.2s ease-in-out infinite;
      }
      @keyframes waiting {
        50% {
          opacity: 0.4;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        button,
        [data-pending] .word {
          transition: none;
          animation: none;
        }
      }

      /* For the wall: a surface in the color of the presence; the text grows with it. */
      :host([size="large"]) {
        container-type: size;
        content-visibility: visible;
      }
      :host([size="large"]) button {
        --avatar: min(24cqw, 42cqh);
        min-height: 0;
        grid-template: "avatar name" auto "now now" auto "why why" auto / auto minmax(0, 1fr);
        column-gap: 4cqw;
        padding: 3cqh 5cqw;
        font-size: min(9.5cqw, 17cqh);
        line-height: 1.2;
        background: var(--fill);
        border-color: transparent;
        color: var(--on);
      }
      :host([size="large"]) :is(.word, .time, .why, .note) {
        color: inherit;
      }
      :host([size="large"]) .avatar {
        background: color-mix(in srgb, var(--on) 22%, var(--fill));
        color: var(--on);
        --surface: var(--fill);
      }
      :host([size="large"]) .name {
        font-size: 1em;
        font-weight: var(--ha-font-weight-bold, 700);
        align-self: center;
        display: -webkit-box;
        white-space: normal;
        overflow-wrap: anywhere;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      :host([size="large"]) .now {
        margin-block-start: 4cqh;
        font-size: 0.72em;
      }
      :host([size="large"]) .avatar > span {
        font-size: 0.9em;
      }
      :host([size="large"]) .why {
        margin-block-start: 2cqh;
        font-size: 0.64em;
      }
      :host([size="large"]) .note + .reason {
        display: none;
      }
      :host([size="large"]) [data-presence="offline"],
      :host([size="large"]) [data-presence="unknown"] {
        background: var(--card-background-color, #fff);
        border-color: var(--divider-color);
        color: var(--secondary-text-color);
      }

      /* On a phone a row. */
      @container (min-width: 340px) and (max-width: 480px) {
        :host([size="regular"]) button {
          --avatar: 2.6em;
          min-height: 4.2em;
          grid-template: "avatar name now" auto "avatar why why" auto / auto minmax(0, 1fr) auto;
          padding-block: var(--ha-space-2, 8px);
        }
        :host([size="regular"]) button:not(:has(.why)) {
          grid-template-areas: "avatar name now";
          grid-template-rows: auto;
          align-items: center;
        }
        :host([size="regular"]) .now {
          justify-content: end;
          align-self: center;
        }
        :host([size="regular"]) .note + .reason {
          display: none;
        }
      }
    `,
  ];
}
customElements.define("presence-person", PresencePerson);
