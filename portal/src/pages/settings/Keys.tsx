import { useRef, useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { ApiKey, ApiKeys, CreatedApiKey } from '../../api/types';
import { Button } from '../../components/Button';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Notice } from '../../components/Notice';
import { Problem } from '../../components/Problem';
import { useAction } from '../../logic/action';
import { number } from '../../logic/format';
import { useResource } from '../../logic/resource';

/** API keys: made, shown once, and removed. */
export function Keys() {
  const keys = useResource((signal) => get<ApiKeys>(['api-keys'], { signal }), []);
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  const list = keys.data?.data ?? [];
  const isFull = keys.data !== null && list.length >= keys.data.most;
  return (
    <section class="card stack" aria-labelledby="keys">
      <div>
        <h2 id="keys">API keys</h2>
        <p class="soft">
          With a key your shop system hands in files by itself. Whoever has it can do that for you: keep it like a
          password.
        </p>
      </div>
      {keys.error && <Problem error={keys.error} retry={keys.reload} />}
      {!keys.data && !keys.error && <Loading what="the keys" lines={2} />}
      {made && <MadeKey made={made} done={() => setMade(null)} />}
      {keys.data && list.length === 0 && !made && <p>No program has a key yet.</p>}
      {list.length > 0 && (
        <ul class="entries">
          {list.map((key) => (
            <KeyEntry
              key={key.key_id}
              entry={key}
              removed={() => {
                if (made?.key_id === key.key_id) setMade(null);
                keys.reload();
              }}
            />
          ))}
        </ul>
      )}
      {keys.data && isFull && (
        <p class="soft">
          That is as many as there can be: {number(keys.data.most)}, one in use and the next one. Remove a key that is no
          longer used to make another.
        </p>
      )}
      {keys.data && !isFull && (
        <NewKey
          created={(key) => {
            setMade(key);
            keys.reload();
          }}
        />
      )}
    </section>
  );
}

function NewKey({ created }: { readonly created: (key: CreatedApiKey) => void }) {
  const [label, setLabel] = useState('');
  const [isMissing, setMissing] = useState(false);
  // Made once: a request that is repeated would make a second key that nobody has seen.
  const make = useAction(async () => {
    created(await send<CreatedApiKey>('POST', ['api-keys'], { body: { label: label.trim() } }));
    setLabel('');
  });
  return (
    <form
      class="new-key"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(label.trim() === '');
        if (label.trim() !== '') make.run();
      }}
    >
      <InputField
        label="What is the key for?"
        hint="Your own words, to know it by later: “shop system”."
        maxLength={60}
        value={label}
        onChange={setLabel}
      />
      <button type="submit" class="button button-primary" aria-disabled={make.isBusy}>
        Make a key
      </button>
      {isMissing && label.trim() === '' && <Notice tone="bad">Give the key a name first.</Notice>}
      {make.error && <Problem error={make.error} />}
    </form>
  );
}

/** The key itself, which is never to be seen again. */
function MadeKey({ made, done }: { readonly made: CreatedApiKey; readonly done: () => void }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <Notice tone="good" title="Copy the key now. It is shown this once.">
      <p>
        <code class="key theirs">{made.key}</code>
      </p>
      <p class="row">
        <Button
          small
          kind="primary"
          onClick={() => void navigator.clipboard.writeText(made.key).then(() => setCopied(true))}
        >
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button small onClick={done}>
          I have it
        </Button>
        <span class="unseen" role="status">
          {isCopied && 'The key is in the clipboard.'}
        </span>
      </p>
    </Notice>
  );
}

function KeyEntry({ entry, removed }: { readonly entry: ApiKey; readonly removed: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  // The button that was pressed is gone: its successor takes the focus.
  const ask = (asking: boolean) => {
    setAsking(asking);
    setTimeout(() => item.current?.querySelector('button')?.focus());
  };
  const remove = useAction(async () => {
    await send('DELETE', ['api-keys', entry.key_id]);
    removed();
  });
  return (
    <li ref={item}>
      <span>
        <strong class="theirs">{entry.label}</strong>
        <span class="small soft key-facts">
          made <Moment at={entry.created_at} /> by <span class="theirs">{entry.created_by}</span>,{' '}
          {entry.last_used_at ? (
            <>
              last used <Moment at={entry.last_used_at} />
            </>
          ) : (
            'never used'
          )}
        </span>
      </span>
      {isAsking ? (
        <span class="row" role="group" aria-label={`Remove ${entry.label}?`}>
          <span>Its program is locked out at once.</span>
          <Button small busy={remove.isBusy} onClick={remove.run}>
            Remove it
          </Button>
          <Button small kind="quiet" onClick={() => ask(false)}>
            Keep it
          </Button>
        </span>
      ) : (
        <Button small label={`Remove ${entry.label}`} onClick={() => ask(true)}>
          Remove
        </Button>
      )}
      {remove.error && <Problem error={remove.error} />}
    </li>
  );
}
