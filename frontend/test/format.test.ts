import { describe, expect, it } from "vitest";
import { clockTime, initials, shortTime, startOfDay } from "../src/format";
import type { Hass, Locale } from "../src/ha";

const hassIn = (zone: string, locale: Partial<Locale> = {}) =>
  ({
    config: { time_zone: zone },
    locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server", ...locale },
  }) as Hass;

const noon = new Date("2026-11-29T12:00:00Z");

describe("times", () => {
  it("are those of Home Assistant's zone, where the user wants that", () => {
    expect(clockTime(hassIn("America/New_York"), noon)).toBe("07:00");
  });

  it.each([
    ["12", "12:00 PM"],
    ["24", "12:00"],
    ["language", "12:00 PM"],
  ] as const)("have %s hours", (time_format, text) => {
    expect(clockTime(hassIn("UTC", { time_format }), noon).replace(/\s/g, " ")).toBe(text);
  });

  it.each([
    ["2026-11-29T08:05:00Z", "08:05"],
    ["2026-11-28T23:30:00Z", "Sat 23:30"],
    ["2026-11-02T10:00:00Z", "Nov 2"],
  ])("%s is said as %s", (iso, text) => {
    expect(shortTime(hassIn("UTC"), iso, noon)).toBe(text);
  });

  it("have a day that begins where the user lives", () => {
    expect(startOfDay(hassIn("UTC"), noon).toISOString()).toBe("2026-11-29T00:00:00.000Z");
    expect(startOfDay(hassIn("Asia/Tokyo"), noon).toISOString()).toBe("2026-11-28T15:00:00.000Z");
  });
});

it.each([
  ["Anna Lindqvist", "AL"],
  ["Felix de Vries", "FV"],
  ["greta", "G"],
  ["anna@example.com", "AC"],
  ["נועה לוי", "נל"],
  ["<b>Bold</b>", "B"],
  ["🦊", ""],
  ["", ""],
])("the initials of %s are %s", (name, letters) => expect(initials(name)).toBe(letters));
