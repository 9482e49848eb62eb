import { baseName, parentOf } from '../image/path.js';
import { ownLibraryDirectories } from './elf-machine.js';
import type { Evidence } from './pack-evidence.js';
import type { RuleContext } from './rule.js';

/** Longer values name no file (NAME_MAX is 255; a list of languages has several). */
const maxValueLength = 1024;

/** What each placeholder of a pack stands for: any number of texts. PACKS.md tells users. */
const meanings: Readonly<Record<string, (evidence: Evidence, context: RuleContext) => readonly string[]>> = {
  directory: ({ parent }) => (parent === undefined ? [] : [parentOf(parent)]),
  program: ({ parent }) => (parent === undefined ? [] : [baseName(parent)]),
  value: ({ value }) => (value === undefined ? [] : [value]),
  locale: ({ value }) => splitList(value).flatMap(localeNames),
  language: ({ value }) => splitList(value).flatMap(languageNames),
  zone: ({ value }) => (value === undefined ? [] : zoneNames(value)),
  libraries: ({ object }, context) => libraryDirectories(context, object),
};

/** The patterns that one of a pack stands for, given on what ground it speaks. */
export function fillPlaceholders(pattern: string, evidence: Evidence, context: RuleContext): readonly string[] {
  let patterns = [pattern];
  for (const [placeholder, word = ''] of pattern.matchAll(/\{(\w+)\}/g)) {
    const texts = meanings[word]?.(evidence, context).filter((text) => text.length <= maxValueLength) ?? [];
    patterns = patterns.flatMap((unfilled) =>
      texts.map((text) => unfilled.replace(placeholder, () => (word === 'libraries' ? text : literally(text)))),
    );
  }
  return [...new Set(patterns)];
}

/** A text as a pattern that matches it alone. */
function literally(text: string): string {
  return text.replaceAll(/[*?[\]{}\\]/g, (character) => `\\${character}`);
}

/** The variables of locales hold one name, LANGUAGE a list of them (gettext(3)). */
function splitList(value: string | undefined): readonly string[] {
  return (value ?? '').split(':').filter((name) => name !== '');
}

interface LocaleName {
  readonly language: string;
  readonly codeset: string;
  readonly modifier: string;
}

/** `language[_territory][.codeset][@modifier]` (setlocale(3)); none for the locales that need no files. */
function parseLocale(name: string): LocaleName | undefined {
  const [, language, codeset = '', modifier = ''] = /^([^.@/]+)(\.[^@/]*)?(@[^/]*)?$/.exec(name) ?? [];
  return language === undefined || language === 'POSIX' || name === 'C' ? undefined : { language, codeset, modifier };
}

/** The names under which glibc looks for a locale (locale/findlocale.c): de_DE.UTF-8 is in de_DE.utf8. */
function localeNames(name: string): readonly string[] {
  const locale = parseLocale(name);
  if (locale === undefined) return [];
  const { language, codeset, modifier } = locale;
  const languages = [...new Set([language, language.split('_')[0] ?? language])];
  const codesets = [codeset, codeset === '' ? '' : `.${normalCodeset(codeset.slice(1))}`, ''];
  return languages.flatMap((each) => codesets.flatMap((set) => [`${each}${set}${modifier}`, `${each}${set}`]));
}

/** Letters and digits only, in lower case; of digits alone, those of an ISO standard (glibc, intl/l10nflist.c). */
function normalCodeset(codeset: string): string {
  const kept = codeset.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return /^\d+$/.test(kept) ? `iso${kept}` : kept;
}

/** The directories of a language's translations: de_DE, de; none for C. */
function languageNames(name: string): readonly string[] {
  const locale = parseLocale(name);
  if (locale === undefined || locale.language === 'C') return [];
  const { language, modifier } = locale;
  const languages = [...new Set([language, language.split('_')[0] ?? language])];
  return languages.flatMap((each) => [each, `${each}${modifier}`]);
}

/** TZ as a file below zoneinfo (tzset(3)): `:Asia/Tokyo`, `Asia/Tokyo`, or a whole path. */
function zoneNames(value: string): readonly string[] {
  const name = value.replace(/^:/, '').replace(/^\/usr\/share\/zoneinfo\//, '');
  return name === '' || name.startsWith('/') || name.split('/').includes('..') ? [] : [name];
}

/** The directories where libraries of an object's kind are, as real paths; of all kinds when there is no object. */
function libraryDirectories({ tree, elf }: RuleContext, object: Evidence['object']): readonly string[] {
  const kind = object === undefined ? undefined : elf(object);
  const own =
    kind === undefined ? ['/usr/lib64', ...tree.children('/usr/lib')].filter(isMultiarch) : ownLibraryDirectories(kind);
  const real = [...own, '/lib', '/usr/lib', '/usr/local/lib'].flatMap((name) => {
    const { entry } = tree.resolve(name);
    return entry?.type === 'directory' ? [entry.path] : [];
  });
  return [...new Set(real)].map(literally);
}

function isMultiarch(path: string): boolean {
  return /(?:-linux-gnu\w*|\/lib64)$/.test(path);
}
