import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Colour = readonly number[];

const css = readFileSync(new URL('../../src/html-page/page.css', import.meta.url), 'utf8');

/** Variables that are one colour in light and another in dark; `#` and six digits each. */
function coloursOf(scheme: 'light' | 'dark'): (name: string) => Colour {
  const found = css.matchAll(/--([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));/g);
  const colours = new Map(
    [...found].map(([, name = '', light, dark, both]) => [name, both ?? { light, dark }[scheme] ?? '']),
  );
  return (name) => {
    const hex = colours.get(name) ?? '';
    expect(hex, name).not.toBe('');
    return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  };
}

const mix = (one: Colour, other: Colour, share: number): Colour =>
  one.map((value, at) => value * share + (other[at] ?? 0) * (1 - share));

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one: Colour, other: Colour): number {
  const luminance = (colour: Colour) => {
    const [red = 0, green = 0, blue = 0] = colour.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  const colour = coloursOf(scheme);

  test.each([
    ['ink', ['page', 'panel', 'good-page', 'bad-page', 'warning-page']],
    ['dim', ['page', 'panel']],
    ['accent', ['page', 'panel', 'warning-page']],
    ['panel', ['ink']],
    ['good', ['good-page', 'panel', 'page']],
    ['bad', ['bad-page', 'panel', 'page']],
    ['warning', ['warning-page', 'panel']],
    ['stayed-ink', ['stayed']],
    ['went-ink', ['went']],
  ])('%s can be read (WCAG 2.2, 1.4.3)', (text, backs) => {
    for (const back of backs) expect(contrast(colour(text), colour(back)), back).toBeGreaterThanOrEqual(4.5);
  });

  test('so can what stands on hatching and in the chosen row', () => {
    expect(css, 'the hatching').toContain('color-mix(in srgb, var(--went) 78%, var(--went-line))');
    const hatch = mix(colour('went'), colour('went-line'), 0.78);
    expect(contrast(colour('went-ink'), hatch)).toBeGreaterThanOrEqual(4.5);
    expect(css, 'the chosen row').toContain('color-mix(in srgb, var(--accent) 18%, var(--panel))');
    const chosen = mix(colour('accent'), colour('panel'), 0.18);
    for (const text of ['ink', 'dim']) expect(contrast(colour(text), chosen), text).toBeGreaterThanOrEqual(4.5);
  });

  test('the focus in the map is seen on every part of it, by one of its two lines (1.4.11)', () => {
    for (const part of ['stayed', 'went']) {
      const lines = ['ink', 'panel'].map((line) => contrast(colour(line), colour(part)));
      expect(Math.max(...lines), part).toBeGreaterThanOrEqual(3);
    }
  });
});

test('no text is made paler than its colour', () => {
  expect(css.match(/opacity: (?!0;)[\d.]+/g)).toBeNull();
});
