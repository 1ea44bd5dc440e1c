import { get } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { useColumns } from '../../logic/columns';
import { usePages } from '../../logic/pages';
import { STATUSES } from '../../logic/words';
import { AnyUploadTable } from './AnyUploadTable';
import { More } from './More';
import type { AnyUpload, AnyUploadPage } from './types';

const FILTERS = ['upload_id', 'vendor_id', 'file_name', 'sku', 'status', 'code'] as const;
type Filters = Record<(typeof FILTERS)[number], string>;

const RECORDED = STATUSES.filter(([status]) => status !== 'awaiting_file' && status !== 'expired');

/** The uploads of all vendors; what is searched for stands in the address. */
export const UploadsPage: Page = ({ route }) => {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, route.query.get(name) ?? ''])) as Filters;
  const isNarrowed = FILTERS.some((name) => filters[name] !== '');
  const uploads = usePages<AnyUpload>(
    (cursor, signal) => get<AnyUploadPage>(['admin', 'uploads'], { query: { ...filters, limit: 50, cursor }, signal }),
    JSON.stringify(filters),
  );
  const { entries } = uploads;
  return (
    <div class="stack">
      <PageTitle title="Uploads">
        <p class="soft">The files of all vendors. Of their rows only those with errors are shown.</p>
      </PageTitle>
      <SearchFields filters={filters} />
      {uploads.error && <Problem error={uploads.error} retry={uploads.reload} />}
      {entries === null && !uploads.error && <Loading what="the uploads" lines={6} />}
      {entries?.length === 0 && !uploads.isLoading && (
        <Empty icon="search" title={isNarrowed ? 'No upload is like that' : 'Nothing has been handed in yet'}>
          {isNarrowed && <Button onClick={() => navigate(href('uploads'), 'replace')}>Show all uploads</Button>}
        </Empty>
      )}
      {entries !== null && entries.length > 0 && (
        <>
          <AnyUploadTable uploads={entries} busy={uploads.isLoading} />
          <More pages={uploads} what="upload" label="Show earlier ones" />
        </>
      )}
    </div>
  );
};

function SearchFields({ filters }: { readonly filters: Filters }) {
  const columns = useColumns();
  const set = (changed: Partial<Filters>) => navigate(hrefWith(['uploads'], { ...filters, ...changed }), 'replace');
  const codes = columns?.codes.map(({ code }) => [code, code] as const) ?? [];
  const chosen = filters.code && !codes.some(([code]) => code === filters.code) ? [[filters.code, filters.code] as const] : [];
  return (
    <search class="filters">
      <SearchField
        label="Upload"
        wide
        placeholder="UPLOAD_…"
        value={filters.upload_id}
        onChange={(upload_id) => set({ upload_id })}
      />
      <SearchField
        label="File name"
        wide
        placeholder="part of the name"
        value={filters.file_name}
        onChange={(file_name) => set({ file_name })}
      />
      <SearchField label="Vendor" value={filters.vendor_id} onChange={(vendor_id) => set({ vendor_id })} />
      <SearchField label="SKU" value={filters.sku} onChange={(sku) => set({ sku })} />
      <SelectField
        label="Status"
        value={filters.status}
        options={[['', 'Any status'], ...RECORDED]}
        onChange={(status) => set({ status })}
      />
      <SelectField
        label="Code"
        value={filters.code}
        options={[['', 'Any code'], ...chosen, ...codes]}
        onChange={(code) => set({ code })}
      />
    </search>
  );
}
