import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { EngineImage } from '../src/engine/engine.js';
import { placeOf, planTarget } from '../src/slim-target.js';

const directory = mkdtempSync(join(tmpdir(), 'slim-target-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const archive = join(directory, 'My App.tar');
writeFileSync(archive, '');

const [store, forgetful] = [{ keepsImages: true }, { keepsImages: false }];
const nothing = { tag: undefined, output: undefined };

function image(...names: string[]): EngineImage {
  const platform = { os: 'linux', architecture: 'amd64' };
  const about = { repoDigests: [], platform, config: {}, created: '', sizeBytes: 0, layerCount: 0, diffIds: [] };
  return { id: 'sha256:0', names, ...about };
}

describe('planTarget', () => {
  test('an engine’s image gets a name there, and no archive', () => {
    const target = planTarget('app:1', image('app:1'), nothing, store);
    expect(target).toEqual({
      name: 'app:1-slim',
      failedName: 'app:1-slim-failed',
      output: undefined,
      failedOutput: undefined,
    });
    expect(placeOf(target.output, target.name, store)).toBe('app:1-slim');
  });

  test('an archive’s slim image goes beside it, a failed one elsewhere', () => {
    const target = planTarget(archive, image('app:1'), nothing, forgetful);
    expect(target.name).toBe('app:1-slim');
    expect(target.output?.path).toBe(join(directory, 'My App-slim.tar'));
    expect(target.failedOutput?.path).toBe(join(directory, 'My App-slim-failed.tar'));
    expect(placeOf(target.output, target.name, forgetful)).toBe(join(directory, 'My App-slim.tar'));
  });

  test('an archive without a name inside gives the file’s', () => {
    expect(planTarget(archive, image(), nothing, forgetful).name).toBe('my-app:slim');
  });

  test('--output and --tag go before', () => {
    const wanted = { tag: 'other:2', output: 'oci:layout' };
    expect(planTarget(archive, image('app:1'), wanted, forgetful)).toMatchObject({
      name: 'other:2',
      output: { transport: 'oci', path: 'layout' },
      failedOutput: { transport: 'oci', path: 'layout-failed' },
    });
  });

  test('the original is never overwritten', () => {
    expect(() => planTarget(archive, image(), { ...nothing, output: archive }, forgetful)).toThrow(
      'is the original image',
    );
    const around = join(directory, '..', basename(directory), 'My App.tar');
    expect(() => planTarget(archive, image('app:1'), { ...nothing, output: around }, forgetful)).toThrow(
      'is the original image',
    );
    expect(() => planTarget('app:1', image('app:1'), { ...nothing, tag: 'app:1' }, store)).toThrow(
      'is a name of the original',
    );
  });
});
