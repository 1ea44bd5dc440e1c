import '../settings/settings.css';
import { useState } from 'preact/hooks';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Problem } from '../../components/Problem';
import { Tag } from '../../components/Tag';
import { useAction } from '../../logic/action';
import { useResource } from '../../logic/resource';

interface Person {
  readonly email: string;
  readonly created_at: string;
  readonly has_signed_in: boolean;
  /** Nobody can remove themselves. */
  readonly isYou?: boolean;
}

interface Props {
  readonly nobody: string;
  readonly list: (signal: AbortSignal) => Promise<readonly Person[]>;
  readonly invite: (email: string) => Promise<unknown>;
  readonly remove: (email: string) => Promise<unknown>;
  /** What becomes of somebody who is removed. */
  readonly removed: string;
}

/** People who sign in: listed, invited and removed; invitations that nobody has followed are told. */
export function PeopleCard({ nobody, list, invite: inviting, remove, removed }: Props) {
  const people = useResource(list, []);
  const [email, setEmail] = useState('');
  const [removing, setRemoving] = useState<string | null>(null);
  const invite = useAction(async (address: string) => {
    // Inviting somebody again sends the invitation again.
    await inviting(address);
    setEmail('');
    people.reload();
  });
  return (
    <section class="card stack" aria-labelledby="people">
      <h2 id="people">People</h2>
      {people.error && <Problem error={people.error} retry={people.reload} />}
      {!people.data && people.isLoading && <Loading what="the people" lines={2} />}
      {people.data?.length === 0 && <p class="soft">{nobody}</p>}
      {people.data && people.data.length > 0 && (
        <ul class="entries">
          {people.data.map((person) => (
            <li key={person.email}>
              <span>
                <strong class="theirs">{person.email}</strong> {person.isYou && '(you) '}
                {!person.has_signed_in && <Tag>invited</Tag>}
                <span class="small soft key-facts">
                  since <Moment at={person.created_at} />
                </span>
              </span>
              <span class="row">
                {!person.has_signed_in && (
                  <Button
                    small
                    busy={invite.isBusy}
                    label={`Invite ${person.email} again`}
                    onClick={() => invite.run(person.email)}
                  >
                    Invite again
                  </Button>
                )}
                {!person.isYou && (
                  <Button small label={`Remove ${person.email}`} onClick={() => setRemoving(person.email)}>
                    Remove
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      <form
        class="form-line"
        aria-label="Invite a person"
        onSubmit={(event) => {
          event.preventDefault();
          if (email.trim() !== '') invite.run(email.trim());
        }}
      >
        <InputField label="Invite somebody" placeholder="E-mail address" maxLength={254} value={email} onChange={setEmail} />
        <button type="submit" class="button button-plain" aria-disabled={invite.isBusy || email.trim() === ''}>
          Invite
        </button>
      </form>
      {invite.error && <Problem error={invite.error} />}
      {removing !== null && (
        <Confirm
          title={`Remove ${removing}?`}
          verb="Remove"
          close={() => setRemoving(null)}
          act={async () => {
            await remove(removing);
            people.reload();
          }}
        >
          <p>{removed}</p>
        </Confirm>
      )}
    </section>
  );
}
