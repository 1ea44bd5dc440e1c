import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { Page } from '../../app/pages';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { Tag } from '../../components/Tag';
import { useAction } from '../../logic/action';
import { count, number } from '../../logic/format';
import { useResource } from '../../logic/resource';
import type { Category, ManagedCategories } from './types';

interface Asked {
  readonly what: 'rename' | 'retire' | 'restore';
  readonly category: Category;
}

/** The categories that products can have: added, renamed, retired and brought back. */
export const CategoriesPage: Page = () => {
  const categories = useResource((signal) => get<ManagedCategories>(['admin', 'categories'], { signal }), []);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <div class="stack">
      <PageTitle title="Categories">
        <p class="soft">What products can be filed under. A change holds from the next rows that are checked.</p>
      </PageTitle>
      <Add added={categories.reload} />
      {categories.error && <Problem error={categories.error} retry={categories.reload} />}
      {!categories.data && categories.isLoading && <Loading what="the categories" lines={6} />}
      {categories.data && (
        <CategoryTable categories={categories.data.data} busy={categories.isLoading} ask={setAsked} />
      )}
      {asked?.what === 'rename' && <Rename category={asked.category} close={close} done={categories.reload} />}
      {asked?.what === 'retire' && (
        <Confirm
          title={`Retire ${asked.category.name}?`}
          verb="Retire"
          close={close}
          act={async () => {
            await send('POST', ['admin', 'categories', String(asked.category.category_id), 'retire']);
            categories.reload();
          }}
        >
          <p>
            {count(asked.category.products, 'product')} in it {asked.category.products === 1 ? 'keeps' : 'keep'} it. New
            rows with this category are refused, and the message says that it was retired.
          </p>
        </Confirm>
      )}
      {asked?.what === 'restore' && (
        <Confirm
          title={`Bring ${asked.category.name} back?`}
          verb="Bring it back"
          close={close}
          act={async () => {
            await send('POST', ['admin', 'categories', String(asked.category.category_id), 'restore']);
            categories.reload();
          }}
        >
          <p>Rows with this category are accepted again.</p>
        </Confirm>
      )}
    </div>
  );
};

function Add({ added }: { readonly added: () => void }) {
  const [name, setName] = useState('');
  const [done, setDone] = useState<string | null>(null);
  const add = useAction(async () => {
    const made = await send<Category>('POST', ['admin', 'categories'], { body: { name: name.trim() } });
    setDone(made.name);
    setName('');
    added();
  });
  return (
    <form
      class="card stack"
      aria-label="Add a category"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') add.run();
      }}
    >
      <div class="form-line">
        <InputField label="New category" maxLength={100} value={name} onChange={setName} />
        <button type="submit" class="button button-primary" aria-disabled={add.isBusy || name.trim() === ''}>
          Add
        </button>
      </div>
      <p role="status" class="soft theirs">
        {done === null ? 'Files have to use the name exactly as it is written here.' : `${done} was added.`}
      </p>
      {add.error && <Problem error={add.error} />}
    </form>
  );
}

function Rename({ category, close, done }: { readonly category: Category; readonly close: () => void; readonly done: () => void }) {
  const [name, setName] = useState(category.name);
  return (
    <Confirm
      title={`Rename ${category.name}`}
      verb="Rename"
      close={close}
      act={async () => {
        await send('PATCH', ['admin', 'categories', String(category.category_id)], { body: { name: name.trim() } });
        done();
      }}
    >
      <InputField label="New name" maxLength={100} value={name} onChange={setName} />
      <p>
        Its {count(category.products, 'product')} {category.products === 1 ? 'follows' : 'follow'}. Files with the old
        name are refused, and the message says the new one.
      </p>
    </Confirm>
  );
}

interface TableProps {
  readonly categories: readonly Category[];
  readonly busy: boolean;
  readonly ask: (asked: Asked) => void;
}

function CategoryTable({ categories, busy, ask }: TableProps) {
  return (
    <Table label="Categories" busy={busy}>
      <thead>
        <tr>
          <th scope="col">Category</th>
          <th scope="col" class="number">
            Products
          </th>
          <th scope="col" class="wide">
            Last change
          </th>
          <th scope="col">What to do</th>
        </tr>
      </thead>
      <tbody>
        {categories.map((category) => (
          <tr key={category.category_id}>
            <th scope="row" class="name">
              <span class="theirs">{category.name}</span> {!category.is_active && <Tag>retired</Tag>}
              {category.former_names.length > 0 && (
                <div class="small soft theirs">formerly {category.former_names.join(', ')}</div>
              )}
            </th>
            <td class="number">{number(category.products)}</td>
            <td class="wide">
              <LastChange category={category} />
            </td>
            <td>
              <span class="row">
                <Button small label={`Rename ${category.name}`} onClick={() => ask({ what: 'rename', category })}>
                  Rename
                </Button>
                {category.is_active ? (
                  <Button small label={`Retire ${category.name}`} onClick={() => ask({ what: 'retire', category })}>
                    Retire
                  </Button>
                ) : (
                  <Button small label={`Bring ${category.name} back`} onClick={() => ask({ what: 'restore', category })}>
                    Bring back
                  </Button>
                )}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Who did what with it last, and when. */
function LastChange({ category }: { readonly category: Category }) {
  const changes = [
    { what: 'added', at: category.added_at, by: category.added_by },
    { what: 'renamed', at: category.renamed_at, by: category.renamed_by },
    { what: 'retired', at: category.retired_at, by: category.retired_by },
  ].filter((change): change is { what: string; at: string; by: string | null } => change.at !== null);
  const last = changes.reduce((newest, each) => (each.at >= newest.at ? each : newest));
  return (
    <span class="small">
      {last.what} <Moment at={last.at} />
      {last.by && (
        <>
          {' '}
          by <span class="theirs">{last.by}</span>
        </>
      )}
    </span>
  );
}
