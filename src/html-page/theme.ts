import { byId } from './elements.js';

const themes = ['system', 'light', 'dark'] as const;

type Theme = (typeof themes)[number];

const marks = { system: '◐', light: '☀', dark: '☾' };
const labels = { system: 'as the system has them', light: 'light', dark: 'dark' };

/** The button that goes from the system's colours to light and dark ones; the choice is remembered where that is allowed. */
export function offerThemes(): void {
  const button = byId('theme');
  let theme = remembered();
  const apply = () => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = marks[theme];
    button.setAttribute('aria-label', `Colours: ${labels[theme]}`);
  };
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
    remember(theme);
    apply();
  });
  apply();
}

const key = 'slimtrace-theme';

/** A browser may have no storage for a page from a file, or none at all: it then throws. */
function remembered(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It is as it was the next time: nothing a person needs to be told.
  }
}
