import { css, html } from "lit";
import { BoardCard, cardStyles, type CardConfig, type Shown } from "./card";
import { formOf, type Form } from "./forms";
import type { Hass } from "./ha";
import { DOMAIN } from "./messages";
import { nobody, notice, noticeStyles } from "./notice";
import { LIST, type People } from "./people";
import { presenceColors, signStyles } from "./presence";
import "./presence-person";

export interface PersonCardConfig extends CardConfig {
  entity: string;
  size?: "regular" | "large";
}

export const isPresenceSensor = (hass: Hass, entityId: string): boolean => {
  const entity = hass.entities[entityId];
  return (
    entity?.platform === DOMAIN && entity.translation_key === "presence" && entityId.startsWith("sensor.")
  );
};

// One person, by the presence sensor.
export class PresencePersonCard extends BoardCard<PersonCardConfig> {
  static getConfigForm(): Form {
    return formOf(
      {
        name: "entity",
        required: true,
        selector: { entity: { filter: { integration: DOMAIN, domain: "sensor", device_class: "enum" } } },
      },
      { name: "size", options: ["regular", "large"] },
    );
  }

  static getStubConfig(hass: Hass): Omit<PersonCardConfig, "type"> {
    return { entity: Object.keys(hass.entities).find((each) => isPresenceSensor(hass, each)) ?? "" };
  }

  override setConfig(config: PersonCardConfig): void {
    if (typeof config.entity !== "string") throw new Error("entity must be a presence sensor");
    super.setConfig(config);
  }

  override getCardSize(): number {
    return 2;
  }

  getGridOptions() {
    return { columns: 6, rows: this.config?.size === "large" ? 3 : "auto", min_columns: 4 };
  }

  protected override follow(people: People) {
    return [people.listen(LIST, () => this.requestUpdate())];
  }

  protected override draw({ hass, people, texts, config }: Shown<PersonCardConfig>) {
    const person = [...people.people.values()].find(
      ({ presence_entity }) => presence_entity === config.entity,
    );
    return html`${notice(hass, people, texts)}
    ${
      person
        ? html`<presence-person
            ?data-stale=${people.problem !== undefined}
            .hass=${hass}
            .people=${people}
            .person=${person.id}
            .texts=${texts}
            .locale=${hass.locale}
            .size=${config.size ?? "regular"}
          ></presence-person>`
        : nobody(hass, people, texts)
    }`;
  }

  static override styles = [
    cardStyles,
    signStyles,
    presenceColors,
    noticeStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        container-type: inline-size;
      }
      presence-person {
        flex: 1;
      }
      presence-person[size="large"] {
        min-height: 140px;
      }
    `,
  ];
}
customElements.define("presence-person-card", PresencePersonCard);
