import { useState } from 'preact/hooks';
import { Button } from '../components/Button';

export const THEME_KEY = 'techmart.theme';
type Theme = 'light' | 'dark';

/** What the reader chose the last time has been taken over before the first paint (src/first.js). */
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
        localStorage.setItem(THEME_KEY, other);
        setTheme(other);
      }}
    >
      {''}
    </Button>
  );
}
