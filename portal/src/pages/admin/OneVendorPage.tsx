import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith } from '../../app/route';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { InputField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Notice } from '../../components/Notice';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { useAction } from '../../logic/action';
import { count, number, percent } from '../../logic/format';
import { useResource, type Resource } from '../../logic/resource';
import { AnyUploadTable } from './AnyUploadTable';
import { AddressState, VendorStatus } from './Labels';
import type { AnyUploadPage, VendorInFull } from './types';
import { KeysOfVendor } from './KeysOfVendor';
import { PeopleOfVendor } from './PeopleOfVendor';

/** One vendor: who it is, whether it is let in, who signs in for it, and what it hands in. */
export const OneVendorPage: Page = ({ route }) => {
  const [, vendorId = ''] = route.segments;
  const vendor = useResource((signal) => get<VendorInFull>(['admin', 'vendors', vendorId], { signal }), [vendorId]);
  const found = vendor.data;
  return (
    <div class="stack">
      <PageTitle title={found?.vendor_name ?? vendorId}>
        <p class="row">
          <a href={href('vendors')}>All vendors</a>
          {found && <VendorStatus status={found.status} />}
          <code class="soft theirs">{vendorId}</code>
        </p>
      </PageTitle>
      {vendor.error && <Problem error={vendor.error} retry={vendor.reload} />}
      {!found && vendor.isLoading && <Loading what="the vendor" lines={6} />}
      {found && (
        <>
          <div class="two">
            <Account vendor={found} reload={vendor.reload} />
            <EmailAddress vendor={found} reload={vendor.reload} />
            <PeopleOfVendor vendorId={vendorId} />
            <KeysOfVendor vendorId={vendorId} />
          </div>
          <LatestUploads vendorId={vendorId} />
        </>
      )}
    </div>
  );
};

interface Props {
  readonly vendor: VendorInFull;
  readonly reload: Resource<VendorInFull>['reload'];
}

function Account({ vendor, reload }: Props) {
  const [asks, setAsks] = useState<'edit' | 'status' | null>(null);
  const isActive = vendor.status === 'active';
  const close = () => setAsks(null);
  return (
    <section class="card stack" aria-labelledby="account">
      <h2 id="account">Account</h2>
      <dl class="details">
        <dt>Registered</dt>
        <dd>
          <Moment at={vendor.created_at} />
        </dd>
        <dt>Products</dt>
        <dd class="number">
          {number(vendor.products)}, {number(vendor.active_products)} for sale
        </dd>
        <dt>Last 30 days</dt>
        <dd class="number">
          {count(vendor.uploads, 'upload')}, {count(vendor.rows, 'row')}
          {vendor.rows > 0 && `, ${percent(vendor.error_rows, vendor.rows)} with errors`}
        </dd>
      </dl>
      <div class="row">
        <Button onClick={() => setAsks('edit')}>Edit</Button>
        <Button onClick={() => setAsks('status')}>{isActive ? 'Suspend' : 'Let in again'}</Button>
        <a href={hrefWith(['actions'], { subject: vendor.vendor_id })}>What operators did</a>
      </div>
      {asks === 'edit' && <Edit vendor={vendor} close={close} done={reload} />}
      {asks === 'status' && (
        <Confirm
          title={isActive ? `Suspend ${vendor.vendor_name}?` : `Let ${vendor.vendor_name} in again?`}
          verb={isActive ? 'Suspend' : 'Let in again'}
          close={close}
          act={async () => {
            await send('POST', ['admin', 'vendors', vendor.vendor_id, isActive ? 'suspend' : 'resume']);
            reload();
          }}
        >
          <p>
            {isActive
              ? 'From the next request and the next file on nothing is accepted: portal, API and files alike. Products, people and keys stay.'
              : 'Portal, API and files are open to the vendor again, with the people and keys it had.'}
          </p>
        </Confirm>
      )}
    </section>
  );
}

