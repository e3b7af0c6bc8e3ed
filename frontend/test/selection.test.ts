import { describe, expect, it } from "vitest";
import { countPresences, sectionsOf, selectPeople, type Selection } from "../src/selection";
import { person } from "./people";

const anna = person("anna", { name: "Anna", area_id: "studio", labels: ["tv"], groups: ["hotline"] });
const ben = person("ben", { name: "ben", presence: "offline", area_id: "studio" });
const clara = person("clara", { name: "Clara", presence: "busy", labels: ["radio", "tv"] });
const everybody = [clara, ben, anna];

const selected = (selection: Selection) => selectPeople(everybody, selection, "en").map(({ id }) => id);

describe("selectPeople", () => {
  it.each<[Selection, string[]]>([
    [{}, ["anna", "ben", "clara"]],
    [{ areas: [] }, ["anna", "ben", "clara"]],
    [{ areas: ["studio"] }, ["anna", "ben"]],
    [{ areas: ["elsewhere"] }, []],
    [{ labels: ["radio"], groups: ["hotline"] }, ["anna", "clara"]],
    [{ entities: ["sensor.ben_presence"] }, ["ben"]],
    [{ hide_offline: true }, ["anna", "clara"]],
    [{ order: "presence" }, ["anna", "clara", "ben"]],
  ])("%j", (selection, ids) => expect(selected(selection)).toEqual(ids));

  it("orders names as the language does", () => {
    const people = ["Zoe", "Ömer", "Person 10", "Person 9"].map((name) => person(name));
    expect(selectPeople(people, {}, "de").map(({ name }) => name)).toEqual([
      "Ömer",
      "Person 9",
      "Person 10",
      "Zoe",
    ]);
  });
});

describe("sectionsOf", () => {
  it("is one without grouping, and none without people", () => {
    expect(sectionsOf([anna, ben], "none", [])).toEqual([{ id: "", people: ["anna", "ben"] }]);
    expect(sectionsOf([], "none", [])).toEqual([]);
  });

  it("puts those without an area last, and leaves out empty areas", () => {
    expect(sectionsOf([anna, ben, clara], "area", ["kitchen", "studio"])).toEqual([
      { id: "studio", people: ["anna", "ben"] },
      { id: "", people: ["clara"] },
    ]);
  });

  it("puts somebody with two labels into both", () => {
    expect(sectionsOf([anna, clara], "label", ["radio", "tv"])).toEqual([
      { id: "radio", people: ["clara"] },
      { id: "tv", people: ["anna", "clara"] },
    ]);
  });

  it("puts those of an unknown group with the rest", () => {
    expect(sectionsOf([anna], "group", [])).toEqual([{ id: "", people: ["anna"] }]);
  });
});

describe("countPresences", () => {
  it("counts from available to unknown", () => {
    expect(countPresences(["busy", null, "available", "busy"])).toEqual([
      ["available", 1],
      ["busy", 2],
      [null, 1],
    ]);
  });
});
