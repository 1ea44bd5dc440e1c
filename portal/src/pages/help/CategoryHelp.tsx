import { useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { Categories } from '../../api/types';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { count } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { matching } from './search';

/** The names that a product's category can have, to be searched and copied. */
export function CategoryHelp() {
  const found = useResource((signal) => get<Categories>(['categories'], { signal }), []);
  const [search, setSearch] = useState('');
  const [copied, setCopied] = useState<string | null>(null);
  if (found.error) return <Problem error={found.error} retry={found.reload} />;
  if (!found.data) return <Loading what="the categories" lines={8} />;
  const names = matching(found.data.categories, search);
  return (
    <section class="stack" aria-label="Categories">
      <p class="soft">
        The name in your file must match exactly, capital letters and spaces included. Copy it to be sure.
      </p>
      <div class="search-one">
        <InputField label="Search categories" type="search" value={search} onChange={setSearch} />
      </div>
      <p class="soft" role="status">
        {count(names.length, 'category', 'categories')}
        {copied !== null && `; “${copied}” is in the clipboard`}
      </p>
      {names.length === 0 ? (
        <Empty icon="search" title="No category is called that">
          <p class="soft">Try a shorter or more general word. Is one missing? Ask your contact at TechMart.</p>
          <Button onClick={() => setSearch('')}>Show all categories</Button>
        </Empty>
      ) : (
        <ul class="categories">
          {names.map((name) => (
            <li key={name}>
              <span class="theirs">{name}</span>
              <Button
                small
                kind="quiet"
                label={`Copy ${name}`}
                onClick={() => void navigator.clipboard.writeText(name).then(() => setCopied(name))}
              >
                Copy
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
