import { useEffect, useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { Cause, Columns, ErrorPage, ErrorRow, Upload } from '../../api/types';
import { hrefWith, navigate } from '../../app/route';
import { Button } from '../../components/Button';
import { SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { keyOf, parseKey, titleOf } from '../../logic/causes';
import { labelOf } from '../../logic/columns';
import { number } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { Sent } from './Sent';

interface Props {
  readonly upload: Upload;
  readonly causes: readonly Cause[];
  readonly columns: Columns | null;
  readonly query: URLSearchParams;
}

const ROWS = 25;

/** The errors one by one. Filter, search and row stand in the address, so each view can be passed on. */
export function ErrorTable({ upload, causes, columns, query }: Props) {
  const cause = query.get('cause');
  const text = query.get('q');
  const row = query.get('row');
  const view = `${cause} ${text} ${row}`;
  // One cursor for each page that was turned; a new filter begins at the first page.
  const [pages, setPages] = useState<{ readonly view: string; readonly cursors: readonly string[] }>({
    view,
    cursors: [],
  });
  const cursors = pages.view === view ? pages.cursors : [];
  const cursor = cursors.at(-1) ?? null;
  const uploadId = upload.upload_id;
  const found = useResource(
    (signal) => {
      const filter = parseKey(cause);
      const rows = { code: filter?.code, column: filter?.column, q: text, from_row: row, cursor, limit: ROWS };
      return get<ErrorPage>(['uploads', uploadId, 'errors'], { query: rows, signal });
    },
    [uploadId, view, cursor],
  );
  const show = (changes: Record<string, string | null>) =>
    navigate(hrefWith(['uploads', uploadId], { cause, q: text, row: null, ...changes }), 'replace');
  const turn = (next: readonly string[]) => {
    setPages({ view, cursors: next });
    document.getElementById('rows')?.scrollIntoView();
  };
  const data = found.data?.data ?? [];
  useShowWhatIsMeant(found.data !== null, query, causes.length);
  const next = found.data?.next_cursor ?? null;
  return (
    <section class="stack" aria-labelledby="rows">
      <h2 id="rows" tabIndex={-1}>
        Row by row
      </h2>
      <p class="soft">Row 1 is the first one below the header.</p>
      <form class="errors-filters" role="search" aria-label="Errors" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label="Cause"
          value={cause ?? ''}
          onChange={(value) => show({ cause: value })}
          options={[
            ['', 'All causes'],
            ...causes.map((each) => [keyOf(each), `${titleOf(each, columns)} (${number(each.rows)})`] as const),
          ]}
        />
        <SearchField
          label="Search"
          placeholder="SKU, product ID or what you sent"
          value={text ?? ''}
          onChange={(q) => show({ q })}
        />
        {row && (
          <Button icon="cross" onClick={() => show({})}>
            {`From row ${row} on`}
          </Button>
        )}
      </form>
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.data && found.isLoading && <Loading what="the errors" lines={6} />}
      {found.data && data.length === 0 && <p class="card soft">No row is like that. Try another cause or search.</p>}
      {data.length > 0 && (
        <div class="errors">
          <Table label="Errors row by row" busy={found.isLoading}>
            <thead>
              <tr>
                <th scope="col">Row</th>
                <th scope="col">Product</th>
                <th scope="col">Column</th>
                <th scope="col">You sent</th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {data.map((error, index) => (
                <Line
                  key={`${error.row_number} ${error.code} ${error.column} ${index}`}
                  error={error}
                  columns={columns}
                  link={hrefWith(['uploads', uploadId], { cause, q: text, row: String(error.row_number) })}
                  isMeant={row === String(error.row_number)}
                />
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {(next !== null || cursors.length > 0) && (
        <nav class="row pager" aria-label="Pages of errors">
          <Button small busy={cursors.length === 0} onClick={() => turn(cursors.slice(0, -1))}>
            Earlier rows
          </Button>
          <span class="small soft number" aria-live="polite">
            {data.length > 0 && `Rows ${number(data[0]?.row_number ?? 0)} to ${number(data.at(-1)?.row_number ?? 0)}`}
          </span>
          <Button small busy={next === null} onClick={() => next !== null && turn([...cursors, next])}>
            Later rows
          </Button>
        </nav>
      )}
    </section>
  );
}

/** Who has followed a link to rows sees them; what is loaded above them meanwhile must not push them away. */
function useShowWhatIsMeant(isThere: boolean, query: URLSearchParams, causes: number): void {
  useEffect(() => {
    if (!isThere) return;
    if (query.has('row')) document.querySelector('.errors-meant')?.scrollIntoView({ block: 'center' });
    else if (query.has('cause') || query.has('q')) document.getElementById('rows')?.scrollIntoView();
  }, [isThere, causes]);
}

interface LineProps {
  readonly error: ErrorRow;
  readonly columns: Columns | null;
  readonly link: string;
  readonly isMeant: boolean;
}

function Line({ error, columns, link, isMeant }: LineProps) {
  const sku = error.sku?.trim();
  const productId = error.vendor_product_id?.trim();
  return (
    <tr class={isMeant ? 'errors-meant' : ''}>
      <td class="number" data-label="Row">
        <a href={link} aria-label={`Link to row ${error.row_number}`}>
          {number(error.row_number)}
        </a>
      </td>
      <td data-label="Product">
        <span class="theirs">{sku || productId || '–'}</span>
        {sku && productId && <small class="soft theirs">{productId}</small>}
      </td>
      <td data-label="Column">{labelOf(error.column, columns)}</td>
      <td data-label="You sent">
        <Sent error={error} />
      </td>
      <td data-label="What to do" class="theirs">
        {error.message}
      </td>
    </tr>
  );
}
