import { expect, it } from "vitest";
import { fitWall } from "../src/fit";

it.each([
  ["twelve on a tablet", 12, 1000, 470, 4],
  ["one", 1, 1000, 470, 1],
  ["six on a wide screen", 6, 1880, 900, 3],
  ["six upright", 6, 780, 1400, 1],
  ["twelve on a large screen", 12, 3800, 2000, 4],
])("%s fill the wall", (_, count, width, height, columns) => {
  const fit = fitWall(count, width, height, 8);
  expect(fit.columns).toBe(columns);
  const rows = Math.ceil(count / fit.columns);
  expect(fit.height * rows + 8 * (rows - 1)).toBeLessThanOrEqual(height);
});

it("lets too many be scrolled rather than be too small", () => {
  expect(fitWall(300, 1000, 470, 8)).toEqual({ columns: 6, height: 72 });
});

it("has a column even where there is no room", () => {
  expect(fitWall(3, 0, 0, 8).columns).toBe(1);
});
