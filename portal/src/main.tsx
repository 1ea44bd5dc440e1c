import './design/tokens.css';
import './design/base.css';
import { render } from 'preact';
import { App } from './app/App';
import { startSession } from './session/session';

void startSession();
render(<App />, document.getElementById('app') as HTMLElement);
