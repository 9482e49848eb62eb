import { formatCount } from '../amount.js';
import type { PageTableRow } from '../report/html/page-data.js';
import { byId, make, makeChoice } from './elements.js';

/** Rows that are there at first: thousands take a while to lay out. */
const shownRows = 100;

const shows = ['all', 'kept', 'gone'] as const;
const labels = { all: 'all', kept: 'kept', gone: 'gone' };

/** The packages of both images, to be searched. */
export function showPackages(packages: readonly PageTableRow[]): void {
  const body = byId('package-table').querySelector('tbody');
  const search = byId<HTMLInputElement>('package-search');
  const more = byId<HTMLButtonElement>('package-more');
  let show: (typeof shows)[number] = 'all';
  const draw = (most: number) => {
    const text = search.value.trim().toLowerCase();
    const found = packages.filter(
      ([type, name, version, state]) =>
        (show === 'all' || (state === 'gone') === (show === 'gone')) &&
        `${type} ${name} ${version}`.toLowerCase().includes(text),
    );
    body?.replaceChildren(...found.slice(0, most).map(makeRow));
    more.hidden = found.length <= most;
    more.textContent = `Show all ${formatCount(found.length)}`;
    const gone = found.filter(([, , , state]) => state === 'gone').length;
    byId('package-count').textContent =
      packages.length === 0
        ? 'No packages are known of this image.'
        : `${formatCount(found.length)} ${found.length === 1 ? 'package' : 'packages'}: ${formatCount(found.length - gone)} kept, ${formatCount(gone)} gone`;
  };
  const choices = shows.map((value) => ({ value, label: labels[value] }));
  makeChoice(byId('package-states'), 'package-state', choices, (value) => {
    show = value;
    draw(shownRows);
  });
  search.addEventListener('input', () => draw(shownRows));
  more.addEventListener('click', () => draw(Number.POSITIVE_INFINITY));
  draw(shownRows);
}

function makeRow([type, name, version, state, filesKept, files]: PageTableRow): HTMLElement {
  const header = make('th', '', name);
  header.scope = 'row';
  const tag = make('span', `tag ${state === 'gone' ? 'went' : 'stayed'}`, words[state]);
  const extent = state === 'part' ? ` ${formatCount(filesKept)} of ${formatCount(files)} files` : '';
  return make('tr', '', header, make('td', '', version), make('td', '', type), make('td', '', tag, extent));
}

const words = { full: 'whole', part: 'in part', unknown: 'kept', gone: 'gone' };
