import { get, send } from '../../api/client';
import type { Download, FollowedUpload, Upload } from '../../api/types';
import { href, hrefWith, navigate } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { CodeLink } from '../../components/CodeLink';
import { DownloadButton } from '../../components/DownloadButton';
import { Notice } from '../../components/Notice';
import { Problem } from '../../components/Problem';
import { RowsBar } from '../../components/RowsBar';
import { useAction } from '../../logic/action';
import { number } from '../../logic/format';
import { afterCorrection, beforeCorrection, correctionsOf, summary } from '../../logic/progress';
import { useResource } from '../../logic/resource';
import { Figures } from './Figures';

/** What came of an upload that has ended, and what to do next. */
export function Result({ upload }: { readonly upload: FollowedUpload }) {
  const sentence = readAs(upload);
  return (
    <section class="card stack result" aria-labelledby="result">
      <h2 id="result">{summary(upload)}</h2>
      {upload.failure && (
        <Notice tone="bad" title={upload.failure.message}>
          <p>{upload.next_step.text}</p>
          <p class="small">
            <CodeLink code={upload.failure.code} />
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
      <Corrections upload={upload} />
      {sentence && (
        <Notice tone="info" title="How the file was read" announce={false}>
          <p class="theirs">{sentence}</p>
        </Notice>
      )}
      <Actions upload={upload} />
    </section>
  );
}

/** The service's own words, less those of the heading above them; null when the file was read as files usually are. */
function readAs(upload: Upload): string | null {
  const sentence = upload.read_as?.['sentence'];
  if (typeof sentence !== 'string') return null;
  return sentence.replace(/^Read as: (.)/, (_, first: string) => first.toUpperCase());
}

/** Which earlier upload this one corrects, and how many errors are left of those. */
function Thread({ upload }: { readonly upload: Upload }) {
  const earlierId = upload.corrects_upload_id;
  const earlier = useResource(
    async (signal) => (earlierId === null ? null : get<FollowedUpload>(['uploads', earlierId], { signal })),
    [earlierId],
  ).data;
  if (!earlier) return null;
  return (
    <p class="thread">
      Corrects{' '}
      <a class="theirs" href={href('uploads', earlier.upload_id)}>
        {earlier.file_name}
      </a>
      : {beforeCorrection(earlier, upload)}.
      {earlier.preview && earlier.counts.valid > 0 && ' That file was only checked: its good rows are uploaded from there.'}
    </p>
  );
}

/** Which later uploads correct this one, newest first, and what is left to fix there. */
function Corrections({ upload }: { readonly upload: FollowedUpload }) {
  return correctionsOf(upload).map((correction) => (
    <p key={correction.upload_id} class="thread">
      Corrected by{' '}
      <a class="theirs" href={href('uploads', correction.upload_id)}>
        {correction.file_name}
      </a>
      {correction.preview && ' (check only)'}: {afterCorrection(upload, correction)}.
    </p>
  ));
}

function Actions({ upload }: { readonly upload: Upload }) {
  const { upload_id: uploadId, counts, has_corrections, has_report } = upload;
  const canApply = upload.preview && !upload.failure && counts.valid > 0;
  const first = firstAction(upload, canApply);
  const kindOf = (action: FirstAction) => (first === action ? 'primary' : 'plain');
  const linkTo = (what: 'report' | 'corrections') => () => get<Download>(['uploads', uploadId, what]);
  return (
    <>
      <div class="row">
        {has_corrections && (
          <DownloadButton kind={kindOf('corrections')} ask={linkTo('corrections')}>
            Download the rows to fix
          </DownloadButton>
        )}
        {canApply && <Apply uploadId={uploadId} counts={counts} kind={kindOf('apply')} />}
        {first === 'again' && (
          <ButtonLink kind="primary" icon="upload" href={href()}>
            {upload.failure || upload.status === 'expired' ? 'Upload again' : 'New upload'}
          </ButtonLink>
        )}
        {counts.valid > 0 && !upload.preview && counts.errors === 0 && (
          <ButtonLink icon="products" href={href('products')}>
            See your products
          </ButtonLink>
        )}
        {counts.errors > 0 && upload.mode !== 'revert' && (
          <ButtonLink icon="upload" href={hrefWith([], { corrects: uploadId })}>
            Fix and upload again
          </ButtonLink>
        )}
        {has_report && (
          <DownloadButton kind="quiet" ask={linkTo('report')}>
            Error report
          </DownloadButton>
        )}
      </div>
      {has_corrections && (
        <p class="small soft">
          The download has only the rows that need a fix, with all their columns and one more that says what is wrong.
          Fix them there and upload that file as it is.
          {canApply && ' The good rows are not in it: upload them for real with the button beside it.'}
        </p>
      )}
    </>
  );
}

interface ApplyProps {
  readonly uploadId: string;
  readonly counts: Upload['counts'];
  readonly kind: 'primary' | 'plain';
}

/** Does a preview for real; asking twice gives the same upload, so a lost answer does no harm. */
function Apply({ uploadId, counts, kind }: ApplyProps) {
  const apply = useAction(async () => {
    const applied = await send<Upload>('POST', ['uploads', uploadId, 'apply'], { tries: 5 });
    navigate(href('uploads', applied.upload_id));
  });
  return (
    <>
      <Button kind={kind} icon="check" busy={apply.isBusy} onClick={apply.run}>
        {counts.errors === 0 ? 'Looks good: upload for real' : `Upload the ${number(counts.valid)} good rows for real`}
      </Button>
      {apply.error && <Problem error={apply.error} />}
    </>
  );
}

type FirstAction = 'corrections' | 'apply' | 'again';

function firstAction(upload: Upload, canApply: boolean): FirstAction {
  if (upload.counts.errors > 0 && upload.has_corrections) return 'corrections';
  return canApply ? 'apply' : 'again';
}
