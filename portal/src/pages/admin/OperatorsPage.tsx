import { get, send } from '../../api/client';
import type { Page } from '../../app/pages';
import { PageTitle } from '../../components/PageTitle';
import { PeopleCard } from './PeopleCard';
import type { Operators } from './types';

const PATH = ['admin', 'operators'];

/** Who else may come to these pages. */
export const OperatorsPage: Page = () => (
  <div class="stack">
    <PageTitle title="Operators">
      <p class="soft">Who can see and change what is on these pages. What each of them changes is recorded.</p>
    </PageTitle>
    <PeopleCard
      nobody="Nobody is listed yet. Whom you invite again is."
      list={async (signal) =>
        (await get<Operators>(PATH, { signal })).data.map(({ is_you, ...operator }) => ({ ...operator, isYou: is_you }))
      }
      invite={(email) => send('POST', PATH, { body: { email } })}
      remove={(email) => send('DELETE', [...PATH, email])}
      removed="The operator is let in no longer, from the next request on. What is recorded of them stays."
    />
  </div>
);
