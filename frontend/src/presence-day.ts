import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { avatar, avatarStyles } from "./avatar";
import { clockTime, shortTime } from "./format";
import type { Hass } from "./ha";
import {
  DOMAIN,
  type DecisionsResult,
  type ForecastResult,
  type PastDecision,
  type PeopleResult,
  type Person,
} from "./messages";
import type { People } from "./people";
import { presenceOf, signStyles } from "./presence";
import type { Texts } from "./texts";
import { segmentsOf, type Point, type Segment } from "./timeline";

const HOUR_MS = 3_600_000;
const SETTLE_MS = 2000; // Several changes at once are one question for the forecast.

// What one person was today, and will be as far as rules and calendars tell; and each decision.
class PresenceDay extends LitElement {
  static override properties = {
    person: { attribute: false },
    past: { attribute: false },
    texts: { attribute: false },
    now: { attribute: false },
    start: { attribute: false },
    end: { attribute: false },
    future: { state: true },
    decisions: { state: true },
    open: { state: true },
  };
  declare person: string;
  declare past: Point[];
  declare texts: Texts;
  declare now: number;
  declare start: number;
  declare end: number;
  declare future: Point[];
  declare decisions: PastDecision[] | undefined;
  declare open: boolean;
  hass!: Hass;
  people!: People;

