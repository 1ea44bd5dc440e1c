import type { Download } from '../api/types';
import { fetchLink } from '../logic/download';
import { useAction } from '../logic/action';
import { Button } from './Button';
import { Problem } from './Problem';

interface Props<T extends Download> {
  readonly kind?: 'primary' | 'plain' | 'quiet';
  readonly small?: boolean;
  /** Asks the service for a link to the file. */
  readonly ask: () => Promise<T>;
  readonly onLink?: (link: T) => void;
  readonly children: string;
}

/** Asks for a link and has the browser fetch the file; a problem is told below the button. */
export function DownloadButton<T extends Download>({ kind = 'plain', small, ask, onLink, children }: Props<T>) {
  const download = useAction(async () => {
    const link = await ask();
    fetchLink(link.url);
    onLink?.(link);
  });
  return (
    <>
      <Button kind={kind} small={small ?? false} icon="download" busy={download.isBusy} onClick={download.run}>
        {children}
      </Button>
      {download.error && <Problem error={download.error} />}
    </>
  );
}
