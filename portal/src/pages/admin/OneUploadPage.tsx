import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { ErrorSummary } from '../../api/types';
import type { Page } from '../../app/pages';
import { href, hrefWith } from '../../app/route';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Notice } from '../../components/Notice';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { RowsBar } from '../../components/RowsBar';
import { Status } from '../../components/Status';
import { between, number } from '../../logic/format';
import { afterCorrection, correctionsOf } from '../../logic/progress';
import { useResource } from '../../logic/resource';
import { modeWords } from '../../logic/words';
import { ErrorRows } from './ErrorRows';
import { Story } from './Story';
import { TakeBack } from './TakeBack';
import type { AnyUploadInFull, Redrive } from './types';

/** One upload of any vendor: how it stands, what happened to it, and its error rows. */
export const OneUploadPage: Page = ({ route }) => {
  const [, uploadId = ''] = route.segments;
  const upload = useResource((signal) => get<AnyUploadInFull>(['admin', 'uploads', uploadId], { signal }), [uploadId]);
  const found = upload.data;
  return (
    <div class="stack">
      <PageTitle title={found?.file_name ?? uploadId}>
        <p class="row">
          <a href={href('uploads')}>All uploads</a>
          {found && <Status upload={found} />}
          <code class="soft theirs">{uploadId}</code>
        </p>
      </PageTitle>
      {upload.error && (
        <Problem error={upload.error} {...(upload.error.status === 404 ? {} : { retry: upload.reload })} />
      )}
      {!found && upload.isLoading && <Loading what="the upload" lines={6} />}
      {found && <Facts upload={found} />}
      {/* What is not recorded yet may be known elsewhere: where it waits or died is told by the story alone. */}
      {(found || upload.error?.status === 404) && <Story uploadId={uploadId} />}
      {found && <Deeds upload={found} reload={upload.reload} />}
      {found && found.counts.errors > 0 && <WhatIsWrong uploadId={uploadId} query={route.query} />}
    </div>
  );
};

function Facts({ upload }: { readonly upload: AnyUploadInFull }) {
  const { counts, execution } = upload;
  const corrections = correctionsOf(upload);
  return (
    <section class="card stack" aria-label="Facts">
      {upload.failure && (
        <Notice tone="bad" title={upload.failure.message} announce={false}>
          <code>{upload.failure.code}</code>
        </Notice>
      )}
      {counts.total !== null && <RowsBar counts={counts} />}
      <dl class="details">
        <dt>Vendor</dt>
        <dd>
          <a class="theirs" href={href('vendors', upload.vendor_id)}>
            {upload.vendor_name ?? upload.vendor_id}
          </a>
          {upload.vendor_name === null && <span class="soft"> (not registered)</span>}
        </dd>
        <dt>What it does</dt>
        <dd>{modeWords(upload)}</dd>
        <dt>Rows</dt>
        <dd class="number">
          {counts.total === null
            ? 'not counted'
            : `${number(counts.total)}: ${number(counts.valid)} valid, ${number(counts.errors)} with errors`}
        </dd>
        <dt>Handed in</dt>
        <dd>
          <Moment at={upload.created_at} />
        </dd>
        <dt>Ended</dt>
        <dd>
          {upload.completed_at ? (
            <>
              <Moment at={upload.completed_at} /> (after {between(upload.created_at, upload.completed_at)})
            </>
          ) : (
            'not yet'
          )}
        </dd>
        <dt>Lies at</dt>
        <dd>
          <code class="theirs">{upload.s3_key}</code>
        </dd>
        {typeof upload.read_as?.['sentence'] === 'string' && (
          <>
            <dt>Read as</dt>
            <dd class="theirs">{upload.read_as['sentence']}</dd>
          </>
        )}
        {upload.corrects_upload_id && (
          <>
            <dt>Corrects</dt>
            <dd>
              <a href={href('uploads', upload.corrects_upload_id)}>{upload.corrects_upload_id}</a>
            </dd>
          </>
        )}
        {corrections.length > 0 && (
          <>
            <dt>Corrected by</dt>
            <dd>
              {corrections.map((each) => (
                <div key={each.upload_id}>
                  <a class="theirs" href={href('uploads', each.upload_id)}>
                    {each.file_name}
                  </a>
                  {each.preview && ' (check only)'}: {afterCorrection(upload, each)}
                </div>
              ))}
            </dd>
          </>
        )}
        {upload.taken_back_by && (
          <>
            <dt>Taken back by</dt>
            <dd>
              <a href={href('uploads', upload.taken_back_by)}>{upload.taken_back_by}</a>
            </dd>
          </>
        )}
        <dt>Execution</dt>
        <dd>
          {execution ? (
            <>
              {execution.status} ·{' '}
              <a class="theirs" href={execution.console_url} rel="noreferrer">
                {execution.name}
              </a>
              {execution.cause && <p class="small theirs">{execution.cause}</p>}
            </>
          ) : (
            'none is known'
          )}
        </dd>
      </dl>
    </section>
  );
}

/** What an operator can do about an upload; each thing asks first, and is recorded. */
function Deeds({ upload, reload }: { readonly upload: AnyUploadInFull; readonly reload: () => void }) {
  const [asks, setAsks] = useState<'redrive' | 'revert' | null>(null);
  const [started, setStarted] = useState<string | null>(null);
  const uploadId = upload.upload_id;
  const done = () => setAsks(null);
  return (
    <section class="stack" aria-labelledby="deeds">
      <h2 id="deeds">What can be done</h2>
      <div class="row">
        <Button icon="retry" onClick={() => setAsks('redrive')}>
          Run it again
        </Button>
        {upload.can_revert && <Button onClick={() => setAsks('revert')}>Take it back</Button>}
        <a href={hrefWith(['actions'], { subject: uploadId })}>What operators did with it</a>
      </div>
      {started && (
        <Notice tone="good" title="It runs again.">
          <code class="theirs">{started}</code>
        </Notice>
      )}
      {asks === 'redrive' && (
        <Confirm
          title={`Run ${upload.file_name} again?`}
          verb="Run it again"
          close={done}
          act={async () => {
            const path = ['admin', 'uploads', uploadId, 'redrive'];
            const redrive = await send<Redrive>('POST', path, { body: { confirm: uploadId } });
            setStarted(redrive.execution_name);
            reload();
          }}
        >
          <p>
            Its execution starts once more. What is decided about rows stays; the report and the vendor’s e-mail are
            made again. It is recorded that you did it.
          </p>
        </Confirm>
      )}
      {asks === 'revert' && <TakeBack upload={upload} close={done} done={reload} />}
    </section>
  );
}

function WhatIsWrong({ uploadId, query }: { readonly uploadId: string; readonly query: URLSearchParams }) {
  const causes = useResource(
    (signal) => get<ErrorSummary>(['admin', 'uploads', uploadId, 'errors', 'summary'], { signal }),
    [uploadId],
  );
  return (
    <>
      {causes.error && <Problem error={causes.error} retry={causes.reload} />}
      <ErrorRows uploadId={uploadId} causes={causes.data?.causes ?? []} query={query} />
    </>
  );
}
