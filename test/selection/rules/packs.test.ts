import { describe, expect, it } from 'vitest';
import { builtinPacks } from '../../../src/selection/builtin-packs.js';
import { checkPacks, type Pack } from '../../../src/selection/pack.js';
import { type SmallSelection, selectFrom, smallImage } from '../small-image.js';
import { knownPacks, type PackCase } from './known-packs.js';

/** Selects with one pack alone. */
function selectWith(pack: string, { image, trace, env, command }: PackCase): Promise<SmallSelection> {
  const others = builtinPacks.map(({ name }) => name).filter((name) => name !== pack);
  return selectFrom(smallImage(image), {
    trace,
    env: env ?? [],
    config: command === undefined ? {} : { Cmd: command },
    options: { without: new Set([...others, 'dlopen', 'configuration', 'scripts', 'python', 'node', 'java', 'ruby']) },
  });
}

function keptBy(pack: string, { selection }: SmallSelection): readonly string[] {
  return [...selection]
    .filter(([, reasons]) => reasons.some((reason) => 'pack' in reason && reason.pack === pack))
    .map(([path]) => path);
}

const leftBy = ({ doubts }: SmallSelection): readonly string[] =>
  doubts.flatMap((doubt) => (doubt.doubt === 'left-out' ? [doubt.target] : []));

const packNamed = (name: string): Pack => builtinPacks.find((pack) => pack.name === name) as Pack;

describe('what slimtrace knows of programs', () => {
  it('is well-formed, and each piece of it is tested', () => {
    expect(() => checkPacks(builtinPacks, 'packs.json')).not.toThrow();
    expect(Object.keys(knownPacks).sort()).toEqual(builtinPacks.map(({ name }) => name).sort());
  });

  it.each(Object.entries(knownPacks))('%s keeps what it says', async (name, pack) => {
    const result = await selectWith(name, pack);
    expect({ keeps: keptBy(name, result), leaves: leftBy(result) }).toEqual({
      keeps: [...pack.keeps].sort(),
      leaves: pack.leaves ?? [],
    });
  });

  it.each(Object.entries(knownPacks))('%s does nothing when any of its evidence is missing', async (name, pack) => {
    const { when } = packNamed(name);
    const lacking: PackCase[] = [{ ...pack, trace: ['/nothing'], env: [], command: [] }];
    if (when.env !== undefined) lacking.push({ ...pack, env: [] });
    if (when.arguments !== undefined) lacking.push({ ...pack, command: ['node'] });
    if (when.imports !== undefined) lacking.push({ ...pack, image: pack.image.replace(/imports=\S+/, 'imports=puts') });
    if (when.lines !== undefined)
      lacking.push({ ...pack, image: pack.image.replace(/ : .*/, ' : # legacy = thread_pool aio threads') });
    if (when.kept !== undefined)
      lacking.push({ ...pack, trace: pack.trace.filter((line) => /^list |\/usr\/bin\/app/.test(line)) });
    for (const each of lacking) {
      const result = await selectWith(name, each);
      expect({ each, keeps: keptBy(name, result), leaves: leftBy(result) }).toEqual({ each, keeps: [], leaves: [] });
    }
  });
});

describe('all packs at once', () => {
  it('keep the same, and for the same reasons, in whatever order the run is told', async () => {
    for (const pack of Object.values(knownPacks)) {
      const select = (trace: readonly string[]) =>
        selectFrom(smallImage(pack.image), { trace, env: pack.env ?? [], config: { Cmd: pack.command ?? [] } });
      const [forwards, backwards] = [await select(pack.trace), await select(pack.trace.toReversed())];
      expect([...backwards.selection]).toEqual([...forwards.selection]);
      expect(forwards.kept).toEqual(expect.arrayContaining([...pack.keeps]));
    }
  });
});

