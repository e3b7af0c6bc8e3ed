/// <reference types="vite/client" />
import { expect, it } from "vitest";
import english from "../../custom_components/cisco_unified_presence/translations/en.json";
import { Texts } from "../src/texts";

const BOARD = "component.cisco_unified_presence.config_panel.board.";
const WORD = "component.cisco_unified_presence.entity.sensor.presence.state.";
const texts = new Texts("en", {
  [`${BOARD}count`]: "{available} of {total}",
  [`${WORD}busy`]: "Busy",
  [`${BOARD}unknown`]: "Unknown",
});

it("fills in values, and leaves what has none", () => {
  expect(texts.get("count", { available: 3, total: 6 })).toBe("3 of 6");
  expect(texts.get("count", { available: "{total}" })).toBe("{total} of {total}");
});

it("has a word for each presence, and for none", () => {
  expect([texts.presence("busy"), texts.presence("away"), texts.presence(null)]).toEqual([
    "Busy",
    "away",
    "Unknown",
  ]);
});

it("has each text that the sources name", () => {
  const sources = Object.values(
    import.meta.glob<string>("../src/*.ts", { query: "?raw", import: "default", eager: true }),
  );
  const named = sources.flatMap((source) =>
    [...source.matchAll(/texts\??\.get\(\s*"([\w.]+)"/g)].map((match) => match[1]!),
  );
  const find = (key: string) =>
    key
      .split(".")
      .reduce<unknown>((tree, part) => (tree as Record<string, unknown>)?.[part], english.config_panel.board);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((key) => typeof find(key) !== "string")).toEqual([]);
});
