import { defineSettings } from 'kedro-temporal';
import { vegaSvgDataset } from './datasets/vega-svg.ts';

export default defineSettings({ datasets: [vegaSvgDataset] });
