import type { Hass } from "./ha";

const DAY_MS = 86_400_000;

const zoneOf = ({ locale, config }: Hass): string | undefined =>
  locale.time_zone === "server" ? config.time_zone : undefined;

const formats = new Map<string, Intl.DateTimeFormat>();

// Making a format costs more than all else about a person.
const format = (hass: Hass, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const { language, time_format } = hass.locale;
  const zone = zoneOf(hass);
  const key = [language, time_format, zone, ...Object.values(options)].join();
  let made = formats.get(key);
  if (!made) {
    const chosen = time_format === "12" || time_format === "24";
    made = new Intl.DateTimeFormat(time_format === "system" ? undefined : language, {
      ...options,
      ...(zone && { timeZone: zone }),
      ...(chosen && options.hour && { hourCycle: time_format === "12" ? "h12" : "h23" }),
    });
    formats.set(key, made);
  }
  return made;
};

export const clockTime = (hass: Hass, time: Date): string =>
  format(hass, { hour: "numeric", minute: "2-digit" }).format(time);

export const longDate = (hass: Hass, time: Date): string =>
  format(hass, { weekday: "long", day: "numeric", month: "long" }).format(time);

const dayOf = (hass: Hass, time: Date): string =>
  format(hass, { year: "numeric", month: "numeric", day: "numeric" }).format(time);

// A time in as few words as say it: today the clock, within six days the weekday too, else the date.
export const shortTime = (hass: Hass, iso: string, now = new Date()): string => {
  const time = new Date(iso);
  const clock = clockTime(hass, time);
  if (dayOf(hass, time) === dayOf(hass, now)) return clock;
  const far = Math.abs(time.getTime() - now.getTime()) > 6 * DAY_MS;
  const day = format(hass, far ? { day: "numeric", month: "short" } : { weekday: "short" }).format(time);
  return far ? day : `${day} ${clock}`;
};

// When the day of a time begins where Home Assistant's user lives.
export const startOfDay = (hass: Hass, now: Date): Date => {
  const parts = new Intl.DateTimeFormat("en", {
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
    ...(zoneOf(hass) && { timeZone: zoneOf(hass) as string }),
  }).formatToParts(now);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const passed = part("hour") * 3600 + part("minute") * 60 + part("second");
  return new Date(Math.floor(now.getTime() / 1000) * 1000 - passed * 1000);
};

// Up to two letters: of the first and the last word of a name.
export const initials = (name: string): string => {
  const words = name
    .split(/[\s@._,-]+/)
    .map((word) => word.match(/[\p{L}\p{N}]/u)?.[0])
    .filter((letter): letter is string => letter !== undefined);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].join("").toLocaleUpperCase();
};
