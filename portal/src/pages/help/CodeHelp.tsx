import { useEffect, useRef } from 'preact/hooks';
import type { Code, Columns } from '../../api/types';
import { Table } from '../../components/Table';

/** Every code that a row or a file can get, and what to do about it. `wanted` is the one that the reader came for. */
export function CodeHelp({ rules, wanted }: { readonly rules: Columns; readonly wanted: string | null }) {
  const columnsOf = (code: string) => rules.columns.filter((column) => column.code === code).map(({ name }) => name);
  return (
    <>
      <section class="stack" aria-labelledby="row-codes">
        <h2 id="row-codes">Of a row</h2>
        <p class="soft">The other rows of the file go through all the same.</p>
        <Codes
          label="Codes of rows"
          codes={rules.codes.filter((code) => code.of === 'row')}
          columnsOf={columnsOf}
          wanted={wanted}
        />
      </section>
      <section class="stack" aria-labelledby="file-codes">
        <h2 id="file-codes">Of a whole file</h2>
        <p class="soft">Nothing of the file was taken. It can be handed in again as soon as this is put right.</p>
        <Codes
          label="Codes of files"
          codes={rules.codes.filter((code) => code.of === 'file')}
          columnsOf={() => []}
          wanted={wanted}
        />
      </section>
    </>
  );
}

interface CodesProps {
  readonly label: string;
  readonly codes: readonly Code[];
  readonly columnsOf: (code: string) => readonly string[];
  readonly wanted: string | null;
}

function Codes({ label, codes, columnsOf, wanted }: CodesProps) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col" class="wide">
            Meaning and fix
          </th>
        </tr>
      </thead>
      <tbody>
        {codes.map((code) => (
          <CodeRow key={code.code} code={code} columns={columnsOf(code.code)} isWanted={code.code === wanted} />
        ))}
      </tbody>
    </Table>
  );
}

function CodeRow({ code, columns, isWanted }: { readonly code: Code; readonly columns: readonly string[]; readonly isWanted: boolean }) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isWanted) row.current?.scrollIntoView({ block: 'center' });
  }, [isWanted]);
  return (
    <tr ref={row} class={isWanted ? 'wanted' : undefined}>
      <th scope="row" class="code-name">
        <code>{code.code}</code>
        {columns.length > 0 && <div class="small soft">{columns.join(', ')}</div>}
      </th>
      <td class="code-text">
        <p class="soft">
          <Meaning text={code.meaning} />
        </p>
        <p>{code.fix}</p>
      </td>
    </tr>
  );
}

/** The service's few words as a sentence; what stands in a cell is between backticks. */
function Meaning({ text }: { readonly text: string }) {
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return <>{sentence.split('`').map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}</>;
}
