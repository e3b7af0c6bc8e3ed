import { css, svg, type SVGTemplateResult } from "lit";
import type { Presence } from "./messages";

export const PRESENCES: readonly Presence[] = [
  "available",
  "busy",
  "do_not_disturb",
  "away",
  "vacation",
  "offline",
];

// Signs that tell presences apart without their colors, drawn as lines in a square of 24.
const SIGNS: Record<Presence | "unknown", string> = {
  available: "M6.5 12.5l4 4 7.5-8.5",
  busy: "M12 12h.01",
  do_not_disturb: "M7 12h10",
  away: "M12 6.5V12l3.5 3.5",
  vacation: "M17 7L7 17m0-7.5V17h7.5",
  offline: "M8 8l8 8m0-8l-8 8",
  unknown: "M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8m0 3h.01",
};

export const sign = (presence: Presence | null): SVGTemplateResult => svg`<path
  d=${SIGNS[presence ?? "unknown"]}
  stroke-width=${presence === "busy" ? 9 : 3}
/>`;

export const signStyles = css`
  svg.sign {
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;

// Colors of presences. A theme may set any of the --presence-… variables:
// -color is for text and lines on a card, -fill for surfaces, -on for text on such a surface.
// The defaults hold 4.5:1 on a card, on its tint of a presence, and of text on a surface.
export const presenceColors = css`
  :host {
    --available-color: var(--presence-color-available, #14692f);
    --busy-color: var(--presence-color-busy, #b3261e);
    --do-not-disturb-color: var(--presence-color-do-not-disturb, #7a1fa0);
    --away-color: var(--presence-color-away, #7a5000);
    --vacation-color: var(--presence-color-vacation, #175aa8);
    --offline-color: var(--presence-color-offline, #565b61);
    --available-fill: var(--presence-fill-available, #18803b);
    --busy-fill: var(--presence-fill-busy, #c5281f);
    --do-not-disturb-fill: var(--presence-fill-do-not-disturb, #7f22a8);
    --away-fill: var(--presence-fill-away, #f5b62e);
    --vacation-fill: var(--presence-fill-vacation, #1d67bd);
    --offline-fill: var(--presence-fill-offline, #656b72);
    --available-on: var(--presence-on-available, #fff);
    --busy-on: var(--presence-on-busy, #fff);
    --do-not-disturb-on: var(--presence-on-do-not-disturb, #fff);
    --away-on: var(--presence-on-away, #221600);
    --vacation-on: var(--presence-on-vacation, #fff);
    --offline-on: var(--presence-on-offline, #fff);
  }
  :host([dark]) {
    --tint: 14%;
    --available-color: var(--presence-color-available, #67d68c);
    --busy-color: var(--presence-color-busy, #ff958c);
    --do-not-disturb-color: var(--presence-color-do-not-disturb, #dfa3f7);
    --away-color: var(--presence-color-away, #ffc95c);
    --vacation-color: var(--presence-color-vacation, #8fc1ff);
    --offline-color: var(--presence-color-offline, #b3b8be);
  }
`;

// Gives an element with data-presence, and all inside, the colors of that presence.
export const presenceOf = css`
  [data-presence] {
    --color: var(--offline-color);
    --fill: var(--offline-fill);
    --on: var(--offline-on);
  }
  [data-presence="available"] {
    --color: var(--available-color);
    --fill: var(--available-fill);
    --on: var(--available-on);
  }
  [data-presence="busy"] {
    --color: var(--busy-color);
    --fill: var(--busy-fill);
    --on: var(--busy-on);
  }
  [data-presence="do_not_disturb"] {
    --color: var(--do-not-disturb-color);
    --fill: var(--do-not-disturb-fill);
    --on: var(--do-not-disturb-on);
  }
  [data-presence="away"] {
    --color: var(--away-color);
    --fill: var(--away-fill);
    --on: var(--away-on);
  }
  [data-presence="vacation"] {
    --color: var(--vacation-color);
    --fill: var(--vacation-fill);
    --on: var(--vacation-on);
  }
`;
