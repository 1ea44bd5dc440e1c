import { Button } from '../../components/Button';
import { Problem } from '../../components/Problem';
import { useAction } from '../../logic/action';
import { fetchSigned } from '../../logic/download';

interface Props {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly fileName: string;
  /** What is in the file, for whom hears the button alone. */
  readonly label: string;
}

/** Hands the table to the reader as a CSV file. */
export function DownloadTable({ path, query, fileName, label }: Props) {
  const download = useAction(() => fetchSigned(path, fileName, { ...query, format: 'csv' }));
  return (
    <>
      <Button small icon="download" label={label} busy={download.isBusy} onClick={download.run}>
        CSV
      </Button>
      {download.error && <Problem error={download.error} />}
    </>
  );
}
