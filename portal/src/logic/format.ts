/** Numbers, sizes and times as the reader's own language and time zone write them. */

const numbers = new Intl.NumberFormat();
const percentages = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exactMoments = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export function number(value: number): string {
  return numbers.format(value);
}

/** `plural(1, 'row')` is "1 row", `plural(1200, 'row')` is "1,200 rows". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Never rounded to 100 % or 0 % unless it is all or nothing. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return percentages.format(0);
  const share = part / whole;
  if (part > 0 && share < 0.001) return `< ${percentages.format(0.001)}`;
  if (part < whole && share > 0.999) return `> ${percentages.format(0.999)}`;
  return percentages.format(share);
}

export function dateTime(iso: string): string {
  return moments.format(new Date(iso));
}

/** Returns day, time to the second and time zone, for whom the short form leaves a question. */
export function exactDateTime(iso: string): string {
  return exactMoments.format(new Date(iso));
}

export function date(iso: string): string {
  return days.format(new Date(iso));
}

/** Bytes in units of 1,024, as file managers show them. */
export function size(bytes: number): string {
  if (bytes < 1024) return plural(bytes, 'byte');
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}

/** Seconds as "8 s", "2 min 5 s", "1 h 20 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
