import { get, send } from '../../api/client';
import { Confirm } from '../../components/Confirm';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { labelOf, useColumns } from '../../logic/columns';
import { count, number } from '../../logic/format';
import { useResource } from '../../logic/resource';
import type { AnyUploadInFull, Revert } from './types';

interface Props {
  readonly upload: AnyUploadInFull;
  readonly close: () => void;
  readonly done: () => void;
}

/** Says what taking an upload back would do to the catalogue, and does it when that is wanted. */
export function TakeBack({ upload, close, done }: Props) {
  const path = ['admin', 'uploads', upload.upload_id, 'revert'];
  const plan = useResource((signal) => get<Revert>(path, { signal }), [upload.upload_id]);
  const columns = useColumns();
  const fields = Object.entries(plan.data?.changed_fields ?? {});
  return (
    <Confirm
      title={`Take ${upload.file_name} back?`}
      verb="Take it back"
      close={close}
      act={async () => {
        await send<Revert>('POST', path, { body: { confirm: upload.upload_id } });
        done();
      }}
    >
      {plan.error && <Problem error={plan.error} retry={plan.reload} />}
      {!plan.data && plan.isLoading && <Loading what="what it would do" lines={2} />}
      {plan.data && (
        <div class="stack">
          <p>
            {count(plan.data.changed, 'product')} would change back
            {plan.data.superseded > 0 && `, ${number(plan.data.superseded)} keep what later uploads have set`}
            {plan.data.unchanged > 0 && `, ${number(plan.data.unchanged)} have the old values already`}. Products that it
            brought in become inactive.
          </p>
          {fields.length > 0 && (
            <p class="soft">{fields.map(([name, products]) => `${labelOf(name, columns)} (${number(products)})`).join(', ')}</p>
          )}
        </div>
      )}
    </Confirm>
  );
}
