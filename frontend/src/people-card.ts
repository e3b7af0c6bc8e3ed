import { css, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import { BoardCard, cardStyles, type CardConfig, type Shown } from "./card";
import { fitWall } from "./fit";
import { formOf, type Form } from "./forms";
import { fire, type Hass } from "./ha";
import { loadLabels } from "./labels";
import { nobody, notice, noticeStyles } from "./notice";
import { ANY, LIST, type People } from "./people";
import { presenceColors, signStyles } from "./presence";
import "./presence-clock";
import "./presence-person";
import "./presence-summary";
import {
  groupsByName,
  sectionsOf,
  selectPeople,
  type GroupBy,
  type Section,
  type Selection,
} from "./selection";

export interface PeopleCardConfig extends CardConfig, Selection {
  title?: string;
  group_by?: GroupBy;
  size?: "regular" | "large";
  summary?: boolean;
  others?: boolean; // Whether those in no area, label or group are shown too.
  clock?: boolean;
  kiosk?: boolean;
}

const GAP = 8;

// Everybody, or some, in a grid; by area, label or group if that is asked for.
export class PresencePeopleCard extends BoardCard<PeopleCardConfig> {
  static override properties: PropertyDeclarations = { wall: { state: true }, labels: { state: true } };
  declare wall: { width: number; height: number } | undefined;
  declare labels: ReadonlyMap<string, string> | undefined;

  readonly connectedWhileHidden = true; // Or it would not hear of the first group.

  private drawn = "";
  private isKiosk = false;
  private readonly resized = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect;
    this.wall = { width, height };
  });

  static getConfigForm(): Form {
    return formOf(
      { name: "title", selector: { text: {} } },
      { name: "areas", selector: { area: { multiple: true } } },
      { name: "labels", selector: { label: { multiple: true } } },
      { name: "group_by", options: ["none", "area", "label", "group"] },
      { name: "order", options: ["name", "presence"] },
      { name: "size", options: ["regular", "large"] },
      { name: "hide_offline", selector: { boolean: {} } },
      { name: "summary", selector: { boolean: {} }, default: true },
      { name: "clock", selector: { boolean: {} } },
    );
  }

  static getStubConfig(): Omit<PeopleCardConfig, "type"> {
    return { group_by: "none" };
  }

  override setConfig(config: PeopleCardConfig): void {
    for (const list of ["areas", "labels", "groups", "entities"] as const) {
      if (config[list] !== undefined && !Array.isArray(config[list]))
        throw new Error(`${list} must be a list`);
    }
    super.setConfig(config);
  }

  getGridOptions() {
    return { columns: "full", rows: "auto", min_columns: 6 };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.showAsKiosk(false);
  }

  protected override follow(people: People) {
    return [people.listen(LIST, () => this.requestUpdate()), people.listen(ANY, () => this.rearrange())];
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("config") && this.config?.group_by === "label" && this.hass) {
      void loadLabels(this.hass).then((labels) => (this.labels = labels));
    }
    this.toggleAttribute("large", this.config?.size === "large");
  }

  protected override draw(shown: Shown<PeopleCardConfig>) {
    const { hass, people, texts } = shown;
    const sections = this.sections();
    this.drawn = JSON.stringify(sections);
    const everybody = [...new Set(sections.flatMap((section) => section.people))];
    const isStale = people.problem !== undefined;
    return html`
      ${notice(hass, people, texts)}
      ${everybody.length ? this.header(everybody, isStale, shown) : nothing}
      <div class="sections" ?data-stale=${isStale}>
        ${
          everybody.length
            ? repeat(
                sections,
                ({ id }) => id,
                (section) => this.section(section, sections.length === 1, shown),
              )
            : nobody(hass, people, texts)
        }
      </div>
    `;
  }

  protected override updated(): void {
    const { config, people } = this;
    this.hide(Boolean(config?.others === false && people?.loaded && this.drawn === "[]" && !this.preview));
    this.showAsKiosk(Boolean(config?.kiosk && this.isPanel && !this.preview));
    const grid = this.config?.size === "large" && this.renderRoot.querySelector(".sections");
    if (grid) this.resized.observe(grid);
    else this.resized.disconnect();
  }

  // A change of one person is drawn by that one, unless it moves or hides somebody.
  private rearrange(): void {
    if (!this.config?.hide_offline && this.config?.order !== "presence") return;
    if (this.drawn !== JSON.stringify(this.sections())) this.requestUpdate();
  }

  private showAsKiosk(enable: boolean): void {
    if (this.isKiosk === enable) return;
    this.isKiosk = enable;
    fire(window, "hass-kiosk-mode", { enable });
  }

  private hide(hidden: boolean): void {
    if (this.hidden === hidden) return;
    this.hidden = hidden;
    fire(this, "card-visibility-changed", { value: !hidden });
  }

  private header(ids: string[], isStale: boolean, { hass, people, texts, config }: Shown<PeopleCardConfig>) {
    const { title, clock, size, summary = true } = config;
    if (!title && !clock && !summary) return nothing;
    return html`<header ?data-stale=${isStale}>
      <div>
        ${title ? html`<h2><bdi>${title}</bdi></h2>` : nothing}
        ${
          summary
            ? html`<presence-summary
                .people=${people}
                .texts=${texts}
                .ids=${ids}
                .level=${title ? 3 : 2}
                ?wide=${size === "large"}
              ></presence-summary>`
            : nothing
        }
      </div>
      ${clock ? html`<presence-clock .hass=${hass} .locale=${hass.locale}></presence-clock>` : nothing}
    </header>`;
  }

  private section(
    { id, people: ids }: Section,
    isOnly: boolean,
    { hass, people, texts, config }: Shown<PeopleCardConfig>,
  ): TemplateResult {
    const isTitled = config.group_by && config.group_by !== "none" && !(isOnly && !id);
    const size = config.size ?? "regular";
    return html`<section>
      ${
        isTitled
          ? html`<presence-summary
              .people=${people}
              .texts=${texts}
              .ids=${ids}
              .heading=${this.titleOf(id)}
              .level=${3}
            ></presence-summary>`
          : nothing
      }
      <div class="grid" role="list" style=${styleMap(isOnly && size === "large" ? this.fill(ids.length) : {})}>
        ${repeat(
          ids,
          (person) => person,
          (person) => html`<presence-person
            role="listitem"
            .hass=${hass}
            .people=${people}
            .person=${person}
            .texts=${texts}
            .locale=${hass.locale}
            .size=${size}
          ></presence-person>`,
        )}
      </div>
    </section>`;
  }

  private sections(): Section[] {
    const { hass, people, config } = this;
    if (!hass || !people || !config) return [];
    const chosen = selectPeople(people.people.values(), config, hass.language);
    const by = config.group_by ?? "none";
    const sections = sectionsOf(chosen, by, this.orderOf(by, hass, people, config));
    return config.others === false ? sections.filter(({ id }) => id) : sections;
  }

  private orderOf(by: GroupBy, hass: Hass, people: People, config: PeopleCardConfig): string[] {
    const limited = (ids: string[], only: string[] | undefined) =>
      only?.length ? ids.filter((id) => only.includes(id)) : ids;
    if (by === "area") return limited(Object.keys(hass.areas), config.areas);
    if (by === "label") return limited([...(this.labels?.keys() ?? [])], config.labels);
    if (by === "none") return [];
    const groups = groupsByName(people.groups, hass.language);
    return limited(
      groups.map(({ id }) => id),
      config.groups,
    );
  }

  private titleOf(id: string): string {
    const names = {
      none: () => undefined,
      area: () => this.hass?.areas[id]?.name,
      label: () => this.labels?.get(id),
      group: () => this.people?.groups.find((group) => group.id === id)?.name,
    };
    const by = this.config?.group_by ?? "none";
    return names[by]() ?? this.texts!.get(`without.${by}`);
  }

  private fill(count: number): Record<string, string> {
    if (!this.wall) return {};
    const { columns, height } = fitWall(count, this.wall.width, this.wall.height, GAP);
    return { "grid-template-columns": `repeat(${columns}, 1fr)`, "grid-auto-rows": `${height}px` };
  }

  static override styles = [
    cardStyles,
    signStyles,
    presenceColors,
    noticeStyles,
    css`
      header {
        display: flex;
        justify-content: space-between;
        align-items: start;
        gap: var(--ha-space-4, 16px);
        line-height: 1.25;
        margin: 0 var(--ha-space-1, 4px) var(--ha-space-4, 16px);
      }
      .sections {
        container-type: inline-size;
        display: grid;
        gap: var(--ha-space-5, 20px);
      }
      section > presence-summary {
        margin: 0 var(--ha-space-1, 4px) var(--ha-space-2, 8px);
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 19em), 1fr));
        gap: 8px;
      }
      :host([large]) {
        display: flex;
        flex-direction: column;
        min-height: 420px;
        font-size: clamp(14px, 1.5vmax, 48px);
      }
      :host([large][hidden]) {
        display: none;
      }
      :host([large][panel]) {
        max-width: none;
        height: calc(100dvh - var(--header-height, 56px) - var(--safe-area-inset-top, 0px));
        padding: clamp(8px, 1vmax, 32px);
      }
      :host([large]) header {
        margin-block-end: clamp(8px, 1vmax, 24px);
      }
      :host([large]) .sections {
        flex: 1;
        min-height: 0;
        align-content: start;
        overflow-y: auto;
      }
      :host([large]) .grid {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
        grid-auto-rows: 112px;
      }
    `,
  ];
}
customElements.define("presence-people-card", PresencePeopleCard);