function Edit({ vendor, close, done }: { readonly vendor: VendorInFull; readonly close: () => void; readonly done: () => void }) {
  const [name, setName] = useState(vendor.vendor_name);
  const [email, setEmail] = useState(vendor.email);
  return (
    <Confirm
      title={`Edit ${vendor.vendor_name}`}
      verb="Save"
      close={close}
      act={async () => {
        // Only what is new: an address that is sent again need not be confirmed again.
        const body = {
          ...(name.trim() !== vendor.vendor_name && { vendor_name: name.trim() }),
          ...(email.trim() !== vendor.email && { email: email.trim() }),
        };
        await send('PATCH', ['admin', 'vendors', vendor.vendor_id], { body });
        done();
      }}
    >
      <InputField label="Name" maxLength={200} value={name} onChange={setName} />
      <InputField
        label="E-mail address"
        hint="A new address has to be confirmed; the old one gets no more e-mails."
        maxLength={254}
        value={email}
        onChange={setEmail}
      />
    </Confirm>
  );
}

function EmailAddress({ vendor, reload }: Props) {
  const { address, email, vendor_id: vendorId } = vendor;
  const [said, setSaid] = useState<string | null>(null);
  const ask = useAction(async (what: 'confirmation' | 'address-check', done: string) => {
    await send('POST', ['admin', 'vendors', vendorId, what]);
    setSaid(done);
    reload();
  });
  return (
    <section class="card stack" aria-labelledby="address">
      <h2 id="address">E-mail address</h2>
      <p class="row">
        <strong class="theirs">{email}</strong> <AddressState state={address.state} />
      </p>
      <dl class="details">
        <dt>Confirmation sent</dt>
        <dd>
          <Moment at={address.asked_at} />
        </dd>
        {address.confirmed_at && (
          <>
            <dt>Confirmed</dt>
            <dd>
              <Moment at={address.confirmed_at} />
            </dd>
          </>
        )}
        <dt>Looked up</dt>
        <dd>{address.checked_at ? <Moment at={address.checked_at} /> : 'never'}</dd>
      </dl>
      <div class="row">
        {address.state !== 'confirmed' && (
          <Button busy={ask.isBusy} onClick={() => ask.run('confirmation', 'The confirmation is on its way.')}>
            Send the confirmation again
          </Button>
        )}
        <Button kind="quiet" busy={ask.isBusy} onClick={() => ask.run('address-check', 'Looked up.')}>
          Look it up now
        </Button>
        <span role="status" class="soft">
          {said}
        </span>
      </div>
      {address.state === 'overdue' && (
        <Notice tone="warn" announce={false}>
          The link has expired: send it again, and ask the vendor to look among unwanted mail.
        </Notice>
      )}
      {ask.error && <Problem error={ask.error} />}
    </section>
  );
}

function LatestUploads({ vendorId }: { readonly vendorId: string }) {
  const uploads = useResource(
    (signal) => get<AnyUploadPage>(['admin', 'uploads'], { query: { vendor_id: vendorId, limit: 5 }, signal }),
    [vendorId],
  );
  return (
    <section class="stack" aria-labelledby="latest">
      <h2 id="latest">Latest uploads</h2>
      {uploads.error && <Problem error={uploads.error} retry={uploads.reload} />}
      {!uploads.data && uploads.isLoading && <Loading what="the uploads" />}
      {uploads.data?.data.length === 0 && <p class="soft">The vendor has handed nothing in yet.</p>}
      {uploads.data && uploads.data.data.length > 0 && (
        <>
          <AnyUploadTable uploads={uploads.data.data} />
          <p class="row">
            <a href={hrefWith(['uploads'], { vendor_id: vendorId })}>All its uploads</a>
            <a href={hrefWith(['analytics'], { vendor: vendorId })}>Its figures by day</a>
          </p>
        </>
      )}
    </section>
  );
}