  private since: Point[] = []; // What has changed while this is shown.
  private stop: (() => void) | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;
  private readonly seen = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    this.seen.disconnect();
    void this.askForecast();
  });

  constructor() {
    super();
    this.future = [];
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.people.listen(this.person, () => this.changed());
    this.seen.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.seen.disconnect();
    clearTimeout(this.asking);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("past")) this.since = [];
  }

  protected override render() {
    const person = this.people.get(this.person);
    if (!person) return nothing;
    const segments = segmentsOf(this.pointsOf(person), this.future, this.now, this.start, this.end);
    return html`<div class="row" data-presence=${person.presence ?? "unknown"}>
        <button aria-expanded=${this.open} aria-controls="decisions" ?disabled=${!person.controlled} @click=${this.toggle}>
          ${avatar(this.hass, person)}
          <span class="name"><bdi>${person.name}</bdi></span>
          <span class="word">${this.texts.presence(person.presence)}</span>
        </button>
        <div class="strip" role="img" aria-label=${this.spoken(segments)}>
          ${segments.map((segment) => this.segment(segment))}
          <span class="now" style="inset-inline-start:${this.place(this.now)}%"></span>
        </div>
      </div>
      <ol id="decisions" ?hidden=${!this.open}>
        ${this.open ? this.list() : nothing}
      </ol>`;
  }

  private segment({ from, to, presence, expected }: Segment): TemplateResult {
    const width = this.place(to) - this.place(from);
    const word = this.texts.presence(presence);
    const times = `${clockTime(this.hass, new Date(from))} – ${clockTime(this.hass, new Date(to))}`;
    return html`<span
      class=${expected ? "segment expected" : "segment"}
      data-presence=${presence ?? "unknown"}
      title="${word}, ${times}"
      style="inset-inline-start:${this.place(from)}%;width:${width}%"
      >${width > 12 && presence !== "offline" ? html`<span>${word}</span>` : nothing}</span
    >`;
  }

  private list(): TemplateResult | TemplateResult[] {
    if (!this.decisions?.length) {
      return html`<li><span>${this.texts.get(this.decisions ? "no_decisions" : "loading")}</span></li>`;
    }
    return this.decisions.map(
      ({ at, wanted, reason, cause }) => html`<li data-presence=${wanted ?? "unknown"}>
        <time datetime=${at}>${shortTime(this.hass, at)}</time>
        <span><b dir="auto">${reason}</b>${cause ? html`<span class="cause" dir="auto">${cause}</span>` : nothing}</span>
      </li>`,
    );
  }

  private place(time: number): number {
    return Math.round(((time - this.start) / (this.end - this.start)) * 10_000) / 100;
  }

  private spoken(segments: Segment[]): string {
    const clock = (time: number) => clockTime(this.hass, new Date(time));
    const say = (expected: boolean) =>
      segments
        .filter((segment) => segment.expected === expected)
        .map(({ presence, from, to }) => `${this.texts.presence(presence)} ${clock(from)} – ${clock(to)}`)
        .join(", ");
    return this.texts.get("day_spoken", { past: say(false), future: say(true) });
  }

  private pointsOf({ presence, since }: Person): Point[] {
    const points = [...this.past, ...this.since];
    if (points.at(-1)?.presence === presence) return points;
    const at = Math.max(since ? Date.parse(since) : this.now, points.at(-1)?.at ?? 0);
    return [...points, { at: Math.min(at, this.now), presence }];
  }

  private changed(): void {
    const person = this.people.get(this.person);
    if (person && !person.pending) {
      this.now = Math.max(this.now, Date.now());
      this.since = this.pointsOf(person).slice(this.past.length);
    }
    this.requestUpdate();
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      void this.askForecast();
      if (this.open) void this.askDecisions();
    }, SETTLE_MS);
  }

  private toggle(): void {
    this.open = !this.open;
    if (this.open) void this.askDecisions();
  }

  private async ask<Result>(command: string, more: object = {}): Promise<Result | undefined> {
    const person = this.people.get(this.person);
    if (!person?.controlled) return undefined;
    const { entry_id, subentry_id } = person;
    const answer = await this.hass
      .callWS<PeopleResult<Result>>({
        type: `${DOMAIN}/${command}`,
        person: { entry_id, subentry_id },
        language: this.hass.language,
        ...more,
      })
      .catch(() => undefined); // What is away is said by the card.
    return answer && Object.values(answer.people)[0];
  }

  private async askForecast(): Promise<void> {
    const hours = Math.max(1, Math.ceil((this.end - Date.now()) / HOUR_MS));
    const forecast = await this.ask<ForecastResult["people"][string]>("forecast", { hours });
    this.future = (forecast?.changes ?? []).map(({ at, shown }) => ({ at: Date.parse(at), presence: shown }));
  }

  private async askDecisions(): Promise<void> {
    const answer = await this.ask<DecisionsResult["people"][string]>("decisions");
    this.decisions = answer?.decisions ?? [];
  }

  static override styles = [
    signStyles,
    presenceOf,
    avatarStyles,
    css`
      :host {
        display: block;
        --avatar: 2.6em;
      }
      .row {
        display: grid;
        grid-template-columns: var(--names, 15em) minmax(0, 1fr);
        align-items: center;
        gap: var(--ha-space-2, 8px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: grid;
        grid-template: "avatar name" auto "avatar word" auto / auto minmax(0, 1fr);
        column-gap: var(--ha-space-3, 12px);
        align-items: center;
        padding: var(--ha-space-1, 4px);
        border-radius: var(--ha-border-radius-md, 8px);
        line-height: 1.3;
        cursor: pointer;
      }
      button[disabled] {
        cursor: default;
      }
      button:focus-visible {
        outline: 3px solid var(--primary-color);
      }
      .avatar {
        grid-area: avatar;
      }
      .name {
        grid-area: name;
        font-weight: var(--ha-font-weight-medium, 500);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        text-align: start;
      }
      .word {
        grid-area: word;
        color: var(--color);
        font-size: 0.9em;
      }
      .strip {
        position: relative;
        height: 2.3em;
        border-radius: var(--ha-border-radius-md, 8px);
        overflow: hidden;
        background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
      }
      .segment {
        position: absolute;
        inset-block: 0;
        display: grid;
        align-items: center;
        background: var(--fill);
        color: var(--on);
        box-shadow: inset 0 0 0 0.5px var(--card-background-color, #fff);
      }
      .segment > span {
        padding-inline: 8px;
        font-size: 0.86em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .segment[data-presence="offline"]:not(.expected) {
        background: color-mix(in srgb, var(--fill) 45%, transparent);
      }
      .segment[data-presence="unknown"] {
        background: transparent;
      }
      .segment.expected {
        background: repeating-linear-gradient(
          -45deg,
          color-mix(in srgb, var(--fill) 30%, transparent) 0 4px,
          color-mix(in srgb, var(--fill) 14%, transparent) 4px 8px
        );
        color: var(--primary-text-color);
      }
      .segment[data-presence="unknown"].expected {
        background: transparent;
      }
      .segment.expected > span {
        justify-self: start;
        padding: 1px 6px;
        margin-inline-start: 4px;
        border-radius: 6px;
        background: var(--card-background-color, #fff);
      }
      .now {
        position: absolute;
        inset-block: 0;
        width: 2px;
        margin-inline-start: -1px;
        background: var(--primary-text-color);
      }
      ol {
        margin: var(--ha-space-1, 4px) 0 var(--ha-space-3, 12px);
        padding: 0;
        padding-inline-start: calc(var(--names, 15em) + var(--ha-space-2, 8px));
        list-style: none;
        display: grid;
        gap: var(--ha-space-1, 4px);
      }
      ol[hidden] {
        display: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--ha-space-3, 12px);
        padding-inline-start: var(--ha-space-3, 12px);
        border-inline-start: 3px solid var(--fill, var(--divider-color));
        font-size: 0.93em;
        overflow-wrap: anywhere;
      }
      li time,
      .cause {
        color: var(--secondary-text-color);
        font-variant-numeric: tabular-nums;
      }
      li b {
        display: block;
        font-weight: var(--ha-font-weight-normal, 400);
        text-align: start;
      }
      @container (max-width: 560px) {
        .row {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        ol {
          padding-inline-start: 0;
        }
        .segment > span {
          display: none;
        }
      }
    `,
  ];
}
customElements.define("presence-day", PresenceDay);
