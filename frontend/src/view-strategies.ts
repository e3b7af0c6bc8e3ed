import type { Selection } from "./selection";

export interface BoardConfig extends Selection {
  type: string;
  size?: "regular" | "large";
  kiosk?: boolean;
}

type View = (config: BoardConfig) => object;

const panel = (card: object): object => ({ type: "panel", cards: [card] });

const selectionOf = ({ areas, labels, groups, hide_offline, order }: BoardConfig): Selection =>
  JSON.parse(JSON.stringify({ areas, labels, groups, hide_offline, order })) as Selection;

const people: View = (config) => {
  const { size, kiosk } = config;
  const forTheWall = size === "large" || kiosk;
  return panel({
    type: "custom:presence-people-card",
    ...selectionOf(config),
    size: size ?? "regular",
    clock: Boolean(forTheWall),
    kiosk: Boolean(kiosk),
  });
};

const rooms: View = (config) => ({
  type: "sections",
  max_columns: 4,
  sections: (["area", "group"] as const).map((by) => ({
    type: "grid",
    column_span: 4,
    cards: [
      {
        type: "custom:presence-people-card",
        ...selectionOf(config),
        group_by: by,
        summary: by === "area",
        others: by === "area",
        grid_options: { columns: "full" },
      },
    ],
  })),
});

const rules: View = () => panel({ type: "custom:presence-rules-card" });

const today: View = (config) => panel({ type: "custom:presence-timeline-card", ...selectionOf(config) });

// What a view holds depends on its options alone: cards follow people, areas, groups and rules.
for (const [name, view] of Object.entries({ people, rooms, rules, today })) {
  customElements.define(
    `ll-strategy-view-presence-${name}`,
    class extends HTMLElement {
      static generate = async (config: BoardConfig) => view(config);
      static shouldRegenerate = () => false;
    },
  );
}
