/** Light or dark: as the system says, until somebody chooses; the choice is remembered. */
import { useState } from 'preact/hooks';

const KEY = 'kedro-temporal:theme';
const CHOICES = ['system', 'light', 'dark'] as const;

type Choice = (typeof CHOICES)[number];

/** The remembered choice, put on the page: before the first picture, or it would flash. */
export function applyTheme(choice: Choice = remembered()): void {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

export function ThemeSwitch() {
  const [choice, setChoice] = useState(remembered);
  const choose = (next: Choice) => {
    setChoice(next);
    applyTheme(next);
    remember(next);
  };
  return (
    <label class="theme">
      <span class="unseen">Theme</span>
      <select value={choice} onChange={({ currentTarget }) => choose(known(currentTarget.value))}>
        <option value="system">Auto theme</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

function known(text: string | null): Choice {
  return CHOICES.find((choice) => choice === text) ?? 'system';
}

// A browser may refuse storage; then the choice lasts as long as the page.
function remembered(): Choice {
  try {
    return known(localStorage.getItem(KEY));
  } catch {
    return 'system';
  }
}

function remember(choice: Choice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // See above.
  }
}
