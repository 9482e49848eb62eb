import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlNodes } from '../../src/check/html-nodes.js';

const nodes = (html: string) => htmlNodes(html, 1000);

describe('htmlNodes', () => {
  test('a page is its tags with their attributes, and its texts', () => {
    expect(
      nodes(
        '<!DOCTYPE html>\n<html><head><title>A &amp;\n B</title></head><body class=x id="y"><a HREF=\'/z\'>go</a></body>',
      ),
    ).toEqual([
      ...['<!doctype html>', '<html>', '<head>', '<title>', 'A &amp; B', '</title>', '</head>'],
      ...['<body class="x" id="y">', '<a href="/z">', 'go', '</a>', '</body>'],
    ]);
  });

  test('neither comments, white space nor the order of attributes count', () => {
    expect(nodes('<p a=1 b=2><!-- made at 12:00 --> x\n<br/></p>')).toEqual(nodes('<p  b="2"\n a="1">x<br /></p>'));
  });

  test.each([
    ['a text', '<p>a</p>', '<p>b</p>'],
    ['a link', '<a href="/a">x</a>', '<a href="/b">x</a>'],
    ['a source', '<img src=a.png>', '<img src=b.png>'],
    ['a value', '<input value="1">', '<input value="2">'],
    ['an element', '<b>x</b>', '<i>x</i>'],
    ['an attribute', '<input disabled>', '<input>'],
    ['an attribute after something odd', '<a ="x" =href="/a">', '<a ="x" =href="/b">'],
    ['a title', '<title>a</title>', '<title>b</title>'],
    ['a script', '<script>let a = "<p>";\nlet b;</script>', '<script>let a = "<q>";\nlet b;</script>'],
    ['where a text is', '<p>a</p>b', '<p>ab</p>'],
  ])('%s counts', (_, one, other) => {
    expect(nodes(one)).not.toEqual(nodes(other));
  });

  test('what is in a script is no tag, and in an attribute no end', () => {
    expect(nodes('<script>if (a<b) x="</p>";</script>')).toEqual(['<script>', 'if (a<b) x="</p>";', '</script>']);
    expect(nodes('<a title="1 > 0">x')).toEqual(['<a title="1 > 0">', 'x']);
  });

  test('whatever comes gives a list, and in time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '<!--', '-->', '<a', '"', "'", '=', '/', ' ', '</script', 'x', '<script')),
        (parts) => {
          expect(Array.isArray(nodes(parts.join('')))).toBe(true);
        },
      ),
    );
    for (const hostile of ['<', '<a ', '<a b="', '<!--', '<script>', '</', '<a b=\'"', '<a ====', '<p>', '<a\n\n\n'])
      htmlNodes(hostile.repeat(200_000), 1000);
  });

  test('more nodes than are wanted are none', () => {
    expect(htmlNodes('<a>'.repeat(1001), 1000)).toBeUndefined();
    expect(htmlNodes('<a>'.repeat(1000), 1000)).toHaveLength(1000);
  });
});
