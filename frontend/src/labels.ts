import type { Hass } from "./ha";

interface Label {
  label_id: string;
  name: string;
}

// The names of labels by their ids, by name. Home Assistant does not hand them to cards.
export const loadLabels = async (hass: Hass): Promise<ReadonlyMap<string, string>> => {
  const labels = await hass.callWS<Label[]>({ type: "config/label_registry/list" });
  const byName = new Intl.Collator(hass.language);
  labels.sort((one, other) => byName.compare(one.name, other.name));
  return new Map(labels.map(({ label_id, name }) => [label_id, name]));
};
