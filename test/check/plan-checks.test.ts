import { describe, expect, test } from 'vitest';
import { renderCheck } from '../../src/check/check.js';
import { type CheckRequests, planChecks } from '../../src/check/plan-checks.js';
import type { ImageConfig } from '../../src/image/image.js';

const nothing: CheckRequests = { http: [], exec: [], tcp: [], ports: [], exit: undefined };

function plan(requests: Partial<CheckRequests>, config: ImageConfig = {}): string[] {
  const { checks, isDefault } = planChecks({ ...nothing, ...requests }, config);
  return [...checks.map(renderCheck), ...(isDefault ? ['by default'] : [])];
}

const root = { method: 'GET', path: '/', status: undefined };
const ports = { ExposedPorts: { '8080/tcp': {}, '443': {}, '53/udp': {}, '9/sctp': {} } };
const health = { Healthcheck: { Test: ['CMD', 'curl', '-f', 'localhost'] } };

describe('planChecks', () => {
  test('an image that exposes ports is asked on each TCP one, lowest first', () => {
    expect(plan({}, ports)).toEqual(['http GET :443/', 'http GET :8080/', 'by default']);
  });

  test('its HEALTHCHECK counts, beside ports or alone', () => {
    expect(plan({}, health)).toEqual(['healthcheck curl -f localhost', 'by default']);
    expect(plan({}, { ...ports, ...health })).toHaveLength(4);
  });

  test('an image without either is run to its end', () => {
    expect(plan({})).toEqual(['exit', 'by default']);
  });

  test('a path is asked on the ports that were named, else on the exposed ones', () => {
    expect(plan({ http: [root] }, ports)).toEqual(['http GET :443/', 'http GET :8080/']);
    expect(plan({ http: [{ ...root, status: 302 }], ports: [3000] }, ports)).toEqual(['http GET :3000/=302']);
  });

  test('a named port alone takes the place of the exposed ones', () => {
    expect(plan({ ports: [3000] }, ports)).toEqual(['http GET :3000/', 'by default']);
  });

  test('the HEALTHCHECK is made beside what was asked for', () => {
    expect(plan({ exec: [['id']], tcp: [22] }, health)).toEqual(['tcp 22', 'exec id', 'healthcheck curl -f localhost']);
  });

  test('a container that is to end has no HEALTHCHECK to wait for', () => {
    expect(plan({ exit: 3 }, health)).toEqual(['exit 3']);
  });

  test('--exit beside a check of a running container is a contradiction, said at once', () => {
    expect(() => plan({ exit: 0, tcp: [1] })).toThrow('--exit cannot be combined');
  });

  test('--http without any port says what to do', () => {
    expect(() => plan({ http: [root] }, { ExposedPorts: { '53/udp': {} } })).toThrow('--http needs a port');
  });
});
