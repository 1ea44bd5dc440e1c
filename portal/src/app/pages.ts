/** The pages: which address shows which, and what stands in the navigation. */
import type { ComponentType } from 'preact';
import type { IconName } from '../components/Icon';
import { HelpPage } from '../pages/help/HelpPage';
import { HistoryPage } from '../pages/history/HistoryPage';
import { NotFoundPage } from '../pages/entry/NotFoundPage';
import { OutcomePage } from '../pages/outcome/OutcomePage';
import { ProductsPage } from '../pages/products/ProductsPage';
import { SettingsPage } from '../pages/settings/SettingsPage';
import { UploadPage } from '../pages/upload/UploadPage';
import type { Route } from './route';

/** Every page gets the route it is shown for. */
export type Page = ComponentType<{ readonly route: Route }>;

interface NavigationEntry {
  readonly label: string;
  readonly icon: IconName;
  /** First segment of its addresses. */
  readonly segment: string;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { label: 'New upload', icon: 'upload', segment: '' },
  { label: 'History', icon: 'history', segment: 'uploads' },
  { label: 'Products', icon: 'products', segment: 'products' },
  { label: 'Help', icon: 'help', segment: 'help' },
  { label: 'Settings', icon: 'settings', segment: 'settings' },
];

export function pageOf({ segments }: Route): Page {
  const [first = '', second] = segments;
  switch (first) {
    case '':
      return UploadPage;
    case 'uploads':
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
