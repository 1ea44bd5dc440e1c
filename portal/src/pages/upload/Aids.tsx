import { useState } from 'preact/hooks';
import { getFile } from '../../api/client';
import { ApiError } from '../../api/problems';
import { href } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { Problem } from '../../components/Problem';
import { save } from '../../logic/download';

/** What helps to make a file that goes through at once. */
export function Aids() {
  const [error, setError] = useState<ApiError | null>(null);
  const fetchTemplate = async (kind: 'csv' | 'xlsx') => {
    setError(null);
    try {
      save(await getFile(['templates', kind]), `template.${kind}`);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    }
  };
  return (
    <section class="aids" aria-label="Help with the file">
      <div>
        <h2>No file yet?</h2>
        <p class="soft">Start from an empty list with all columns. The workbook checks cells while you type.</p>
        <div class="row">
          <Button small icon="download" onClick={() => void fetchTemplate('xlsx')}>
            Excel template
          </Button>
          <Button small icon="download" onClick={() => void fetchTemplate('csv')}>
            CSV template
          </Button>
        </div>
        {error && <Problem error={error} />}
      </div>
      <div>
        <h2>What may be in it?</h2>
        <p class="soft">Columns with their limits, the list of categories, and what every message means.</p>
        <div class="row">
          <ButtonLink small icon="help" href={href('help')}>
            Columns and categories
          </ButtonLink>
        </div>
      </div>
    </section>
  );
}
