// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how variables are written.
import { describe, expect, test } from 'vitest';
import { interpolate } from '../../../src/cli/configuration/interpolate.ts';

const env = { TAG: '1.2', EMPTY: '' };

describe('variables in a configuration', () => {
  test.each([
    ['app:$TAG', 'app:1.2'],
    ['app:${TAG}', 'app:1.2'],
    ['${EMPTY}', ''],
    ['${EMPTY:-none}', 'none'],
    ['${EMPTY-none}', ''],
    ['${NOPE-none}', 'none'],
    ['${NOPE:-}', ''],
    ['${TAG:?is needed}', '1.2'],
    ['${TAG:+tagged}', 'tagged'],
    ['${NOPE:+tagged}', ''],
    ['echo $$HOME costs $$5', 'echo $HOME costs $5'],
    ['${NOPE:-a$$b}', 'a$b'],
    ['$${TAG}', '${TAG}'],
  ])('%s is %s', (text, result) => {
    expect(interpolate(text, env)).toEqual({ text: result });
  });

  test.each([
    ['${NOPE}', 'the variable NOPE is not set (${NOPE:-…} gives it a default; $$ is a dollar sign)', true],
    ['${EMPTY:?give a tag}', 'the variable EMPTY is not set: give a tag', true],
    ['costs $5', '"$" begins no variable: write $$ for a dollar sign', false],
    ['${TAG', '"$" begins no variable: write $$ for a dollar sign', false],
    ['${NOPE:-${TAG}}', '"$" begins no variable: write $$ for a dollar sign', false],
  ])('%s is refused', (text, problem, isUnset) => {
    expect(interpolate(text, env)).toEqual({ problem, isUnset });
  });
});
