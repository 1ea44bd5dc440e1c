import { get } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { SearchField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { Tag } from '../../components/Tag';
import { usePages } from '../../logic/pages';
import { differences, shown } from './differences';
import { More } from './More';
import type { ActionPage, OperatorAction } from './types';

/** Who changed what: every change an operator made, with how it was before and how it is since. */
export const ActionsPage: Page = ({ route }) => {
  const filters = { actor: route.query.get('actor') ?? '', subject: route.query.get('subject') ?? '' };
  const isNarrowed = Object.values(filters).some(Boolean);
  const actions = usePages<OperatorAction>(
    (cursor, signal) => get<ActionPage>(['admin', 'actions'], { query: { ...filters, limit: 50, cursor }, signal }),
    JSON.stringify(filters),
  );
  const set = (changed: Partial<typeof filters>) =>
    navigate(hrefWith(['actions'], { ...filters, ...changed }), 'replace');
  const { entries } = actions;
  return (
    <div class="stack">
      <PageTitle title="Actions">
        <p class="soft">What operators changed, here and by commands. Kept as long as the uploads’ records are.</p>
      </PageTitle>
      <search class="filters">
        <SearchField
          label="What it was done to"
          placeholder="vendor, upload or category"
          value={filters.subject}
          onChange={(subject) => set({ subject })}
        />
        <SearchField label="Who did it" value={filters.actor} onChange={(actor) => set({ actor })} />
      </search>
      {actions.error && <Problem error={actions.error} retry={actions.reload} />}
      {entries === null && !actions.error && <Loading what="the actions" lines={6} />}
      {entries?.length === 0 && !actions.isLoading && (
        <Empty icon="search" title={isNarrowed ? 'No action is like that' : 'No operator has changed anything yet'}>
          {isNarrowed && <Button onClick={() => navigate(href('actions'), 'replace')}>Show all actions</Button>}
        </Empty>
      )}
      {entries !== null && entries.length > 0 && (
        <>
          <ActionTable actions={entries} busy={actions.isLoading} />
          <More pages={actions} what="action" label="Show earlier ones" />
        </>
      )}
    </div>
  );
};

function ActionTable({ actions, busy }: { readonly actions: readonly OperatorAction[]; readonly busy: boolean }) {
  return (
    <Table label="Actions, the latest first" busy={busy}>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">To</th>
          <th scope="col">Before and after</th>
          <th scope="col">Who and when</th>
        </tr>
      </thead>
      <tbody>
        {actions.map((action) => (
          <tr key={action.action_id}>
            <th scope="row" class="keep">
              {action.action.replaceAll('_', ' ')}
              {action.outcome !== 'done' && (
                <div>
                  <Tag>{action.outcome === 'refused' ? 'not done' : 'broke off'}</Tag>
                </div>
              )}
            </th>
            <td>
              <a class="theirs" href={hrefWith(['actions'], { subject: action.subject })}>
                {action.subject}
              </a>
            </td>
            <td class="name">
              {action.failure && <p class="small theirs">{action.failure}</p>}
              <Changes action={action} />
            </td>
            <td>
              <span class="theirs">{action.actor}</span>
              <div class="small soft">
                <Moment at={action.acted_at} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Changes({ action }: { readonly action: OperatorAction }) {
  const found = differences(action.before, action.after);
  if (found.length === 0) return <span class="soft">–</span>;
  return (
    <dl class="changes">
      {found.map(({ name, before, after }) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>
            {before !== undefined && (
              <del class="theirs">
                <span class="unseen">before: </span>
                {shown(before)}
              </del>
            )}{' '}
            {after !== undefined && (
              <ins class="theirs">
                <span class="unseen">after: </span>
                {shown(after)}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
