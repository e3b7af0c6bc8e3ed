import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { reasonOf } from "./actions";
import { BoardCard, cardStyles, type CardConfig, type Shown } from "./card";
import { formOf, type Form } from "./forms";
import { shortTime } from "./format";
import { fire, navigate, type Hass } from "./ha";
import type { Condition, Rule, RuleConditions, Truth } from "./messages";
import { notice, noticeStyles } from "./notice";
import { LIST, type People } from "./people";
import { presenceColors, presenceOf, sign, signStyles } from "./presence";
import { Rules } from "./rules";

export interface RulesCardConfig extends CardConfig {
  title?: string;
  conditions?: boolean;
}

const TRUTH_SIGNS: Record<Truth, string> = {
  true: "M5 12.5l4.5 4.5L19 7",
  false: "M7 7l10 10M17 7L7 17",
  unknown: "M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8m0 3h.01",
};

// What each rule wants, for whom it wins now, and which of its conditions are true.
export class PresenceRulesCard extends BoardCard<RulesCardConfig> {
  static override properties: PropertyDeclarations = { switched: { state: true } };
  declare switched: ReadonlyMap<string, boolean>; // Switches that were pressed and are not confirmed.

  constructor() {
    super();
    this.switched = new Map();
  }

  static getConfigForm(): Form {
    return formOf(
      { name: "title", selector: { text: {} } },
      { name: "conditions", selector: { boolean: {} }, default: true },
    );
  }

  static getStubConfig(): Omit<RulesCardConfig, "type"> {
    return { conditions: true };
  }

