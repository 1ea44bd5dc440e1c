import type { ApiError } from '../../api/problems';
import { Button } from '../../components/Button';
import { signOut } from '../../session/session';
import { EntryPage } from './EntryPage';

/** Signed in, and yet not let in: says why and what to do. */
export function NoEntryPage({ error, retry }: { readonly error: ApiError; readonly retry: () => void }) {
  const { title, lead } = words(error);
  return (
    <EntryPage title={title} lead={lead}>
      <Button kind="primary" icon="retry" onClick={retry}>
        Try again
      </Button>
      <Button onClick={() => void signOut()}>Sign in as somebody else</Button>
    </EntryPage>
  );
}

function words(error: ApiError): { readonly title: string; readonly lead: string } {
  switch (error.kind) {
    case 'account-suspended':
      return {
        title: 'The account is suspended',
        lead:
          'Your company cannot hand in files at the moment. Its products and reports are kept. Ask your contact at ' +
          'TechMart what is open; everything works again as soon as the account is active.',
      };
    case 'not-allowed':
      return {
        title: 'Not set up yet',
        lead:
          'You are signed in, but nobody has linked this e-mail address with a vendor yet. Ask the colleague or the ' +
          'contact at TechMart who invited you, then try again.',
      };
    case 'network':
      return { title: 'No connection', lead: 'The service cannot be reached. Check the network, then try again.' };
    default:
      return { title: error.title, lead: error.detail };
  }
}
