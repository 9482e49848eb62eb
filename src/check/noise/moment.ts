/** When a date or a time of day says it is; a time of day alone counts from midnight. */
interface Moment {
  readonly atMs: number;
  readonly grain: 'day' | 'moment' | 'time of day';
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Less than the smallest distance that time zones usually have: the runs that are compared follow each other sooner. */
const nearMs = 29 * 60_000;

/**
 * Whether a time could be the original's of a little later: the clock of the slim image is the same, but without its
 * time zone data it shows another hour. Times that are far apart in the original already, or can't be read, say nothing.
 */
export function couldFollow(text: string, seen: readonly string[]): boolean {
  const moments = seen.map(readMoment);
  const [first] = moments;
  const moment = readMoment(text);
  if (first === undefined) return true;
  if (moments.some((other) => other === undefined || !areNear(first, other))) return true;
  return moment !== undefined && moments.some((other) => other !== undefined && areNear(moment, other));
}

function areNear(one: Moment, other: Moment): boolean {
  if (one.grain !== other.grain) return false;
  const apartMs = Math.abs(one.atMs - other.atMs);
  if (one.grain === 'day') return apartMs <= dayMs;
  if (one.grain === 'moment') return apartMs <= nearMs;
  return Math.min(apartMs, dayMs - apartMs) <= nearMs;
}

function readMoment(text: string): Moment | undefined {
  const time = /(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?(?: ([AP])M)?/.exec(text);
  const date = readDate(time === null ? text : text.slice(0, time.index));
  if (time === null) return date === undefined ? undefined : { atMs: date, grain: 'day' };
  // Of two numbers alone nobody knows whether they are a time.
  if (date === undefined && time[3] === undefined) return undefined;
  const hours = time[4] === undefined ? Number(time[1]) : (Number(time[1]) % 12) + (time[4] === 'P' ? 12 : 0);
  const timeMs = hours * hourMs + Number(time[2]) * 60_000 + Number(time[3] ?? 0) * 1000;
  return date === undefined ? { atMs: timeMs, grain: 'time of day' } : { atMs: date + timeMs, grain: 'moment' };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The day's midnight, taken for UTC; without a year, of a leap year. */
function readDate(text: string): number | undefined {
  const iso = /(\d{4})[-/](\d\d)[-/](\d\d)/.exec(text);
  if (iso !== null) return Date.UTC(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const named = new RegExp(months.join('|')).exec(text);
  const numbers = [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (named !== null) return Date.UTC(numbers[1] ?? 2000, months.indexOf(named[0]), numbers[0]);
  const [one = 0, two = 0, year] = numbers;
  if (year === undefined) return undefined;
  const isDayFirst = text.includes('.') || one > 12;
  return isDayFirst ? Date.UTC(year, two - 1, one) : Date.UTC(year, one - 1, two);
}
