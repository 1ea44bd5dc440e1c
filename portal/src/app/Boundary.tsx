import { Component, type ComponentChildren } from 'preact';
import { Button } from '../components/Button';
import { Notice } from '../components/Notice';
import { PageTitle } from '../components/PageTitle';

interface Props {
  readonly children: ComponentChildren;
}

/** Stands for a page that has thrown: says so, where an empty window would say nothing. The frame around it stays. */
export class Boundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static override getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div class="stack">
        <PageTitle title="Something went wrong" />
        <Notice tone="bad" title="This page cannot be shown">
          <p>What was handed in is safe. If loading the page again does not help, try again in some minutes.</p>
          <p>
            <Button small icon="retry" onClick={() => location.reload()}>
              Load the page again
            </Button>
          </p>
        </Notice>
      </div>
    );
  }
}
