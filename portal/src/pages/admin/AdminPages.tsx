import './admin.css';
import type { Page } from '../../app/pages';
import { NotFoundPage } from '../entry/NotFoundPage';
import { ActionsPage } from './ActionsPage';
import { AllAnalyticsPage } from './AllAnalyticsPage';
import { CategoriesPage } from './CategoriesPage';
import { OneUploadPage } from './OneUploadPage';
import { OneVendorPage } from './OneVendorPage';
import { OperatorsPage } from './OperatorsPage';
import { SystemPage } from './SystemPage';
import { UploadsPage } from './UploadsPage';
import { VendorsPage } from './VendorsPage';

/** All pages of operators: one piece of code, which vendors never fetch. */
export const AdminPages: Page = ({ route }) => {
  const Found = pageOf(route.segments);
  return <Found route={route} />;
};

function pageOf([first = '', second]: readonly string[]): Page {
  switch (first) {
    case '':
      return SystemPage;
    case 'uploads':
      return second === undefined ? UploadsPage : OneUploadPage;
    case 'vendors':
      return second === undefined ? VendorsPage : OneVendorPage;
    case 'categories':
      return CategoriesPage;
    case 'analytics':
      return AllAnalyticsPage;
    case 'operators':
      return OperatorsPage;
    case 'actions':
      return ActionsPage;
    default:
      return NotFoundPage;
  }
}
