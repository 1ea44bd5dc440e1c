/** Numbers, dates and times as the reader's own language and time zone write them. */

const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const bareDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exactMoment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

export function number(value: number): string {
  return whole.format(value);
}

/** Returns a number as the service writes it, `1299.90`, with as many decimals; anything else as it is. */
export function decimal(text: string): string {
  const digits = /^-?\d+(?:\.(\d+))?$/.exec(text);
  if (digits === null) return text;
  const decimals = digits[1]?.length ?? 0;
  const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return format.format(Number(text));
}

/** `1 row`, `2 rows`; the plural is the word with an s unless given. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}

/**
 * Returns a share of a whole, never rounded to all or nothing: a file with one error in 10,000 rows is not 100 % fine.
 */
export function percent(part: number, total: number): string {
  if (total === 0 || part === 0 || part === total) return tenths.format(total === 0 ? 0 : part / total);
  return tenths.format(Math.min(Math.max(part / total, 0.001), 0.999));
}

/** A day without a time, `2026-11-24`, is the same day wherever the reader is. */
export function date(iso: string): string {
  return (iso.length === 10 ? bareDay : day).format(new Date(iso));
}

export function dateTime(iso: string): string {
  return moment.format(new Date(iso));
}

/** Returns day, time to the second and time zone, for whom the short form leaves a question. */
export function exactDateTime(iso: string): string {
  return exactMoment.format(new Date(iso));
}

/** Returns how long it took: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(seconds)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return rounded % 60 ? `${minutes} min ${rounded % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

export function between(from: string, to: string): string {
  return duration(Date.parse(to) - Date.parse(from));
}

/** Returns a size in the unit that people know from their file manager: `812 bytes`, `48 kB`, `3.6 MB`. */
export function bytes(size: number): string {
  if (size < 1000) return count(size, 'byte');
  const [value, unit] = size < 999_500 ? [size / 1000, 'kB'] : [size / 1_000_000, 'MB'];
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}
