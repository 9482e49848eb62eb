import type { PageData } from '../report/html/page-data.js';
import { byId, make } from './elements.js';
import { showDetails } from './file-details.js';
import { FileList } from './file-list.js';
import { ImageTree } from './image-tree.js';
import { showPackages } from './package-table.js';
import { offerThemes } from './theme.js';
import { Treemap } from './treemap.js';

/** Fills the places that the page keeps for the script; see src/report/html. */
function start(): void {
  document.documentElement.classList.add('script');
  const data = JSON.parse(byId('data').textContent ?? '') as PageData;
  const tree = new ImageTree(data);
  offerThemes();
  const files = new FileList(tree, (entry) => showDetails(tree, entry, (other) => files.reveal(other)));
  new Treemap(tree, (entry) => {
    files.reveal(entry);
    byId('files').scrollIntoView({ block: 'start' });
    byId('file-list').focus({ preventScroll: true });
  });
  showLegend(tree);
  showPackages(data.packages);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search';
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    files.focusSearch();
  });
  document.documentElement.dataset.ready = 'true';
}

function showLegend(tree: ImageTree): void {
  let hasMore = false;
  for (let at = 0; at < tree.count && !hasMore; at += 1) hasMore = tree.stateOf(at) === 'b' || tree.stateOf(at) === 'w';
  const item = (state: string, text: string) => make('li', '', make('span', `swatch ${state}`), text);
  byId('map-legend').append(
    item('stayed', hasMore ? 'in the slim image' : 'stayed'),
    item('went', 'went'),
    item('mixed', 'some of it stayed'),
  );
}

start();
