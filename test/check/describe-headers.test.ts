import { describe, expect, test } from 'vitest';
import { describeHeaders } from '../../src/check/describe-headers.js';

describe('describeHeaders', () => {
  test('every header is a field, but for those that say when and how it was sent', () => {
    expect(
      describeHeaders({ 'content-type': 'text/html', 'x-a': 'b', date: 'today', age: '1', connection: 'close' }),
    ).toEqual({
      'header content-type': { kind: 'text', text: 'text/html' },
      'header x-a': { kind: 'text', text: 'b' },
    });
  });

  test('how long it took only has to be there', () => {
    expect(describeHeaders({ 'x-response-time': '3 ms' })).toEqual(describeHeaders({ 'x-response-time': '4 ms' }));
    expect(describeHeaders({ 'x-response-time': '3 ms' })).not.toEqual(describeHeaders({}));
  });

  test('cookies are told by name and attribute, and when they expire only roughly', () => {
    const cookies = [
      'id=a=b; Path=/; HttpOnly; Expires=Sat, 21 Nov 2026 13:00:00 GMT',
      'gone=; expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ];
    expect(describeHeaders({ 'set-cookie': cookies })).toEqual({
      'header set-cookie': {
        kind: 'json',
        value: {
          id: { value: 'a=b', path: '/', httponly: '', expires: 'a date' },
          gone: { value: '', expires: 'long past' },
        },
      },
    });
  });
});
