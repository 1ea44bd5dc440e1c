import { get, send } from '../../api/client';
import { PeopleCard } from './PeopleCard';
import type { VendorPeople } from './types';

/** Who signs in for the vendor; invitations that nobody has followed are told. */
export function PeopleOfVendor({ vendorId }: { readonly vendorId: string }) {
  const path = ['admin', 'vendors', vendorId, 'people'];
  return (
    <PeopleCard
      key={vendorId}
      nobody="Nobody signs in for this vendor."
      list={async (signal) => (await get<VendorPeople>(path, { signal })).data}
      invite={(email) => send('POST', path, { body: { email } })}
      remove={(email) => send('DELETE', [...path, email])}
      removed="The person is let in no longer, from the next request on. What was handed in stays."
    />
  );
}
