import { fetchSigned } from '../logic/download';
import { useAction } from '../logic/action';
import { Button } from './Button';
import { Problem } from './Problem';

/** Empty files with all columns, for a reader who starts from nothing. */
export function TemplateLinks({ small = false }: { readonly small?: boolean }) {
  const fetchTemplate = useAction((kind: 'xlsx' | 'csv') => fetchSigned(['templates', kind], `template.${kind}`));
  return (
    <>
      <div class="row">
        <Button icon="download" small={small} busy={fetchTemplate.isBusy} onClick={() => fetchTemplate.run('xlsx')}>
          Excel template
        </Button>
        <Button icon="download" small={small} busy={fetchTemplate.isBusy} onClick={() => fetchTemplate.run('csv')}>
          CSV template
        </Button>
      </div>
      {fetchTemplate.error && <Problem error={fetchTemplate.error} />}
    </>
  );
}
