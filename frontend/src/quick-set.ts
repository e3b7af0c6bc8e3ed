import { LitElement, css, html, nothing } from "lit";
import { choose, reasonOf } from "./actions";
import { fire, type Hass } from "./ha";
import { DOMAIN, type Presence } from "./messages";
import { People } from "./people";
import { presenceColors } from "./presence";
import "./presence-choice";
import { loadTexts, type Texts } from "./texts";

interface Context {
  entity_id?: string;
}

export const isQuickSetSupported = (hass: Hass, { entity_id }: Context): boolean => {
  const entity = entity_id ? hass.entities[entity_id] : undefined;
  return entity?.platform === DOMAIN && entity.translation_key === "presence";
};

// The six presences as a feature of Home Assistant's own tile of a person.
class PresenceQuickSet extends LitElement {
  static override properties = {
    context: { attribute: false },
    texts: { attribute: false },
    dark: { type: Boolean, reflect: true },
  };
  declare context: Context | undefined;
  declare texts: Texts | undefined;
  declare dark: boolean;
  color?: string;
  position?: string;

  private current: Hass | undefined;
  private stop: (() => void) | undefined;

  static getStubConfig(): { type: string } {
    return { type: "custom:presence-quick-set" };
  }

  setConfig(): void {
    // There is nothing to configure.
  }

  get hass(): Hass | undefined {
    return this.current;
  }

  set hass(hass: Hass | undefined) {
    const before = this.current;
    this.current = hass;
    if (!hass) return;
    this.dark = hass.themes.darkMode;
    if (before?.language === hass.language) return;
    People.of(hass.connection).speak(hass.language);
    void loadTexts(hass).then((texts) => (this.texts = texts));
    if (this.isConnected) this.follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = undefined;
  }

  protected override render() {
    const { texts, person } = this;
    if (!texts || !person?.may_control) return nothing;
    return html`<presence-choice
      compact
      .texts=${texts}
      .value=${person.presence}
      .label=${texts.get("choices.presence")}
      @chosen=${(event: CustomEvent<{ presence: Presence }>) => this.choose(event.detail.presence)}
    ></presence-choice>`;
  }

  private get person() {
    const { hass, context } = this;
    const entity = context?.entity_id;
    if (!hass || !entity) return undefined;
    const people = People.of(hass.connection);
    const found = [...people.people.values()].find(
      ({ presence_entity, set_presence_entity }) =>
        presence_entity === entity || set_presence_entity === entity,
    );
    return found && people.get(found.id);
  }

  private follow(): void {
    if (this.current)
      this.stop ??= People.of(this.current.connection).listen("any", () => this.requestUpdate());
  }

  private async choose(presence: Presence): Promise<void> {
    const { hass, person } = this;
    if (!hass || !person) return;
    try {
      await choose(hass, person, { presence });
    } catch (error) {
      fire(this, "hass-notification", { message: await reasonOf(hass, error) });
    }
  }

  static override styles = [
    presenceColors,
    css`
      :host {
        display: block;
      }
    `,
  ];
}
customElements.define("presence-quick-set", PresenceQuickSet);
