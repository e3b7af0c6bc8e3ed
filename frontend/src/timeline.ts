import type { Presence } from "./messages";

export interface Point {
  at: number; // ms
  presence: Presence | null;
}

export interface Segment {
  from: number;
  to: number;
  presence: Presence | null;
  expected: boolean;
}

const HOUR_MS = 3_600_000;

// The hours of a day that are shown, and those before or after them when it is that early or late.
export const windowOf = (midnight: number, now: number, startHour: number, endHour: number) => {
  const hour = (now - midnight) / HOUR_MS;
  const start = Math.max(0, Math.min(startHour, Math.floor(hour)));
  const end = Math.min(24, Math.max(endHour, Math.ceil(hour + 1), start + 1));
  return { start: midnight + start * HOUR_MS, end: midnight + end * HOUR_MS };
};

// What was until now, and what is expected after it. Points are in order; one lasts until the next.
export const segmentsOf = (
  past: Point[],
  future: Point[],
  now: number,
  start: number,
  end: number,
): Segment[] => {
  const upToNow = past.filter(({ at }) => at <= now);
  const current = upToNow.at(-1)?.presence ?? null;
  const parts = [
    ...spans(upToNow, now).map((span) => ({ ...span, expected: false })),
    ...spans([{ at: now, presence: current }, ...future.filter(({ at }) => at > now)], end).map((span) => ({
      ...span,
      expected: true,
    })),
  ];
  const segments: Segment[] = [];
  for (const { from, to, presence, expected } of parts) {
    const part = { from: Math.max(from, start), to: Math.min(to, end), presence, expected };
    if (part.to <= part.from) continue;
    const last = segments.at(-1);
    if (last && last.presence === presence && last.expected === expected && last.to === part.from)
      last.to = part.to;
    else segments.push(part);
  }
  return segments;
};

const spans = (points: Point[], end: number) =>
  points.map(({ at, presence }, n) => ({ from: at, to: points[n + 1]?.at ?? end, presence }));

// Every so many hours, so that at most this many marks are drawn.
export const hourMarks = (start: number, end: number, most: number): number[] => {
  const hours = Math.round((end - start) / HOUR_MS);
  const step = [1, 2, 3, 4, 6, 12].find((each) => hours / each <= most) ?? 24;
  return Array.from({ length: Math.floor(hours / step) + 1 }, (_, n) => start + n * step * HOUR_MS);
};
