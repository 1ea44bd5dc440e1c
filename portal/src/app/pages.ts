/** The pages: which address shows which, and what stands in the navigation. */
import type { ComponentType } from 'preact';
import type { Me } from '../api/types';
import type { IconName } from '../components/Icon';
import { HelpPage } from '../pages/help/HelpPage';
import { HistoryPage } from '../pages/history/HistoryPage';
import { NotFoundPage } from '../pages/entry/NotFoundPage';
import { OutcomePage } from '../pages/outcome/OutcomePage';
import { ProductsPage } from '../pages/products/ProductsPage';
import { SettingsPage } from '../pages/settings/SettingsPage';
import { UploadPage } from '../pages/upload/UploadPage';
import { later } from '../logic/later';
import type { Route } from './route';

/** Every page gets the route it is shown for. */
export type Page = ComponentType<{ readonly route: Route }>;

interface NavigationEntry {
  readonly label: string;
  readonly icon: IconName;
  /** First segment of its addresses. */
  readonly segment: string;
}

export type Navigation = readonly NavigationEntry[];

export const VENDOR_NAVIGATION: Navigation = [
  { label: 'New upload', icon: 'upload', segment: '' },
  { label: 'History', icon: 'history', segment: 'uploads' },
  { label: 'Products', icon: 'products', segment: 'products' },
  { label: 'Help', icon: 'help', segment: 'help' },
  { label: 'Settings', icon: 'settings', segment: 'settings' },
];

export const OPERATOR_NAVIGATION: Navigation = [
  { label: 'System', icon: 'settings', segment: '' },
  { label: 'Uploads', icon: 'history', segment: 'uploads' },
  { label: 'Vendors', icon: 'vendors', segment: 'vendors' },
  { label: 'Categories', icon: 'products', segment: 'categories' },
  { label: 'Analytics', icon: 'analytics', segment: 'analytics' },
  { label: 'Operators', icon: 'people', segment: 'operators' },
  { label: 'Actions', icon: 'actions', segment: 'actions' },
];

const OwnAnalyticsPage = later(async () => (await import('../pages/analytics/OwnAnalyticsPage')).OwnAnalyticsPage);
/** Vendors never come here, and their browsers never fetch it. */
const AdminPages = later(async () => (await import('../pages/admin/AdminPages')).AdminPages);

export function pageOf({ segments }: Route, role: Me['role']): Page {
  if (role === 'operator') return AdminPages;
  const [first = '', second] = segments;
  switch (first) {
    case '':
      return UploadPage;
    case 'uploads':
      if (second === 'figures') return OwnAnalyticsPage;
      return second === undefined ? HistoryPage : OutcomePage;
    case 'products':
      return ProductsPage;
    case 'help':
      return HelpPage;
    case 'settings':
      return SettingsPage;
    default:
      return NotFoundPage;
  }
}
