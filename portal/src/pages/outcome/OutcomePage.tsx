import './outcome.css';
import { useState } from 'preact/hooks';
import type { Upload } from '../../api/types';
import { href, type Route } from '../../app/route';
import { ButtonLink } from '../../components/Button';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Status } from '../../components/Status';
import { Tag } from '../../components/Tag';
import { between } from '../../logic/format';
import { isUnderWay, spoken } from '../../logic/progress';
import { useUpload } from '../../logic/upload-feed';
import { modeWords } from '../../logic/words';
import { Errors } from './Errors';
import { ProgressCard } from './ProgressCard';
import { Result } from './Result';

/** One upload: how far it is, and once it has ended, what came of it and what to fix. */
export function OutcomePage({ route }: { readonly route: Route }) {
  const uploadId = route.segments[1] ?? '';
  const [round, setRound] = useState(0);
  const { upload, error } = useUpload(uploadId, round);
  if (error?.status === 404) return <NoSuchUpload uploadId={uploadId} />;
  if (error) {
    return (
      <div class="stack">
        <PageTitle title="Upload" />
        <Problem error={error} retry={() => setRound(round + 1)} />
      </div>
    );
  }
  if (!upload) {
    return (
      <div class="stack">
        <PageTitle title="Upload" />
        <Loading what="the upload" />
      </div>
    );
  }
  return (
    <div class="stack">
      <PageTitle title={upload.file_name}>
        <Facts upload={upload} />
      </PageTitle>
      <p class="unseen" role="status">
        {spoken(upload)}
      </p>
      {isUnderWay(upload) ? <ProgressCard upload={upload} /> : <Result upload={upload} />}
      {!isUnderWay(upload) && upload.counts.errors > 0 && <Errors upload={upload} query={route.query} />}
    </div>
  );
}

function NoSuchUpload({ uploadId }: { readonly uploadId: string }) {
  return (
    <div class="stack">
      <PageTitle title="No such upload">
        <p class="soft">
          You have no upload <span class="mono theirs">{uploadId}</span>. The address may be incomplete, or the upload
          another vendor’s.
        </p>
      </PageTitle>
      <p>
        <ButtonLink icon="history" href={href('uploads')}>
          All uploads
        </ButtonLink>
      </p>
    </div>
  );
}

function Facts({ upload }: { readonly upload: Upload }) {
  return (
    <p class="row facts">
      <Status upload={upload} />
      <Tag>{modeWords(upload)}</Tag>
      <span class="small soft number">
        <Moment at={upload.created_at} />
        {upload.completed_at && ` · took ${between(upload.created_at, upload.completed_at)}`}
      </span>
    </p>
  );
}
