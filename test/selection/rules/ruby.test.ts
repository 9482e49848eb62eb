import { describe, expect, test } from 'vitest';
import { selectFrom, smallImage } from '../small-image.ts';

async function keptForRuby(text: string, trace: readonly string[]) {
  const result = await selectFrom(smallImage(`/usr/bin/ruby3.1 0755 elf\n${text}`), {
    trace: ['exec /usr/bin/ruby3.1', ...trace],
    program: '/usr/bin/ruby3.1',
    config: { WorkingDir: '/app' },
    options: { certificates: false },
  });
  return [...result.selection]
    .filter(([, reasons]) => reasons.some((reason) => reason.kind === 'static' && reason.defence === 'ruby'))
    .map(([path]) => path);
}

describe('Ruby', () => {
  test('what a method requires is found on the load path that the trace shows, and what that needs in turn', async () => {
    const kept = await keptForRuby(
      `
      /app/main.rb : def f; require "csv"; require_relative "lib/own"; end
      /app/lib/own.rb : autoload :X, "x"
      /app/lib/x.rb : 1
      /usr/lib/ruby/3.1.0/csv.rb : require "stringio"
      /usr/lib/x86_64-linux-gnu/ruby/3.1.0/stringio.so 0755 elf
      /usr/lib/ruby/3.1.0/unused.rb : 1
      `,
      ['read /app/main.rb', 'stat /usr/lib/x86_64-linux-gnu/ruby/3.1.0/main.rb', 'stat /usr/lib/ruby/3.1.0/main.rb'],
    );
    expect(kept).toEqual([
      '/app/lib/own.rb',
      '/app/lib/x.rb',
      '/usr/lib/ruby/3.1.0/csv.rb',
      '/usr/lib/x86_64-linux-gnu/ruby/3.1.0/stringio.so',
    ]);
  });

  test('a gem that was not loaded is found by what is required; a kept one is kept whole, with its specification', async () => {
    const gems = '/var/lib/gems/3.1.0';
    const kept = await keptForRuby(
      `
      /app/main.rb : def f; require "late"; end
      ${gems}/specifications/late-1.0.gemspec : 1
      ${gems}/specifications/other-1.0.gemspec : 1
      ${gems}/gems/late-1.0/lib/late.rb : 1
      ${gems}/gems/late-1.0/lib/late/data.json : 1
      ${gems}/gems/late-1.0/test/test_late.rb : 1
      ${gems}/gems/other-1.0/lib/other.rb : 1
      ${gems}/extensions/x86_64-linux/3.1.0/late-1.0/late.so 0755 elf
      `,
      ['read /app/main.rb', `opendir ${gems}/specifications/x`],
    );
    expect(kept).toEqual([
      `${gems}/extensions/x86_64-linux/3.1.0/late-1.0/late.so`,
      `${gems}/gems/late-1.0/lib/late.rb`,
      `${gems}/gems/late-1.0/lib/late/data.json`,
      `${gems}/specifications/late-1.0.gemspec`,
    ]);
  });

  test('a gem whose files are in a directory of its own name', async () => {
    const home = '/usr/share/rubygems-integration/all';
    const kept = await keptForRuby(
      `
      /app/main.rb : def f; require "concurrent"; end
      ${home}/gems/concurrent-ruby-1.1.10/lib/concurrent-ruby/concurrent.rb : 1
      `,
      ['read /app/main.rb', `list ${home}/specifications`],
    );
    expect(kept).toEqual([`${home}/gems/concurrent-ruby-1.1.10/lib/concurrent-ruby/concurrent.rb`]);
  });

  test('encodings are loaded by name from a kept list of them', async () => {
    const enc = '/usr/lib/ruby/3.1.0/enc';
    const kept = await keptForRuby(`${enc}/encdb.so elf\n${enc}/trans/japanese_sjis.so elf`, [`read ${enc}/encdb.so`]);
    expect(kept).toContain(`${enc}/trans/japanese_sjis.so`);
  });

  test('RubyGems, loaded with every program, brings nothing to install gems with', async () => {
    const kept = await keptForRuby(
      `
      /usr/lib/ruby/3.1.0/rubygems.rb : require "rubygems/specification"; def f; require "bundler"; end
      /usr/lib/ruby/3.1.0/rubygems/specification.rb : 1
      /usr/lib/ruby/3.1.0/bundler.rb : 1
      `,
      ['read /usr/lib/ruby/3.1.0/rubygems.rb'],
    );
    expect(kept).toEqual(['/usr/lib/ruby/3.1.0/rubygems/specification.rb']);
  });

  test('without a Ruby that runs it is data', async () => {
    const image = smallImage('/srv/a.rb : require_relative "b"\n/srv/b.rb : 1');
    expect(
      (await selectFrom(image, { trace: ['read /srv/a.rb'], options: { without: new Set(['application']) } })).kept,
    ).toEqual(['/srv/a.rb']);
  });
});
