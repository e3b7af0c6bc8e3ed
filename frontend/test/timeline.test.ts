import { describe, expect, it } from "vitest";
import { hourMarks, segmentsOf, windowOf } from "../src/timeline";

const HOUR = 3_600_000;

describe("segmentsOf", () => {
  const past = [
    { at: 8, presence: "available" as const },
    { at: 10, presence: "busy" as const },
  ];

  it("goes on as it is when nothing is expected", () => {
    expect(segmentsOf(past, [], 12, 7, 19)).toEqual([
      { from: 8, to: 10, presence: "available", expected: false },
      { from: 10, to: 12, presence: "busy", expected: false },
      { from: 12, to: 19, presence: "busy", expected: true },
    ]);
  });

  it("shows what is expected, and forgets what was expected before now", () => {
    const future = [
      { at: 11, presence: "away" as const },
      { at: 13, presence: "available" as const },
    ];
    expect(segmentsOf(past, future, 12, 7, 19).filter(({ expected }) => expected)).toEqual([
      { from: 12, to: 13, presence: "busy", expected: true },
      { from: 13, to: 19, presence: "available", expected: true },
    ]);
  });

  it("cuts what is outside", () => {
    expect(segmentsOf(past, [], 12, 9, 11)).toEqual([
      { from: 9, to: 10, presence: "available", expected: false },
      { from: 10, to: 11, presence: "busy", expected: false },
    ]);
  });

  it("joins what is the same, as after a restart", () => {
    const restarted = [...past, { at: 11, presence: "busy" as const }];
    expect(segmentsOf(restarted, [], 12, 7, 12)).toHaveLength(2);
  });

  it("knows nothing without a past", () => {
    expect(segmentsOf([], [], 12, 7, 19)).toEqual([{ from: 12, to: 19, presence: null, expected: true }]);
  });
});

describe("windowOf", () => {
  it.each([
    [12, 7, 19],
    [5.5, 5, 19],
    [21.5, 7, 23],
    [23.9, 7, 24],
  ])("at %d shows %d to %d", (now, start, end) => {
    expect(windowOf(0, now * HOUR, 7, 19)).toEqual({ start: start * HOUR, end: end * HOUR });
  });
});

it("marks at most so many hours", () => {
  expect(hourMarks(7 * HOUR, 19 * HOUR, 6).map((mark) => mark / HOUR)).toEqual([7, 9, 11, 13, 15, 17, 19]);
  expect(hourMarks(0, 24 * HOUR, 6).map((mark) => mark / HOUR)).toEqual([0, 4, 8, 12, 16, 20, 24]);
});
