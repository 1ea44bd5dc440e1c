import { createStore } from '../logic/store';
import type { Me } from '../api/types';
import { readWho, writeWho } from '../session/tokens';

/** Who is signed in, once the API has said so. */
export const me = createStore<Me | null>(null);

export function keepMe(said: Me): void {
  writeWho(said);
  me.set(said);
}

/** Returns who was signed in before the page was loaded anew, so that the page need not wait to hear it again. */
export function lastKnownMe(): Me | null {
  return me.get() ?? readWho<Me>();
}
