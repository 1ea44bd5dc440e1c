/** What failed for good and waits for an operator. */
import type { Queue } from './types';

/** Returns how much lies in dead-letter queues and as batches; null when part of it could not be found out. */
export function deadLetters(queues: readonly Queue[], batches: number | null): number | null {
  return queues
    .filter(({ is_dead_letter }) => is_dead_letter)
    .reduce<number | null>((sum, { waiting }) => (sum === null || waiting === null ? null : sum + waiting), batches);
}
