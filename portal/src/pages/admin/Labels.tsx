import '../../components/Status.css';
import type { Address, Vendor } from './types';

export function VendorStatus({ status }: { readonly status: Vendor['status'] }) {
  const [label, tone] = status === 'active' ? (['Active', 'good'] as const) : (['Suspended', 'bad'] as const);
  return <span class={`status status-${tone}`}>{label}</span>;
}

const ADDRESSES = {
  confirmed: ['Confirmed', 'good'],
  unconfirmed: ['Not confirmed yet', 'plain'],
  overdue: ['Not confirmed: overdue', 'warn'],
} as const;

/** Whether e-mails about uploads reach the vendor. */
export function AddressState({ state }: { readonly state: Address['state'] }) {
  const [label, tone] = ADDRESSES[state];
  return <span class={`status status-${tone}`}>{label}</span>;
}
