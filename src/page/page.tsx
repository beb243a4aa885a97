import { render } from 'preact';

render(<main>kedro-temporal</main>, document.body);
