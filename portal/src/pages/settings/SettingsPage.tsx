import './settings.css';
import { get } from '../../api/client';
import type { People } from '../../api/types';
import { me } from '../../app/me';
import type { Page } from '../../app/pages';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { useResource } from '../../logic/resource';
import { useStore } from '../../logic/store';
import { Keys } from './Keys';

export const SettingsPage: Page = () => (
  <div class="stack">
    <PageTitle title="Settings" />
    <PeopleOfVendor />
    <Keys />
  </div>
);

function PeopleOfVendor() {
  const people = useResource((signal) => get<People>(['people'], { signal }), []);
  const self = useStore(me);
  return (
    <section class="card stack" aria-labelledby="people">
      <div>
        <h2 id="people">People</h2>
        <p class="soft">
          Who can sign in and hand in files{self?.vendor_id ? ` for ${self.vendor_id}` : ''}. To let somebody in or keep
          somebody out, write to your contact at TechMart.
        </p>
      </div>
      {people.error && <Problem error={people.error} retry={people.reload} />}
      {!people.data && !people.error && <Loading what="the people" lines={2} />}
      {people.data && (
        <ul class="entries">
          {people.data.data.map(({ email, created_at }) => (
            <li key={email}>
              <span>
                <strong class="theirs">{email}</strong>
                {email === self?.label && ' (you)'}
              </span>
              <span class="small soft">
                since <Moment at={created_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
