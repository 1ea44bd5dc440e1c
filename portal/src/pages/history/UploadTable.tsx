import type { Upload } from '../../api/types';
import { href } from '../../app/route';
import { Moment } from '../../components/Moment';
import { Status } from '../../components/Status';
import { Table } from '../../components/Table';
import { between, count, number } from '../../logic/format';
import { modeWords } from '../../logic/words';

export function UploadTable({ uploads, busy }: { readonly uploads: readonly Upload[]; readonly busy: boolean }) {
  return (
    <Table label="Uploads, the latest first" busy={busy}>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Status</th>
          <th scope="col" class="number widest">
            Rows
          </th>
          <th scope="col" class="number wide">
            Valid
          </th>
          <th scope="col" class="number wide">
            Errors
          </th>
          <th scope="col" class="wide">
            Handed in
          </th>
          <th scope="col" class="number widest">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {uploads.map((upload) => (
          <UploadRow key={upload.upload_id} upload={upload} />
        ))}
      </tbody>
    </Table>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  const { total, valid, errors } = upload.counts;
  return (
    <tr>
      <th scope="row" class="name">
        <a class="theirs" href={href('uploads', upload.upload_id)}>
          {upload.file_name}
        </a>
        <div class="small soft">
          {modeWords(upload)}
          {upload.corrects_upload_id && ', corrections'}
        </div>
        <div class="small soft narrow">
          <Moment at={upload.created_at} />
        </div>
      </th>
      <td>
        <Status upload={upload} />
        {total != null && (
          <div class="small soft narrow">
            {errors > 0 ? `${number(errors)} of ${count(total, 'row')} with errors` : count(total, 'row')}
          </div>
        )}
      </td>
      <td class="number widest">{total == null ? '–' : number(total)}</td>
      <td class="number wide">{total == null ? '–' : number(valid)}</td>
      <td class="number wide">{total == null ? '–' : errors > 0 ? <strong class="bad">{number(errors)}</strong> : '0'}</td>
      <td class="wide keep">
        <Moment at={upload.created_at} />
      </td>
      <td class="number widest">{upload.completed_at ? between(upload.created_at, upload.completed_at) : '–'}</td>
    </tr>
  );
}
