import './history.css';
import { useEffect } from 'preact/hooks';
import { get } from '../../api/client';
import type { Upload, UploadPage } from '../../api/types';
import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { InputField, SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { count } from '../../logic/format';
import { usePages, type Pages } from '../../logic/pages';
import { STATUSES } from '../../logic/words';
import { filtersOf, isNarrowed, KINDS, questionOf, type Filters } from './filters';
import { Trend } from './Trend';
import { UploadTable } from './UploadTable';

const PAGE = 25;
const LOOK_AGAIN_MS = 4000;

/** Every upload of the vendor, whichever way it came. */
export const HistoryPage: Page = ({ route }) => {
  const filters = filtersOf(route.query);
  const question = questionOf(filters);
  const uploads = usePages<Upload>(
    (cursor, signal) => get<UploadPage>(['uploads'], { query: { ...question, limit: PAGE, cursor }, signal }),
    JSON.stringify(question),
  );
  useLookAgain(uploads);
  const narrowed = isNarrowed(filters);
  const isEmpty = uploads.entries?.length === 0 && !uploads.isLoading && !uploads.error;
  if (isEmpty && !narrowed) return <NothingYet />;
  return (
    <div class="stack">
      <PageTitle title="History">
        <p class="soft">
          Every file that was handed in, here or by a program, and what came of it.{' '}
          <a href={href('uploads', 'figures')}>Figures by day</a>
        </p>
      </PageTitle>
      <Trend />
      <FilterFields filters={filters} />
      {uploads.error && <Problem error={uploads.error} retry={uploads.reload} />}
      {uploads.entries === null && !uploads.error && <Loading what="the uploads" lines={6} />}
      {isEmpty && (
        <Empty icon="search" title="No upload is like that">
          <p class="soft">Take a filter out, or look at all of them.</p>
          <Button onClick={() => navigate(href('uploads'), 'replace')}>Show all uploads</Button>
        </Empty>
      )}
      {uploads.entries !== null && uploads.entries.length > 0 && (
        <>
          <UploadTable uploads={uploads.entries} busy={uploads.isLoading} />
          <p class="row" role="status">
            <span class="soft">
              {count(uploads.entries.length, 'upload')} shown{uploads.hasMore ? '' : ', the last one included'}
            </span>
            {uploads.hasMore && (
              <Button small busy={uploads.isLoading} onClick={uploads.more}>
                Show earlier ones
              </Button>
            )}
          </p>
        </>
      )}
    </div>
  );
};

function FilterFields({ filters }: { readonly filters: Filters }) {
  const set = (changed: Partial<Filters>) => navigate(hrefWith(['uploads'], { ...filters, ...changed }), 'replace');
  return (
    <search class="filters">
      <SearchField
        label="File name"
        wide
        placeholder="part of the name"
        value={filters.name}
        onChange={(name) => set({ name })}
      />
      <SelectField
        label="Status"
        value={filters.status}
        options={[['', 'Any status'], ...STATUSES]}
        onChange={(status) => set({ status })}
      />
      <SelectField label="Kind" value={filters.kind} options={KINDS} onChange={(kind) => set({ kind })} />
      <InputField label="From" type="date" value={filters.from} onChange={(from) => set({ from })} />
      <InputField label="To" type="date" value={filters.to} onChange={(to) => set({ to })} />
    </search>
  );
}

function NothingYet() {
  return (
    <div class="stack">
      <PageTitle title="History" />
      <Empty icon="history" title="Nothing has been handed in yet">
        <p class="soft">
          Here you will find every file with its result: how many rows are in the catalogue, what to fix in the others,
          and how much better the files get.
        </p>
        <p class="row">
          <ButtonLink kind="primary" icon="upload" href={href()}>
            Hand in the first file
          </ButtonLink>
          <ButtonLink icon="help" href={href('help')}>
            What a file looks like
          </ButtonLink>
        </p>
      </Empty>
    </div>
  );
}

/** While something is under way the list is fetched again, as long as it is one page: a longer one would jump. */
function useLookAgain(uploads: Pages<Upload>): void {
  const { entries, isLoading, reload } = uploads;
  const underWay = (entries ?? []).some(({ status }) => status === 'processing' || status === 'awaiting_file');
  const isOnePage = (entries?.length ?? 0) <= PAGE;
  useEffect(() => {
    if (!underWay || !isOnePage || isLoading) return undefined;
    const timer = setTimeout(() => {
      if (!document.hidden) reload();
    }, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [underWay, isOnePage, isLoading, reload]);
}
