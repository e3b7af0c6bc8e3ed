import { css, html, nothing, type PropertyDeclarations } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { BoardCard, cardStyles, type CardConfig, type Shown } from "./card";
import { formOf, type Form } from "./forms";
import { clockTime, startOfDay } from "./format";
import type { Hass } from "./ha";
import type { Person, Presence } from "./messages";
import { nobody, notice, noticeStyles } from "./notice";
import { LIST, type People } from "./people";
import { PRESENCES, presenceColors, signStyles } from "./presence";
import "./presence-day";
import { selectPeople, type Selection } from "./selection";
import { hourMarks, windowOf, type Point } from "./timeline";

export interface TimelineCardConfig extends CardConfig, Selection {
  title?: string;
  start_hour?: number;
  end_hour?: number;
}

// A state of the recorder, as its command sends them: the state and when, in seconds.
interface RecordedState {
  s: string;
  lu: number;
}

const MINUTE_MS = 60_000;
const START_HOUR = 7;
const END_HOUR = 19;
const MOST_MARKS = 6;

const presenceFrom = (state: string): Presence | null => PRESENCES.find((each) => each === state) ?? null;

// Everybody's day: what was, what will be, and why.
export class PresenceTimelineCard extends BoardCard<TimelineCardConfig> {
  static override properties: PropertyDeclarations = { now: { state: true }, history: { state: true } };
  declare now: number;
  declare history: ReadonlyMap<string, Point[]>;

  private tick: ReturnType<typeof setInterval> | undefined;
  private asked = "";

  constructor() {
    super();
    this.now = Date.now();
    this.history = new Map();
  }

  static getConfigForm(): Form {
    const hour = (max: number) => ({ number: { min: 0, max, mode: "slider" } });
    return formOf(
      { name: "title", selector: { text: {} } },
      { name: "areas", selector: { area: { multiple: true } } },
      { name: "labels", selector: { label: { multiple: true } } },
      { name: "order", options: ["name", "presence"] },
      { name: "start_hour", selector: hour(23), default: START_HOUR },
      { name: "end_hour", selector: hour(24), default: END_HOUR },
    );
  }

  static getStubConfig(): Omit<TimelineCardConfig, "type"> {
    return { start_hour: START_HOUR, end_hour: END_HOUR };
  }

  getGridOptions() {
    return { columns: "full", rows: "auto", min_columns: 6 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tick = setInterval(() => (this.now = Date.now()), MINUTE_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.tick);
    this.asked = "";
  }

  protected override follow(people: People) {
    return [people.listen(LIST, () => this.requestUpdate())];
  }

  protected override draw({ hass, people, texts, config }: Shown<TimelineCardConfig>) {
    const chosen = selectPeople(people.people.values(), config, hass.language);
    const { start, end } = this.hours(hass, config);
    if (!people.problem) void this.askHistory(hass, chosen, start);
    const marks = hourMarks(start, end, MOST_MARKS);
    return html`
      ${notice(hass, people, texts)}
      ${
        chosen.length
          ? html`<div class="card" ?data-stale=${people.problem !== undefined}>
              ${config.title ? html`<h2 dir="auto">${config.title}</h2>` : nothing}
              <div class="axis" aria-hidden="true">
                ${marks.map(
                  (mark) => html`<span
                    class=${mark === end ? "end" : ""}
                    style="inset-inline-start:${((mark - start) / (end - start)) * 100}%"
                    >${clockTime(hass, new Date(mark))}</span
                  >`,
                )}
              </div>
              ${repeat(
                chosen,
                ({ id }) => id,
                ({ id, presence_entity }) => html`<presence-day
                  .hass=${hass}
                  .people=${people}
                  .person=${id}
                  .texts=${texts}
                  .past=${this.history.get(presence_entity ?? "") ?? NOTHING}
                  .now=${Math.max(this.now, start)}
                  .start=${start}
                  .end=${end}
                ></presence-day>`,
              )}
            </div>`
          : nobody(hass, people, texts)
      }
    `;
  }

  private hours(hass: Hass, { start_hour = START_HOUR, end_hour = END_HOUR }: TimelineCardConfig) {
    const midnight = startOfDay(hass, new Date(this.now)).getTime();
    return windowOf(midnight, this.now, start_hour, end_hour);
  }

  // One question for all, again when there are others or the server was away.
  private async askHistory(hass: Hass, people: Person[], start: number): Promise<void> {
    const entities = people.map(({ presence_entity }) => presence_entity).filter(Boolean);
    const key = JSON.stringify([entities, start]);
    if (key === this.asked || !entities.length) return;
    this.asked = key;
    const answer = await hass
      .callWS<Record<string, RecordedState[]>>({
        type: "history/history_during_period",
        start_time: new Date(start).toISOString(),
        entity_ids: entities,
        minimal_response: true,
        no_attributes: true,
        significant_changes_only: false,
      })
      .catch(() => ({})); // Without the recorder there is no past.
    this.history = new Map(
      Object.entries(answer).map(([entity, states]) => [
        entity,
        states.map(({ s, lu }) => ({ at: lu * 1000, presence: presenceFrom(s) })),
      ]),
    );
  }

  static override styles = [
    cardStyles,
    signStyles,
    presenceColors,
    noticeStyles,
    css`
      :host {
        --names: 15em;
      }
      .card {
        container-type: inline-size;
        display: grid;
        gap: var(--ha-space-2, 8px);
        padding: var(--ha-space-4, 16px);
        border: 1px solid var(--divider-color);
        border-radius: var(--radius);
        background: var(--card-background-color, #fff);
      }
      .axis {
        position: relative;
        height: 1.4em;
        margin-inline-start: calc(var(--names) / 0.86 + var(--ha-space-2, 8px));
        color: var(--secondary-text-color);
        font-size: 0.86em;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .axis span {
        position: absolute;
        translate: -50%;
      }
      .axis span:first-child {
        translate: 0;
      }
      .axis .end {
        translate: -100%;
      }
      @container (max-width: 560px) {
        .axis {
          margin-inline-start: 0;
        }
        .axis span:nth-child(even) {
          display: none;
        }
      }
    `,
  ];
}
const NOTHING: Point[] = [];
customElements.define("presence-timeline-card", PresenceTimelineCard);
