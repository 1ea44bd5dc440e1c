import { useState } from 'preact/hooks';
import { Button } from '../components/Button';

const KEY = 'techmart.theme';
type Theme = 'light' | 'dark';

/** Takes over what the reader chose the last time; without a choice the system decides. */
export function applyChosenTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
}

function current(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(current);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <Button
      small
      kind="quiet"
      icon="light"
      label={`Use ${other} colours`}
      onClick={() => {
        document.documentElement.dataset['theme'] = other;
        localStorage.setItem(KEY, other);
        setTheme(other);
      }}
    >
      {''}
    </Button>
  );
}
