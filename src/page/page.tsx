/** The page: a backfill's days, runs, pipelines, sweeps and workers, as the endpoint tells them. */
import { options, render } from 'preact';
import { App } from './app.tsx';
import { onFrame } from './live/frames.ts';
import './page.css';
import { applyTheme } from './theme.tsx';

applyTheme();
// All that changes between two pictures is rendered once.
options.debounceRendering = onFrame;
const root = document.getElementById('page');
if (root !== null) render(<App />, root);
