/** A picture: the node returns a Vega specification, the file is the SVG that Vega draws of it. */
import { writeFile } from 'node:fs/promises';
import { defineFileDataset, importLibrary } from 'kedro-temporal';
import type { Spec } from 'vega';

export const vegaSvgDataset = defineFileDataset({
  type: 'vega.SvgDataset',
  read: () => Promise.reject(new Error('a picture does not tell what it was drawn of')),
  async write(file, value, { dataset }) {
    const { parse, View } = await importLibrary(dataset, 'vega', () => import('vega'));
    const view = new View(parse(value as Spec), { renderer: 'none' });
    try {
      await writeFile(file, await view.toSVG());
    } finally {
      view.finalize();
    }
  },
});
