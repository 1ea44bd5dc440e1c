import '../settings/settings.css';
import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { CreatedApiKey } from '../../api/types';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Notice } from '../../components/Notice';
import { Problem } from '../../components/Problem';
import { useAction } from '../../logic/action';
import { useResource } from '../../logic/resource';
import type { VendorKeys } from './types';

/** What the vendor's programs sign in with. */
export function KeysOfVendor({ vendorId }: { readonly vendorId: string }) {
  const path = ['admin', 'vendors', vendorId, 'api-keys'];
  const keys = useResource((signal) => get<VendorKeys>(path, { signal }), [vendorId]);
  const [label, setLabel] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const [removing, setRemoving] = useState<VendorKeys['data'][number] | null>(null);
  const make = useAction(async () => {
    setMade((await send<CreatedApiKey>('POST', path, { body: { label: label.trim() } })).key);
    setLabel('');
    keys.reload();
  });
  const isFull = keys.data !== null && keys.data.data.length >= keys.data.most;
  return (
    <section class="card stack" aria-labelledby="keys">
      <h2 id="keys">API keys</h2>
      {keys.error && <Problem error={keys.error} retry={keys.reload} />}
      {!keys.data && keys.isLoading && <Loading what="the keys" lines={2} />}
      {made !== null && (
        <Notice tone="good" title="Copy the key now. It is shown this once.">
          <p>
            <code class="key theirs">{made}</code>
          </p>
          <Button small onClick={() => setMade(null)}>
            I have it
          </Button>
        </Notice>
      )}
      {keys.data?.data.length === 0 && <p class="soft">No program signs in for this vendor.</p>}
      {keys.data && keys.data.data.length > 0 && (
        <ul class="entries">
          {keys.data.data.map((key) => (
            <li key={key.key_id}>
              <span>
                <strong class="theirs">{key.label}</strong>
                <span class="small soft key-facts">
                  made <Moment at={key.created_at} /> by <span class="theirs">{key.created_by}</span>,{' '}
                  {key.last_used_at ? (
                    <>
                      last used <Moment at={key.last_used_at} />
                    </>
                  ) : (
                    'never used'
                  )}
                </span>
              </span>
              <Button small label={`Remove ${key.label}`} onClick={() => setRemoving(key)}>
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isFull && <p class="soft">There are as many keys as there can be. Remove one to make another.</p>}
      {keys.data && !isFull && (
        <form
          class="form-line"
          aria-label="Make an API key"
          onSubmit={(event) => {
            event.preventDefault();
            if (label.trim() !== '') make.run();
          }}
        >
          <InputField label="A new key for" placeholder="shop system" maxLength={60} value={label} onChange={setLabel} />
          <button type="submit" class="button button-plain" aria-disabled={make.isBusy || label.trim() === ''}>
            Make a key
          </button>
        </form>
      )}
      {make.error && <Problem error={make.error} />}
      {removing !== null && (
        <Confirm
          title={`Remove the key “${removing.label}”?`}
          verb="Remove"
          close={() => setRemoving(null)}
          act={async () => {
            await send('DELETE', [...path, removing.key_id]);
            keys.reload();
          }}
        >
          <p>Its program is locked out at the next request.</p>
        </Confirm>
      )}
    </section>
  );
}
