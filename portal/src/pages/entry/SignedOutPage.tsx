import { useState } from 'preact/hooks';
import { Button } from '../../components/Button';
import { Notice } from '../../components/Notice';
import { signIn } from '../../session/session';
import { EntryPage } from './EntryPage';

export function SignedOutPage({ problem }: { readonly problem: string | null }) {
  const [busy, setBusy] = useState(false);
  return (
    <EntryPage
      title="TechMart product onboarding"
      lead="Hand in your product list, see within seconds what is wrong with it and how to fix it."
    >
      {problem && <Notice tone="warn">{problem}</Notice>}
      <Button
        kind="primary"
        busy={busy}
        onClick={() => {
          setBusy(true);
          void signIn();
        }}
      >
        Sign in
      </Button>
      <p class="small soft">
        New here? TechMart sends every vendor an invitation by e-mail. Forgot your password? The sign-in page has a link
        for that.
      </p>
    </EntryPage>
  );
}
