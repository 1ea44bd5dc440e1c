import { get } from '../../api/client';
import type { Cause, ErrorPage, ErrorRow } from '../../api/types';
import { hrefWith, navigate } from '../../app/route';
import { SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { keyOf, parseKey, titleOf } from '../../logic/causes';
import { labelOf, useColumns } from '../../logic/columns';
import { number } from '../../logic/format';
import { usePages } from '../../logic/pages';
import { More } from './More';

interface Props {
  readonly uploadId: string;
  readonly causes: readonly Cause[];
  readonly query: URLSearchParams;
}

/** The rows with errors; of other rows operators see nothing. */
export function ErrorRows({ uploadId, causes, query }: Props) {
  const columns = useColumns();
  const cause = query.get('cause') ?? '';
  const text = query.get('q') ?? '';
  const wanted = parseKey(cause);
  const question = { code: wanted?.code, column: wanted?.column, q: text };
  const errors = usePages<ErrorRow>(
    (cursor, signal) =>
      get<ErrorPage>(['admin', 'uploads', uploadId, 'errors'], { query: { ...question, limit: 50, cursor }, signal }),
    `${uploadId} ${cause} ${text}`,
  );
  const show = (changed: Record<string, string>) =>
    navigate(hrefWith(['uploads', uploadId], { cause, q: text, ...changed }), 'replace');
  const options = causes.map((each) => [keyOf(each), `${titleOf(each, columns)} (${number(each.rows)})`] as const);
  return (
    <section class="stack" aria-labelledby="rows">
      <h2 id="rows">Rows with errors</h2>
      <search class="filters">
        <SelectField
          label="Cause"
          value={cause}
          options={[['', 'All causes'], ...options]}
          onChange={(key) => show({ cause: key })}
        />
        <SearchField label="Search" placeholder="SKU, id or value" value={text} onChange={(q) => show({ q })} />
      </search>
      {errors.error && <Problem error={errors.error} retry={errors.reload} />}
      {errors.entries === null && !errors.error && <Loading what="the rows" lines={6} />}
      {errors.entries?.length === 0 && !errors.isLoading && <p class="soft">No row is like that.</p>}
      {errors.entries !== null && errors.entries.length > 0 && (
        <>
          <Rows errors={errors.entries} busy={errors.isLoading} />
          <More pages={errors} what="error" />
        </>
      )}
    </section>
  );
}

function Rows({ errors, busy }: { readonly errors: readonly ErrorRow[]; readonly busy: boolean }) {
  const columns = useColumns();
  return (
    <Table label="Errors row by row" busy={busy}>
      <thead>
        <tr>
          <th scope="col" class="number">
            Row
          </th>
          <th scope="col">SKU</th>
          <th scope="col">Column</th>
          <th scope="col">Sent</th>
          <th scope="col">What is wrong</th>
        </tr>
      </thead>
      <tbody>
        {errors.map((error, index) => (
          <tr key={`${error.row_number} ${error.code} ${error.column} ${index}`}>
            <td class="number">{number(error.row_number)}</td>
            <td class="theirs">{error.sku || error.vendor_product_id || '–'}</td>
            <td>{labelOf(error.column, columns)}</td>
            <td>{error.sent?.trim() ? <code class="theirs">{error.sent}</code> : <em class="soft">blank</em>}</td>
            <td class="name theirs">
              {error.message}
              <div class="small soft">{error.code}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
