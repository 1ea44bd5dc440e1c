import { get } from '../../api/client';
import type { ErrorSummary, Upload } from '../../api/types';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { useColumns } from '../../logic/columns';
import { useResource } from '../../logic/resource';
import { Causes } from './Causes';
import { ErrorTable } from './ErrorTable';

/** What is wrong: causes first, single rows below. `query` is that of the address. */
export function Errors({ upload, query }: { readonly upload: Upload; readonly query: URLSearchParams }) {
  const columns = useColumns();
  const { upload_id: uploadId } = upload;
  const found = useResource(
    (signal) => get<ErrorSummary>(['uploads', uploadId, 'errors', 'summary'], { signal }),
    [uploadId],
  );
  return (
    <>
      <section class="stack" aria-labelledby="causes">
        <h2 id="causes">What to fix first</h2>
        {found.error && <Problem error={found.error} retry={found.reload} />}
        {found.data ? (
          <Causes upload={upload} causes={found.data.causes} columns={columns} />
        ) : (
          found.isLoading && <Loading what="the causes" />
        )}
      </section>
      <ErrorTable upload={upload} causes={found.data?.causes ?? []} columns={columns} query={query} />
    </>
  );
}
