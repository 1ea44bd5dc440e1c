/** What the pages have to know about the stack they are served by; handlers/portal_site.py answers it. */
export interface Config {
  readonly sign_in_url: string;
  /** Where tokens are revoked. */
  readonly user_pool_url: string;
  readonly client_id: string;
  readonly portal_url: string;
}

/** The folder that the pages are served from; scripts lie in `assets/` below it. In development it is the root. */
export const BASE = new URL(import.meta.env.DEV ? '/' : '../', import.meta.url);

let asked: Promise<Config> | null = null;

/** Returns it, asked for once. Throws TypeError when it cannot be fetched; the next call asks again. */
export function loadConfig(): Promise<Config> {
  asked ??= fetchConfig().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

async function fetchConfig(): Promise<Config> {
  const answer = await fetch(new URL('config.json', BASE));
  if (!answer.ok) throw new TypeError(`config.json: ${answer.status}`);
  return (await answer.json()) as Config;
}
