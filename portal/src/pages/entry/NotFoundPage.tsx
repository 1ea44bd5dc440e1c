import { href } from '../../app/route';
import { ButtonLink } from '../../components/Button';
import { PageTitle } from '../../components/PageTitle';

export function NotFoundPage() {
  return (
    <div class="stack">
      <PageTitle title="There is nothing here">
        <p class="soft">The address may be incomplete, or belong to a page that is gone.</p>
      </PageTitle>
      <p class="row">
        <ButtonLink kind="primary" icon="upload" href={href()}>
          New upload
        </ButtonLink>
        <ButtonLink icon="history" href={href('uploads')}>
          Earlier uploads
        </ButtonLink>
      </p>
    </div>
  );
}
