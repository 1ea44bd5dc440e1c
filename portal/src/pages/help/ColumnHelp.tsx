import type { Column, Columns } from '../../api/types';
import { href } from '../../app/route';
import { CodeLink } from '../../components/CodeLink';
import { TemplateLinks } from '../../components/TemplateLinks';
import { Table } from '../../components/Table';
import { bytes, count, number } from '../../logic/format';
import { allowed } from './allowed';

/** Limits, templates, and every column with what its cells may hold. */
export function ColumnHelp({ rules }: { readonly rules: Columns }) {
  return (
    <>
      <section class="card stack" aria-labelledby="limits">
        <h2 id="limits">What you can hand in</h2>
        <ul class="points">
          <li>
            A table with a header row: CSV or other text, or a workbook (.xlsx, .xls, .xlsb, .ods), whatever it is
            called.
          </li>
          <li>
            At most <strong>{number(rules.max_rows)} products</strong> and <strong>{bytes(rules.max_bytes)}</strong> in
            one file. Larger lists go in several files.
          </li>
          <li>
            Columns in any order, names in any case. Columns with other names are ignored; how your file was read is
            told with its result.
          </li>
        </ul>
        <p>Nothing to start from? These have all columns, and the workbook checks as you type:</p>
        <TemplateLinks />
      </section>
      <section class="stack" aria-labelledby="columns">
        <h2 id="columns">Columns</h2>
        <Table label="Columns of the file">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Cells may hold</th>
              <th scope="col" class="wide">
                Also understood as
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.columns.map((column) => (
              <ColumnRow key={column.name} column={column} />
            ))}
          </tbody>
        </Table>
        <p class="soft">
          Required cells are needed for new products. A file of changes needs <code>sku</code> or{' '}
          <code>vendor_product_id</code> and the columns to change; a blank cell leaves the value as it is, and the word{' '}
          <code>CLEAR</code> alone in a cell empties a value that is not required.
        </p>
      </section>
    </>
  );
}

function ColumnRow({ column }: { readonly column: Column }) {
  return (
    <tr>
      <th scope="row" class="column-name">
        <code>{column.name}</code>
        <div class="small soft">{column.required ? 'required' : 'optional'}</div>
      </th>
      <td>
        {column.type === 'category' ? (
          <>
            one of the <a href={href('help', 'categories')}>categories</a>, written exactly so
          </>
        ) : (
          allowed(column)
        )}
        <div class="small">
          <CodeLink code={column.code} />
        </div>
      </td>
      <td class="wide small soft">
        {column.aliases.length > 0 && (
          <details>
            <summary>{count(column.aliases.length, 'other name')}</summary>
            <span class="theirs">{column.aliases.join(', ')}</span>
          </details>
        )}
      </td>
    </tr>
  );
}
