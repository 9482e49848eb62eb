import { expect, test } from 'vitest';
import { scanRuby } from '../../../src/selection/ruby/scan-ruby.ts';

const scanned = (text: string) => scanRuby(text).references.map(({ kind, name }) => `${kind} ${name}`);

test.each([
  ['require "csv"', ['require csv']],
  ["  def f; require('csv'); end", ['require csv']],
  ['require "a" if RUBY_VERSION > "3"', ['require a']],
  ["require_relative '../own'", ['relative ../own']],
  ['autoload :Late, "late/file"', ['autoload late/file']],
  ['autoload(:Late, "late")', ['autoload late']],
  ['require File.expand_path("../x", __FILE__)', ['relative ./x']],
  ['require File.join(__dir__, "x")', ['relative x']],
  ['autoload :X, "#{__dir__}/x"', ['relative x']],
  ['# require "no"', []],
  ['=begin\nrequire "no"\n=end\nrequire "a"', ['require a']],
  ['require "a"\n__END__\nrequire "no"', ['require a']],
  ['self.require "no"', []],
  ['"\0\ud800require', []],
])('%j', (text, expected) => {
  expect(scanned(text)).toEqual(expected);
});

test('names that are made up at run time are told', () => {
  expect(scanRuby('require name\nrequire "a/#{b}"\nrequire File.join(__dir__, "x")').computed).toEqual([
    'name',
    '"a/#{b}"',
  ]);
});