  getGridOptions() {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  protected override follow(people: People) {
    const { hass } = this;
    if (!hass) return [];
    return [
      people.listen(LIST, () => this.requestUpdate()),
      Rules.of(hass.connection).listen(hass.language, () => this.requestUpdate()),
    ];
  }

  protected override draw(shown: Shown<RulesCardConfig>) {
    const { hass, people, texts, config } = shown;
    const rules = Rules.of(hass.connection);
    const problem = people.problem ?? rules.problem;
    return html`
      ${notice(hass, people, texts, problem)}
      ${config.title ? html`<h2 dir="auto">${config.title}</h2>` : nothing}
      ${
        rules.loaded && !rules.rules.size
          ? html`<div class="nobody"><p>${texts.get("no_rules")}</p></div>`
          : html`<ul class="rules" ?data-stale=${problem !== undefined}>
              ${repeat(
                rules.inOrder,
                ({ id }) => id,
                (rule) => this.rule(rule, shown),
              )}
            </ul>`
      }
    `;
  }

  private rule(rule: Rule, shown: Shown<RulesCardConfig>): TemplateResult {
    const { hass, texts, config } = shown;
    const wins = rule.wins_for.length > 0;
    const presence = rule.presence === "own" ? null : rule.presence;
    return html`<li data-presence=${rule.presence ?? "unknown"} class=${wins ? "rule wins" : "rule"}>
      <div class="head">
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${sign(presence)}</svg>
        <h3><bdi>${rule.name}</bdi></h3>
        <p class="what">
          <span class="word">${this.wanted(rule, shown)}</span>
          <span class="state">${texts.get(`rule_state.${rule.status}`)}</span>
          ${rule.until ? html`<span>${texts.get("until", { when: shortTime(hass, rule.until) })}</span>` : nothing}
        </p>
        ${rule.edit_url && hass.user?.is_admin ? this.link(rule.edit_url, rule, shown) : nothing}
        ${rule.switch_entity ? this.switch(rule, shown) : nothing}
      </div>
      <p class="people">
        ${
          wins
            ? html`<span class="label">${texts.get("wins_for")}</span> ${this.names(rule.wins_for, shown)}`
            : html`<span class="label">${texts.get("concerns")}</span> ${this.names(rule.people, shown)}`
        }
      </p>
      ${config.conditions === false ? nothing : rule.evaluations.map((each) => this.evaluation(each, shown))}
    </li>`;
  }

  private wanted({ presence }: Rule, { texts }: Shown<RulesCardConfig>): string {
    if (presence === null) return texts.get("depends");
    return presence === "own" ? texts.get("own") : texts.presence(presence);
  }

  private names(ids: string[], { hass, people, texts }: Shown<RulesCardConfig>): TemplateResult {
    const names = ids
      .map((id) => people.people.get(id)?.name)
      .filter((name): name is string => Boolean(name));
    if (!names.length) return html`${texts.get("nobody_now")}`;
    return html`<bdi>${new Intl.ListFormat(hass.language, { type: "unit" }).format(names)}</bdi>`;
  }

  private evaluation(
    { person, conditions }: RuleConditions,
    { people }: Shown<RulesCardConfig>,
  ): TemplateResult {
    const name = person && people.people.get(person)?.name;
    return html`${name ? html`<h4><bdi>${name}</bdi></h4>` : nothing}${this.conditions(conditions)}`;
  }

  private conditions(conditions: Condition[]): TemplateResult | typeof nothing {
    if (!conditions.length) return nothing;
    return html`<ul class="conditions">
      ${conditions.map(
        ({ text, value, conditions: inner }) => html`<li data-truth=${value}>
          <svg class="sign" viewBox="0 0 24 24" role="img" aria-label=${this.texts?.get(`truth.${value}`) ?? ""}>
            <path d=${TRUTH_SIGNS[value]} stroke-width="3" />
          </svg>
          <span><bdi>${text}</bdi></span>
          ${this.conditions(inner)}
        </li>`,
      )}
    </ul>`;
  }

  private link(url: string, { name }: Rule, { texts }: Shown<RulesCardConfig>): TemplateResult {
    return html`<a
      href=${url}
      aria-label=${texts.get("edit_rule", { rule: name })}
      title=${texts.get("edit_rule", { rule: name })}
      @click=${(event: MouseEvent) => {
        event.preventDefault();
        navigate(url);
      }}
      ><svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3" stroke-width="1.8" /></svg
    ></a>`;
  }

  private switch(rule: Rule, { hass, texts }: Shown<RulesCardConfig>): TemplateResult {
    const on = this.switched.get(rule.id) ?? rule.on;
    return html`<button
      role="switch"
      aria-checked=${on}
      aria-label=${texts.get("enable_rule", { rule: rule.name })}
      ?disabled=${!rule.may_control}
      @click=${() => this.turn(hass, rule, !on)}
    ></button>`;
  }

  private async turn(hass: Hass, { id, switch_entity }: Rule, on: boolean): Promise<void> {
    this.switched = new Map(this.switched).set(id, on);
    try {
      await hass.callService("switch", on ? "turn_on" : "turn_off", {}, { entity_id: switch_entity! }, false);
    } catch (error) {
      fire(this, "hass-notification", { message: await reasonOf(hass, error) });
    } finally {
      const others = new Map(this.switched);
      others.delete(id);
      this.switched = others;
    }
  }

  static override styles = [
    cardStyles,
    signStyles,
    presenceColors,
    presenceOf,
    noticeStyles,
    css`
      h3,
      h4,
      p,
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .rules {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 25em), 1fr));
        gap: var(--ha-space-2, 8px);
      }
      .rule {
        display: flex;
        flex-direction: column;
        gap: var(--ha-space-2, 8px);
        padding: var(--ha-space-4, 16px);
        border: 1px solid var(--divider-color);
        border-radius: var(--radius);
        background: var(--card-background-color, #fff);
      }
      .wins {
        border-color: color-mix(in srgb, var(--fill) 45%, var(--card-background-color, #fff));
        background: color-mix(in srgb, var(--fill) 7%, var(--card-background-color, #fff));
      }
      .head {
        display: grid;
        grid-template: "sign name link switch" auto "sign what link switch" auto / auto minmax(0, 1fr) auto auto;
        column-gap: var(--ha-space-3, 12px);
        align-items: center;
        line-height: 1.3;
      }
      .head > svg {
        grid-area: sign;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        background: color-mix(in srgb, var(--color) 15%, var(--card-background-color, #fff));
        color: var(--color);
      }
      .wins .head > svg {
        background: var(--fill);
        color: var(--on);
      }
      h3 {
        grid-area: name;
        font-size: 1.14em;
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
        overflow-wrap: anywhere;
      }
      .what {
        grid-area: what;
        display: flex;
        flex-wrap: wrap;
        column-gap: 0.6em;
        color: var(--secondary-text-color);
      }
      .word {
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .label,
      .conditions {
        color: var(--secondary-text-color);
      }
      h4 {
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
      }
      .conditions {
        display: grid;
        gap: 2px;
      }
      .conditions .conditions {
        grid-column: 2;
      }
      .conditions li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        column-gap: var(--ha-space-2, 8px);
        text-align: start;
        overflow-wrap: anywhere;
      }
      .conditions svg {
        width: 16px;
        height: 16px;
        margin-block-start: 2px;
        color: var(--secondary-text-color);
      }
      [data-truth="true"] > svg {
        color: var(--available-color);
      }
      [data-truth="true"] > span {
        color: var(--primary-text-color);
      }
      [data-truth="unknown"] > svg {
        color: var(--away-color);
      }
      a {
        grid-area: link;
        display: grid;
        padding: 8px;
        border-radius: 50%;
        color: var(--secondary-text-color);
      }
      a:hover {
        background: var(--secondary-background-color);
      }
      a svg {
        width: 20px;
        height: 20px;
      }
      [role="switch"] {
        all: unset;
        grid-area: switch;
        position: relative;
        box-sizing: border-box;
        width: 48px;
        height: 28px;
        border-radius: 14px;
        border: 2px solid var(--secondary-text-color);
        cursor: pointer;
        transition: background-color var(--ha-animation-duration-fast, 150ms);
      }
      [role="switch"]::after {
        content: "";
        position: absolute;
        inset-block: 4px;
        inset-inline-start: 4px;
        width: 16px;
        border-radius: 50%;
        background: var(--secondary-text-color);
        transition: inset-inline-start var(--ha-animation-duration-fast, 150ms);
      }
      [role="switch"][aria-checked="true"] {
        border-color: var(--available-fill);
        background: var(--available-fill);
      }
      [role="switch"][aria-checked="true"]::after {
        inset-inline-start: 24px;
        background: var(--available-on);
      }
      [role="switch"][disabled] {
        opacity: 0.5;
        cursor: default;
      }
      :is(a, [role="switch"]):focus-visible {
        outline: 3px solid var(--primary-color);
        outline-offset: 1px;
      }
    `,
  ];
}
customElements.define("presence-rules-card", PresenceRulesCard);
