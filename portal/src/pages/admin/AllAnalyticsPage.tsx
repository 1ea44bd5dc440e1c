import { get } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { number, percent } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { Analytics } from '../analytics/Analytics';
import { lastDays } from '../analytics/days';
import { DownloadTable } from '../analytics/DownloadTable';
import { SpanField, spanOf } from '../analytics/SpanField';
import type { VendorTrends } from './types';

/** How the uploads of all vendors went, or of one. */
export const AllAnalyticsPage: Page = ({ route }) => {
  const days = spanOf(route.query);
  const vendor = route.query.get('vendor') ?? '';
  const order = route.query.get('order') === 'growth' ? 'growth' : 'error_rate';
  const set = (changed: Record<string, string>) =>
    navigate(hrefWith(['analytics'], { days: String(days), vendor, order, ...changed }), 'replace');
  const span = lastDays(days);
  return (
    <div class="stack">
      <PageTitle title="Analytics">
        <p class="soft">Uploads for real that have ended; checks do not count. Days are those of UTC.</p>
      </PageTitle>
      <search class="filters">
        <SpanField days={days} onChange={(chosen) => set({ days: chosen })} />
        <SearchField label="Vendor" placeholder="all vendors" value={vendor} onChange={(id) => set({ vendor: id })} />
      </search>
      <Analytics path={['admin', 'analytics']} query={vendor ? { ...span, vendor_id: vendor } : span} />
      {vendor === '' && <VendorTable span={span} order={order} choose={(chosen) => set({ order: chosen })} />}
    </div>
  );
};

interface Props {
  readonly span: { readonly first_day: string; readonly last_day: string };
  readonly order: 'error_rate' | 'growth';
  readonly choose: (order: string) => void;
}

function VendorTable({ span, order, choose }: Props) {
  const path = ['admin', 'analytics', 'vendors'];
  const query = { ...span, order };
  const vendors = useResource((signal) => get<VendorTrends>(path, { query, signal }), [JSON.stringify(query)]);
  return (
    <section class="stack" aria-labelledby="vendors">
      <div class="analytics-head">
        <h2 id="vendors">Vendors</h2>
        <DownloadTable
          path={path}
          query={query}
          fileName={`vendors_${span.first_day}_${span.last_day}.csv`}
          label="Download the vendors as CSV"
        />
      </div>
      <search class="filters">
        <SelectField
          label="First"
          value={order}
          options={[
            ['error_rate', 'The worst error rate'],
            ['growth', 'The fastest growth'],
          ]}
          onChange={choose}
        />
      </search>
      {vendors.error && <Problem error={vendors.error} retry={vendors.reload} />}
      {!vendors.data && vendors.isLoading && <Loading what="the vendors" />}
      {vendors.data?.data.length === 0 && <p class="soft">No vendor has handed anything in.</p>}
      {vendors.data && vendors.data.data.length > 0 && (
        <Table label="Vendors by error rate or growth" busy={vendors.isLoading}>
          <thead>
            <tr>
              <th scope="col">Vendor</th>
              <th scope="col" class="number wide">
                Uploads
              </th>
              <th scope="col" class="number">
                Rows
              </th>
              <th scope="col" class="number">
                Errors
              </th>
              <th scope="col" class="number">
                Growth
              </th>
            </tr>
          </thead>
          <tbody>
            {vendors.data.data.map((vendor) => (
              <tr key={vendor.vendor_id}>
                <th scope="row" class="name">
                  <a class="theirs" href={href('vendors', vendor.vendor_id)}>
                    {vendor.vendor_name}
                  </a>
                  <div class="small soft theirs">{vendor.vendor_id}</div>
                </th>
                <td class="number wide">{number(vendor.uploads)}</td>
                <td class="number">{number(vendor.rows)}</td>
                <td class="number">{percent(vendor.error_rows, vendor.rows)}</td>
                <td class="number">{vendor.growth > 0 ? `+${number(vendor.growth)}` : number(vendor.growth)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <p class="small soft">Growth is in rows, against the time of the same length before.</p>
    </section>
  );
}
