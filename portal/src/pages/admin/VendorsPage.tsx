import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith, navigate } from '../../app/route';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { InputField, SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { useAction } from '../../logic/action';
import { number, percent } from '../../logic/format';
import { usePages } from '../../logic/pages';
import { AddressState, VendorStatus } from './Labels';
import { More } from './More';
import type { Vendor, VendorInFull, VendorPage } from './types';

/** All vendors; what is searched for stands in the address. */
export const VendorsPage: Page = ({ route }) => {
  const filters = {
    q: route.query.get('q') ?? '',
    status: route.query.get('status') ?? '',
    address: route.query.get('address') ?? '',
  };
  const isNarrowed = Object.values(filters).some(Boolean);
  const vendors = usePages<Vendor>(
    (cursor, signal) => get<VendorPage>(['admin', 'vendors'], { query: { ...filters, limit: 50, cursor }, signal }),
    JSON.stringify(filters),
  );
  const set = (changed: Partial<typeof filters>) =>
    navigate(hrefWith(['vendors'], { ...filters, ...changed }), 'replace');
  const { entries } = vendors;
  return (
    <div class="stack">
      <PageTitle title="Vendors">
        <p class="soft">Who hands files in, and whether e-mails reach them. Numbers are of the last 30 days.</p>
      </PageTitle>
      <Register />
      <search class="filters">
        <SearchField
          label="Search"
          wide
          placeholder="id, name or e-mail address"
          value={filters.q}
          onChange={(q) => set({ q })}
        />
        <SelectField
          label="Status"
          value={filters.status}
          options={[
            ['', 'Any status'],
            ['active', 'Active'],
            ['suspended', 'Suspended'],
          ]}
          onChange={(status) => set({ status })}
        />
        <SelectField
          label="E-mail address"
          value={filters.address}
          options={[
            ['', 'Any'],
            ['confirmed', 'Confirmed'],
            ['unconfirmed', 'Not confirmed yet'],
            ['overdue', 'Overdue'],
          ]}
          onChange={(address) => set({ address })}
        />
      </search>
      {vendors.error && <Problem error={vendors.error} retry={vendors.reload} />}
      {entries === null && !vendors.error && <Loading what="the vendors" lines={6} />}
      {entries?.length === 0 && !vendors.isLoading && (
        <Empty icon="search" title={isNarrowed ? 'No vendor is like that' : 'No vendor is registered yet'}>
          {isNarrowed && <Button onClick={() => navigate(href('vendors'), 'replace')}>Show all vendors</Button>}
        </Empty>
      )}
      {entries !== null && entries.length > 0 && (
        <>
          <VendorTable vendors={entries} busy={vendors.isLoading} />
          <More pages={vendors} what="vendor" />
        </>
      )}
    </div>
  );
};

function VendorTable({ vendors, busy }: { readonly vendors: readonly Vendor[]; readonly busy: boolean }) {
  return (
    <Table label="Vendors" busy={busy}>
      <thead>
        <tr>
          <th scope="col">Vendor</th>
          <th scope="col">Status</th>
          <th scope="col">E-mail address</th>
          <th scope="col" class="number wide">
            Uploads
          </th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Errors
          </th>
          <th scope="col" class="wide">
            Last upload
          </th>
        </tr>
      </thead>
      <tbody>
        {vendors.map((vendor) => (
          <tr key={vendor.vendor_id}>
            <th scope="row" class="name">
              <a class="theirs" href={href('vendors', vendor.vendor_id)}>
                {vendor.vendor_name}
              </a>
              <div class="small soft theirs">{vendor.vendor_id}</div>
            </th>
            <td>
              <VendorStatus status={vendor.status} />
            </td>
            <td>
              <AddressState state={vendor.address.state} />
              <div class="small soft theirs">{vendor.email}</div>
            </td>
            <td class="number wide">{number(vendor.uploads)}</td>
            <td class="number">{number(vendor.rows)}</td>
            <td class="number">{vendor.rows > 0 ? percent(vendor.error_rows, vendor.rows) : '–'}</td>
            <td class="wide keep">{vendor.last_upload_at ? <Moment at={vendor.last_upload_at} /> : 'never'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Lets a new vendor in: a form that opens when it is wanted. */
function Register() {
  const [isOpen, setOpen] = useState(false);
  const [fields, setFields] = useState({ vendor_id: '', vendor_name: '', email: '' });
  const register = useAction(async () => {
    const made = await send<VendorInFull>('POST', ['admin', 'vendors'], { body: fields });
    navigate(href('vendors', made.vendor_id));
  });
  const set = (changed: Partial<typeof fields>) => setFields({ ...fields, ...changed });
  if (!isOpen) {
    return (
      <p>
        <Button kind="primary" onClick={() => setOpen(true)}>
          Register a vendor
        </Button>
      </p>
    );
  }
  return (
    <form
      class="card form"
      aria-label="Register a vendor"
      onSubmit={(event) => {
        event.preventDefault();
        register.run();
      }}
    >
      <InputField
        label="Vendor id"
        hint="Letters, digits, hyphens and underscores. It never changes."
        maxLength={50}
        value={fields.vendor_id}
        onChange={(vendor_id) => set({ vendor_id })}
      />
      <InputField label="Name" maxLength={200} value={fields.vendor_name} onChange={(vendor_name) => set({ vendor_name })} />
      <InputField
        label="E-mail address"
        hint="E-mails about uploads go there, and the first invitation to the portal."
        maxLength={254}
        value={fields.email}
        onChange={(email) => set({ email })}
      />
      {register.error && <Problem error={register.error} />}
      <div class="row">
        <button type="submit" class="button button-primary" aria-disabled={register.isBusy}>
          Register
        </button>
        <Button onClick={() => setOpen(false)}>Cancel</Button>
      </div>
    </form>
  );
}
