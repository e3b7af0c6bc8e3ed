import { LitElement, html, nothing } from "lit";
import { labelOf, schemaOf } from "./forms";
import { fire, type Hass } from "./ha";
import { LIST, People } from "./people";
import { groupsByName } from "./selection";
import { loadTexts, type Texts } from "./texts";
import type { BoardConfig } from "./view-strategies";

// The options of the dashboard.
class PresenceBoardEditor extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    texts: { state: true },
  };
  declare hass: Hass | undefined;
  declare config: BoardConfig | undefined;
  declare texts: Texts | undefined;

  private stop: (() => void) | undefined;

  setConfig(config: BoardConfig): void {
    this.config = config;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = undefined;
  }

  protected override willUpdate(): void {
    const { hass } = this;
    if (!hass) return;
    if (this.texts?.language !== hass.language) void loadTexts(hass).then((texts) => (this.texts = texts));
    People.of(hass.connection).speak(hass.language);
    this.stop ??= People.of(hass.connection).listen(LIST, () => this.requestUpdate());
  }

  protected override render() {
    const { hass, config, texts } = this;
    if (!hass || !config || !texts) return nothing;
    const groups = groupsByName(People.of(hass.connection).groups, hass.language);
    const options = groups.map(({ id, name }) => ({ value: id, label: name }));
    const schema = schemaOf(
      { name: "areas", selector: { area: { multiple: true } } },
      { name: "labels", selector: { label: { multiple: true } } },
      ...(options.length ? [{ name: "groups", selector: { select: { multiple: true, options } } }] : []),
      { name: "order", options: ["name", "presence"] },
      { name: "size", options: ["regular", "large"] },
      { name: "hide_offline", selector: { boolean: {} } },
      { name: "kiosk", selector: { boolean: {} } },
    );
    return html`<ha-form
      .hass=${hass}
      .data=${{ order: "name", size: "regular", ...config }}
      .schema=${schema}
      .computeLabel=${labelOf}
      @value-changed=${this.change}
    ></ha-form>`;
  }

  private change(event: CustomEvent<{ value: BoardConfig }>): void {
    event.stopPropagation();
    fire(this, "config-changed", { config: event.detail.value });
  }
}
customElements.define("presence-board-editor", PresenceBoardEditor);
