import { createStore } from '../logic/store';
import type { Me } from '../api/types';

/** Who is signed in, once the API has said so. */
export const me = createStore<Me | null>(null);