describe('packs', () => {
  const pack = (fields: Partial<Pack>): Pack => ({ name: 'mine', because: 'wants it', when: {}, ...fields });
  const select = async (image: string, mine: Pack, input: Parameters<typeof selectFrom>[1] = {}) =>
    selectFrom(smallImage(image), { ...input, options: { packs: [mine], ...input.options } });

  it('react whichever condition holds last', async () => {
    const image = `/first elf needed=libsecond.so imports=trigger\n/lib64/libsecond.so elf\n/data/a : x`;
    const mine = pack({ when: { kept: ['/lib64/libsecond.so'], imports: ['trigger'] }, keep: ['/data'] });
    expect((await select(image, mine, { trace: ['/first'] })).kept).toContain('/data/a');
    const reversed = pack({ when: { kept: ['/first'], imports: ['trigger'] }, keep: ['/data'] });
    const swapped = image
      .replace(' imports=trigger', '')
      .replace('libsecond.so elf', 'libsecond.so elf imports=trigger');
    expect((await select(swapped, reversed, { trace: ['/first'] })).kept).toContain('/data/a');
  });

  it('keep what a pack’s own files need, and say why', async () => {
    const image = '/app : x\n/plugins/a.so elf needed=libdeep.so\n/lib64/libdeep.so elf';
    const { selection } = await select(image, pack({ when: { kept: ['/app'] }, keep: ['/plugins/*.so'] }), {
      trace: ['/app'],
    });
    expect([...selection.keys()]).toContain('/lib64/libdeep.so');
    expect(selection.get('/plugins/a.so' as never)).toEqual([
      { kind: 'pack', pack: 'mine', because: 'wants it', parent: '/app' },
    ]);
  });

  it('keep the links that lead to a pattern’s files, and what links in it lead to', async () => {
    const image = '/app : x\n/lib -> usr/lib\n/usr/lib/data/a -> /etc/b\n/etc/b : x\n/usr/lib/data/gone -> /nowhere';
    const { kept } = await select(image, pack({ when: { kept: ['/app'] }, keep: ['/lib/data'] }), { trace: ['/app'] });
    expect(kept).toEqual(['/app', '/etc/b', '/lib', '/usr/lib/data', '/usr/lib/data/a', '/usr/lib/data/gone']);
  });

  it('a directory that is named like a program is none', async () => {
    const mine = pack({ when: { kept: ['**/chromium'] }, keep: ['{directory}/*.so'] });
    const image = '/usr/lib/chromium/data : x\n/usr/lib/liba.so elf';
    const { kept } = await select(image, mine, { trace: ['/usr/lib/chromium/data', 'stat /usr/lib/chromium'] });
    expect(kept).toEqual(['/usr/lib/chromium', '/usr/lib/chromium/data']);
  });

  it('a value of a variable is no pattern', async () => {
    const mine = pack({ when: { env: ['DATA'] }, keep: ['/data/{value}'] });
    const { kept } = await select('/app : x\n/data/a : x\n/data/* : x', mine, { trace: ['/app'], env: ['DATA=*'] });
    expect(kept).toEqual(['/app', '/data/*']);
  });

  it('a variable that another one hides, or that is empty, is not set', async () => {
    const mine = pack({ when: { env: ['DATA'] }, keep: ['/data/{value}'] });
    const image = '/app : x\n/data/a : x';
    expect((await select(image, mine, { trace: ['/app'], env: ['DATA=a', 'DATA='] })).kept).toEqual(['/app']);
    const not = pack({ when: { kept: ['/app'], not: { env: ['DATA=a*'] } }, keep: ['/data/a'] });
    expect((await select(image, not, { trace: ['/app'], env: ['DATA=abc'] })).kept).toEqual(['/app']);
    expect((await select(image, not, { trace: ['/app'], env: ['DATA=b'] })).kept).toEqual(['/app', '/data/a']);
  });

  it('what healing brings takes nothing away that was kept before', async () => {
    const mine = pack({ when: { kept: ['/app'], not: { traced: ['/own/data'] } }, keep: ['/data'] });
    const image = '/app : x\n/data : x\n/own/data : x';
    const { kept } = await select(image, mine, { trace: ['/app'], healed: [['/own/data']] });
    expect(kept).toEqual(['/app', '/data', '/own/data']);
    expect((await select(image, mine, { trace: ['/app', '/own/data'] })).kept).toEqual(['/app', '/own/data']);
  });

  it('a user’s pack stands in for that of the same name, and a name can be left out', async () => {
    const mine = { ...pack({ when: { kept: ['/app'] }, keep: ['/mine'] }), name: 'libmagic' };
    const image = '/app : x\n/mine : x\n/lib64/libmagic.so.1 elf\n/etc/magic : x';
    const trace = ['/app', '/lib64/libmagic.so.1'];
    expect((await select(image, mine, { trace })).kept).toEqual(['/app', '/lib64/libmagic.so.1', '/mine']);
    const { kept } = await select(image, mine, { trace, options: { packs: [mine], without: new Set(['libmagic']) } });
    expect(kept).toEqual(['/app', '/lib64/libmagic.so.1']);
  });
});

describe('plugin directories', () => {
  const image = '/app : x\n/plugins/a.so elf\n/plugins/more/b.so elf\n/data/c : x';
  const packs: readonly Pack[] = [
    { name: 'mine', because: 'x', when: { kept: ['/app'] }, plugins: ['/plugins', '/data'] },
  ];

  it('that the application lists are kept whole, others are not', async () => {
    const { kept, selection } = await selectFrom(smallImage(image), {
      trace: ['/app', 'list,opendir /plugins/'],
      options: { packs },
    });
    expect(kept).toEqual(['/app', '/plugins', '/plugins/a.so', '/plugins/more', '/plugins/more/b.so']);
    expect(selection.get('/plugins/a.so' as never)).toEqual([{ kind: 'enumerated', parent: '/plugins', pack: 'mine' }]);
  });

  it('that only a slim image’s run listed belong to healing', async () => {
    const input = { trace: ['/app'], healed: [['list /plugins']] };
    const withHealing = await selectFrom(smallImage(image), { ...input, options: { packs } });
    expect(withHealing.kept).toContain('/plugins/a.so');
    const without = await selectFrom(smallImage(image), {
      ...input,
      options: { packs, without: new Set(['healing']) },
    });
    expect(without.kept).not.toContain('/plugins/a.so');
  });

  it('that are opened and not listed say nothing', async () => {
    const { kept } = await selectFrom(smallImage(image), { trace: ['/app', 'opendir /plugins'], options: { packs } });
    expect(kept).toEqual(['/app', '/plugins']);
  });
});
