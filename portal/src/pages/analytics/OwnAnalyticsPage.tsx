import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { PageTitle } from '../../components/PageTitle';
import { Analytics } from './Analytics';
import { lastDays } from './days';
import { SpanField, spanOf } from './SpanField';

/** How the vendor's own uploads went. */
export const OwnAnalyticsPage: Page = ({ route }) => {
  const days = spanOf(route.query);
  return (
    <div class="stack">
      <PageTitle title="Figures by day">
        <p class="soft">
          How your files went, day by day, and what goes wrong most. <a href={href('uploads')}>All uploads</a>
        </p>
      </PageTitle>
      <search class="filters">
        <SpanField
          days={days}
          onChange={(chosen) => navigate(hrefWith(['uploads', 'figures'], { days: chosen }), 'replace')}
        />
      </search>
      <Analytics path={['analytics']} query={lastDays(days)} />
    </div>
  );
};
