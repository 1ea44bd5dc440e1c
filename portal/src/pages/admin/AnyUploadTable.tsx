import { href } from '../../app/route';
import { Moment } from '../../components/Moment';
import { Status } from '../../components/Status';
import { Table } from '../../components/Table';
import { number } from '../../logic/format';
import { modeWords } from '../../logic/words';
import type { AnyUpload } from './types';

interface Props {
  readonly uploads: readonly AnyUpload[];
  readonly busy?: boolean;
}

export function AnyUploadTable({ uploads, busy = false }: Props) {
  return (
    <Table label="Uploads, the latest first" busy={busy}>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Vendor</th>
          <th scope="col">Status</th>
          <th scope="col" class="number widest">
            Rows
          </th>
          <th scope="col" class="number">
            Errors
          </th>
          <th scope="col" class="wide">
            Handed in
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

function UploadRow({ upload }: { readonly upload: AnyUpload }) {
  const { total, errors } = upload.counts;
  return (
    <tr>
      <th scope="row" class="name">
        <a class="theirs" href={href('uploads', upload.upload_id)}>
          {upload.file_name}
        </a>
        <div class="small soft">{modeWords(upload)}</div>
        <div class="small soft narrow">
          <Moment at={upload.created_at} />
        </div>
      </th>
      <td class="vendor">
        <a class="theirs" href={href('vendors', upload.vendor_id)}>
          {upload.vendor_id}
        </a>
      </td>
      <td>
        <Status upload={upload} />
        {upload.failure && <div class="small soft">{upload.failure.code}</div>}
      </td>
      <td class="number widest">{total == null ? '–' : number(total)}</td>
      <td class="number">{total == null ? '–' : errors > 0 ? <strong class="bad">{number(errors)}</strong> : '0'}</td>
      <td class="wide">
        <Moment at={upload.created_at} />
      </td>
    </tr>
  );
}
