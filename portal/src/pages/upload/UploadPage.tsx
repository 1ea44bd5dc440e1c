import './upload.css';
import { useEffect, useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { Upload, UploadPage as Page } from '../../api/types';
import { navigate, href, type Route } from '../../app/route';
import { Notice } from '../../components/Notice';
import { PageTitle } from '../../components/PageTitle';
import { useColumns } from '../../logic/columns';
import { bytes, count, number } from '../../logic/format';
import { enqueue, isSending, queue, type How } from '../../logic/queue';
import { useResource } from '../../logic/resource';
import { useStore } from '../../logic/store';
import { Aids } from './Aids';
import { DropZone } from './DropZone';
import { HowChoice } from './HowChoice';
import { QueueList } from './QueueList';

/**
 * Hands files in. `?corrects=UPLOAD_…` says which upload's errors they correct, `?mode=update` that they change products.
 */
export function UploadPage({ route }: { readonly route: Route }) {
  // Another query is another purpose: nothing that was chosen for the one holds for the other.
  return <HandIn key={route.query.toString()} query={route.query} />;
}

function HandIn({ query }: { readonly query: URLSearchParams }) {
  const correctsUploadId = query.get('corrects');
  const queued = useStore(queue);
  const columns = useColumns();
  const uploads = useResource((signal) => get<Page>(['uploads'], { query: { limit: 1 }, signal }), []);
  const corrects = useResource(
    async (signal) => (correctsUploadId === null ? null : get<Upload>(['uploads', correctsUploadId], { signal })),
    [],
  );
  const corrected = corrects.data;
  const isFirst = uploads.data?.data.length === 0;
  const isKnown = !uploads.isLoading && !corrects.isLoading;
  const [chosen, setChosen] = useState<Partial<How>>({});
  const how: How = {
    mode: (corrected?.mode ?? query.get('mode')) === 'update' ? 'update' : 'import',
    preview: corrected?.preview ?? isFirst,
    correctsUploadId,
    ...chosen,
  };
  const [take, waiting] = useTake(how, isKnown);
  useDropAnywhere(take);
  useGoOn();

  return (
    <div class="stack">
      <PageTitle title="New upload">
        <p class="soft">Hand in a product list as your spreadsheet or shop system saves it.</p>
      </PageTitle>
      {queued.length > 0 && <QueueList queued={queued} />}
      {waiting > 0 && !isKnown && <p role="status">{`${count(waiting, 'file')} chosen. Getting ready …`}</p>}
      {corrected && <Corrects upload={corrected} />}
      <div class="card stack">
        <HowChoice how={how} isFirst={isFirst} onChange={(next) => setChosen((before) => ({ ...before, ...next }))} />
        <DropZone
          onFiles={take}
          hint={
            columns
              ? `Excel, OpenDocument, CSV or text · up to ${bytes(columns.max_bytes)} and ${number(columns.max_rows)} products`
              : 'Excel, OpenDocument, CSV or text'
          }
        />
      </div>
      <Aids />
    </div>
  );
}

function Corrects({ upload }: { readonly upload: Upload }) {
  return (
    <Notice tone="info" title={`This corrects ${upload.file_name}`} announce={false}>
      <p>
        {count(upload.counts.errors, 'row')} had something to fix.{' '}
        <a href={href('uploads', upload.upload_id)}>See what it was</a>. You can hand in the corrections file as it is,
        once its rows are fixed.
      </p>
    </Notice>
  );
}

/** Returns what takes files, and how many wait: until it is known how they are to be handed in, they are kept. */
function useTake(how: How, isKnown: boolean): [take: (files: readonly File[]) => void, waiting: number] {
  const [early, setEarly] = useState<readonly File[]>([]);
  useEffect(() => {
    if (!isKnown || early.length === 0) return;
    setEarly([]);
    enqueue(early, how);
  }, [isKnown, early]);
  return [(files) => setEarly((before) => [...before, ...files]), early.length];
}

/** A single file's story goes on on a page of its own; several stay on this one, side by side. */
function useGoOn(): void {
  const queued = useStore(queue);
  const [known] = useState(() => new Set(queue.get().map(({ key }) => key)));
  useEffect(() => {
    const mine = queued.filter(({ key }) => !known.has(key));
    const [only] = mine;
    if (mine.length !== 1 || only?.stage.kind !== 'sent' || queued.some(isSending)) return;
    queue.set(queued.filter(({ key }) => key !== only.key));
    navigate(href('uploads', only.stage.uploadId));
  }, [queued]);
}

/** Files may be dropped beside the zone as well; without this the browser would leave the page and show the file. */
function useDropAnywhere(take: (files: readonly File[]) => void): void {
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const dropped = [...(event.dataTransfer?.files ?? [])];
      if (dropped.length > 0) take(dropped);
    };
    addEventListener('dragover', allow);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', drop);
    };
  });
}
