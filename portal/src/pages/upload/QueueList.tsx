import { href } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { Notice } from '../../components/Notice';
import { RowsBar } from '../../components/RowsBar';
import { Status } from '../../components/Status';
import { Tag } from '../../components/Tag';
import { bytes as sizeOf, percent } from '../../logic/format';
import { isUnderWay, summary } from '../../logic/progress';
import { cancel, isSending, remove, retry, type Queued } from '../../logic/queue';
import { useUpload } from '../../logic/upload-feed';

/** The files on their way, each with how far it is and what can be done about it. */
export function QueueList({ queued }: { readonly queued: readonly Queued[] }) {
  return (
    <section class="card stack" aria-labelledby="queue">
      <h2 id="queue">Your files</h2>
      <ul class="queue">
        {queued.map((each) => (
          <li key={each.key}>
            <div class="queue-name">
              <strong class="theirs">{each.name}</strong>
              <span class="small soft number">{sizeOf(each.bytes)}</span>
              {each.how.preview && <Tag>Check only</Tag>}
              {each.how.mode === 'update' && <Tag>Changes</Tag>}
            </div>
            <Actions queued={each} />
            <div class="queue-state">
              <State queued={each} />
            </div>
          </li>
        ))}
      </ul>
      {queued.some(isSending) && (
        <p class="small soft">
          Keep this page open until everything is sent: a file that is not, you would have to choose again. What is sent
          goes on without the page and is in the <a href={href('uploads')}>history</a>.
        </p>
      )}
    </section>
  );
}

function Actions({ queued }: { readonly queued: Queued }) {
  const { key, name, stage } = queued;
  const canRetry = stage.kind === 'failed' || stage.kind === 'cancelled';
  return (
    <div class="queue-actions">
      {stage.kind === 'sent' && (
        <ButtonLink small href={href('uploads', stage.uploadId)}>
          See the details
        </ButtonLink>
      )}
      {canRetry && (
        <Button small icon="retry" label={`Try ${name} again`} onClick={() => retry(key)}>
          Try again
        </Button>
      )}
      {isSending(queued) ? (
        <Button small label={`Cancel ${name}`} onClick={() => cancel(key)}>
          Cancel
        </Button>
      ) : (
        <Button small kind="quiet" icon="cross" label={`Take ${name} off the list`} onClick={() => remove(key)}>
          {''}
        </Button>
      )}
    </div>
  );
}

function State({ queued }: { readonly queued: Queued }) {
  const { stage, bytes } = queued;
  switch (stage.kind) {
    case 'checking':
      return <p class="small soft">Looking at it …</p>;
    case 'waiting':
      return <p class="small soft">Waits for its turn.</p>;
    case 'preparing':
      return <p class="small soft">Getting ready …</p>;
    case 'sending':
    case 'interrupted':
      return <Sending sent={stage.sent} bytes={bytes} isInterrupted={stage.kind === 'interrupted'} />;
    case 'sent':
      return <Rows uploadId={stage.uploadId} />;
    case 'refused':
      return (
        <Notice tone="bad" title="This file cannot be a product list">
          {stage.reason}
        </Notice>
      );
    case 'failed':
      return (
        <Notice tone="warn" title="Not sent">
          {stage.reason}
        </Notice>
      );
    case 'cancelled':
      return <p class="small soft">Cancelled. Nothing of it was taken over.</p>;
  }
}

function Sending({ sent, bytes, isInterrupted }: { sent: number; bytes: number; isInterrupted: boolean }) {
  const share = Math.min(sent / bytes, 1);
  return (
    <>
      <div
        class="bytes"
        role="progressbar"
        aria-label="Sent"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p class="small soft number">
        {isInterrupted
          ? `The connection is gone. Going on by itself when it is back; ${sizeOf(bytes)} to send.`
          : `${sizeOf(Math.min(sent, bytes))} of ${sizeOf(bytes)} sent (${percent(Math.min(sent, bytes), bytes)})`}
      </p>
    </>
  );
}

function Rows({ uploadId }: { readonly uploadId: string }) {
  const { upload, error } = useUpload(uploadId);
  if (error) return <p class="small">{error.detail}</p>;
  if (!upload) return <p class="small soft">Sent. Asking how it goes …</p>;
  return (
    <>
      <RowsBar counts={upload.counts} busy={isUnderWay(upload)} />
      <p class="row small">
        <Status upload={upload} />
        <span>{isUnderWay(upload) ? 'The rows are being checked …' : summary(upload)}</span>
      </p>
    </>
  );
}
