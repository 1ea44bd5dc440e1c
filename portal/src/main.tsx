import './design/tokens.css';
import './design/base.css';
import { render } from 'preact';
import { App } from './app/App';
import { applyChosenTheme } from './app/ThemeSwitch';
import { startSession } from './session/session';

applyChosenTheme();
void startSession();
render(<App />, document.getElementById('app') as HTMLElement);
