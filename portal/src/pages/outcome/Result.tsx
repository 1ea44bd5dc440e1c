import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import { ApiError } from '../../api/problems';
import type { Upload } from '../../api/types';
import { href, hrefWith, navigate } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { Notice } from '../../components/Notice';
import { Problem } from '../../components/Problem';
import { RowsBar } from '../../components/RowsBar';
import { downloadOf } from '../../logic/download';
import { number, plural } from '../../logic/format';
import { summary } from '../../logic/progress';
import { useResource } from '../../logic/resource';
import { Figures } from './Figures';

/** What came of an upload that has ended, and what to do next. */
export function Result({ upload }: { readonly upload: Upload }) {
  const sentence = readAs(upload);
  return (
    <section class="card stack result" aria-labelledby="result">
      <h2 id="result">{summary(upload)}</h2>
      {upload.failure && (
        <Notice tone="bad" title={upload.failure.message}>
          <p>{upload.next_step.text}</p>
          <p class="small soft">
            <code>{upload.failure.code}</code>
          </p>
        </Notice>
      )}
      {!upload.failure && upload.counts.total !== null && (
        <>
          <RowsBar counts={upload.counts} />
          <Figures counts={upload.counts} />
        </>
      )}
      <Thread upload={upload} />
      {sentence && (
        <Notice tone="info" title="How the file was read" announce={false}>
          <p class="theirs">{sentence}</p>
        </Notice>
      )}
      <Actions upload={upload} />
    </section>
  );
}

/** The service's own words; null when the file was read as files usually are. */
function readAs(upload: Upload): string | null {
  const sentence = upload.read_as?.['sentence'];
  return typeof sentence === 'string' ? sentence : null;
}

/** Which earlier upload this one corrects, and how many errors are left of those. */
function Thread({ upload }: { readonly upload: Upload }) {
  const earlierId = upload.corrects_upload_id;
  const earlier = useResource(
    async (signal) => (earlierId === null ? null : get<Upload>(['uploads', earlierId], { signal })),
    [earlierId],
  ).data;
  if (!earlier) return null;
  const before = earlier.counts.errors;
  const left = upload.counts.errors;
  return (
    <p class="thread">
      Corrects{' '}
      <a class="theirs" href={href('uploads', earlier.upload_id)}>
        {earlier.file_name}
      </a>
      : {plural(before, 'row')} had something to fix,{' '}
      {left === 0 ? 'none is left.' : `${number(left)} ${left === 1 ? 'is' : 'are'} left.`}
    </p>
  );
}

function Actions({ upload }: { readonly upload: Upload }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const act = async (what: string, action: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    try {
      await action();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(null);
    }
  };
  const { upload_id, counts, has_corrections, has_report } = upload;
  const canApply = upload.preview && !upload.failure && counts.valid > 0;
  const isFirst = (action: string) => (firstAction(upload, canApply) === action ? 'primary' : 'plain');
  return (
    <>
      <div class="row">
        {has_corrections && (
          <Button
            kind={isFirst('corrections')}
            icon="download"
            busy={busy === 'corrections'}
            onClick={() => void act('corrections', () => downloadOf(upload_id, 'corrections'))}
          >
            Download the rows to fix
          </Button>
        )}
        {canApply && (
          <Button
            kind={isFirst('apply')}
            icon="check"
            busy={busy === 'apply'}
            onClick={() => void act('apply', () => apply(upload_id))}
          >
            {counts.errors === 0 ? 'Looks good: upload for real' : `Upload the ${number(counts.valid)} good rows for real`}
          </Button>
        )}
        {firstAction(upload, canApply) !== 'again' ? null : (
          <ButtonLink kind="primary" icon="upload" href={href()}>
            {upload.failure || upload.status === 'expired' ? 'Upload again' : 'New upload'}
          </ButtonLink>
        )}
        {counts.errors > 0 && upload.mode !== 'revert' && (
          <ButtonLink icon="upload" href={hrefWith([], { corrects: upload_id })}>
            Fix and upload again
          </ButtonLink>
        )}
        {has_report && (
          <Button
            kind="quiet"
            icon="file"
            busy={busy === 'report'}
            onClick={() => void act('report', () => downloadOf(upload_id, 'report'))}
          >
            Error report
          </Button>
        )}
      </div>
      {has_corrections && (
        <p class="small soft">
          The download has only the rows that need a fix, with all their columns and one more that says what is wrong.
          Fix them there and upload that file as it is.
        </p>
      )}
      {error && <Problem error={error} />}
    </>
  );
}

function firstAction(upload: Upload, canApply: boolean): string {
  if (upload.counts.errors > 0 && upload.has_corrections) return 'corrections';
  return canApply ? 'apply' : 'again';
}

/** Does the preview for real; asking twice gives the same upload, so a lost answer does no harm. */
async function apply(uploadId: string): Promise<void> {
  const applied = await send<Upload>('POST', ['uploads', uploadId, 'apply'], { tries: 5 });
  navigate(href('uploads', applied.upload_id));
}
