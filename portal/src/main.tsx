import './design/tokens.css';
import './design/base.css';
import { render } from 'preact';
import { App } from './app/App';
import { applyChosenTheme } from './app/ThemeSwitch';
import { guardLeaving } from './logic/queue';
import { startSession } from './session/session';

applyChosenTheme();
guardLeaving();
void startSession();
render(<App />, document.getElementById('app') as HTMLElement);
