import { href } from '../../app/route';
import { ButtonLink } from '../../components/Button';
import { TemplateLinks } from '../../components/TemplateLinks';

/** What helps to make a file that goes through at once. */
export function Aids() {
  return (
    <section class="aids" aria-label="Help with the file">
      <div>
        <h2>No file yet?</h2>
        <p class="soft">Start from an empty list with all columns. The workbook checks cells while you type.</p>
        <TemplateLinks small />
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
