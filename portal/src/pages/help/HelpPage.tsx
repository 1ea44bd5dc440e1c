import './help.css';
import type { Page } from '../../app/pages';
import { href } from '../../app/route';
import { Loading } from '../../components/Loading';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { loadColumns } from '../../logic/columns';
import { useResource } from '../../logic/resource';
import { CategoryHelp } from './CategoryHelp';
import { CodeHelp } from './CodeHelp';
import { ColumnHelp } from './ColumnHelp';
import { NotFoundPage } from '../entry/NotFoundPage';

const TOPICS = [
  ['', 'The file'],
  ['codes', 'Error codes'],
  ['categories', 'Categories'],
] as const;

/** What a file may hold, all of it from the rules that the rows are checked by. */
export const HelpPage: Page = ({ route }) => {
  const [, topic = '', detail] = route.segments;
  if (!TOPICS.some(([segment]) => segment === topic)) return <NotFoundPage />;
  return (
    <div class="stack">
      <PageTitle title="Help">
        <p class="soft">These are the rules that your rows are checked by, as they are today.</p>
      </PageTitle>
      <nav aria-label="Topics" class="topics">
        {TOPICS.map(([segment, label]) => (
          <a
            key={segment}
            href={segment ? href('help', segment) : href('help')}
            aria-current={segment === topic ? 'page' : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      {topic === 'categories' ? <CategoryHelp /> : <Rules topic={topic} code={detail ?? null} />}
    </div>
  );
};

function Rules({ topic, code }: { readonly topic: string; readonly code: string | null }) {
  const rules = useResource(loadColumns, []);
  if (rules.error) return <Problem error={rules.error} retry={rules.reload} />;
  if (!rules.data) return <Loading what="the rules" lines={8} />;
  return topic === 'codes' ? <CodeHelp rules={rules.data} wanted={code} /> : <ColumnHelp rules={rules.data} />;
}
