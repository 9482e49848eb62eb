import { expect, test } from 'vitest';
import { embedJson, html } from '../../../src/report/html/html.ts';
import { plainList } from '../../../src/report/html/page-parts.ts';

test('text is text wherever it stands, and what hides or turns the line is shown', () => {
  const hostile = '</p><script>"\'&\u202e\u0000\udc80';
  expect(String(html`<p title="${hostile}">${hostile}</p>`)).toBe(
    '<p title="&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;\\u{202e}\\x00\\x80">&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;\\u{202e}\\x00\\x80</p>',
  );
});

test('what is HTML already stays, lists are joined', () => {
  expect(String(html`<ul>${['a', '<b>'].map((text) => html`<li>${text}</li>`)}</ul>${3}`)).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>3',
  );
});

test('embedded JSON ends no script element, and reads back as it was', () => {
  const value = { '</script>': ['<!--', '<script', '\u2028', '\\'] };
  const text = String(embedJson(value));
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});

test('a list that may have to be scrolled can be reached with the keyboard', () => {
  const list = (length: number) => String(plainList(Array.from({ length }, () => 'a')));
  expect(list(11)).toMatch(/^<ul class="list" tabindex="0"><li>a<\/li>/);
  expect(list(10)).toMatch(/^<ul class="list"><li>a<\/li>/);
});
