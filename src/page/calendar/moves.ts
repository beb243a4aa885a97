/** Where a key moves in a calendar: to the next interval in its direction, over holes, and on into the next block. */
import type { Layout } from './layout.ts';

type Direction = 'left' | 'right' | 'up' | 'down';

interface Place {
  block: number;
  row: number;
  column: number;
}

/** Finds an interval from another one by a key of the keyboard. */
export class Moves {
  readonly #layout: Layout;
  readonly #places: Place[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
    for (const [block, { rows }] of layout.blocks.entries()) {
      for (const [row, { cells }] of rows.entries()) {
        for (const [column, index] of cells.entries()) {
          if (index !== undefined) this.#places[index] = { block, row, column };
        }
      }
    }
  }

  /** The interval that the key goes to; undefined for another key, or where there is none. */
  from(index: number, key: string, withControl: boolean): number | undefined {
    const place = this.#places[index];
    if (place === undefined) return undefined;
    if (key === 'ArrowLeft') return this.#step(place, 'left');
    if (key === 'ArrowRight') return this.#step(place, 'right');
    if (key === 'ArrowUp') return this.#step(place, 'up');
    if (key === 'ArrowDown') return this.#step(place, 'down');
    if (key === 'Home') return withControl ? 0 : this.#inRow(place).find(isIndex);
    if (key === 'End') return withControl ? this.#places.length - 1 : this.#inRow(place).findLast(isIndex);
    if (key === 'PageUp') return this.#block(place.block - 1).find(isIndex);
    return key === 'PageDown' ? this.#block(place.block + 1).find(isIndex) : undefined;
  }

  #step({ block, row, column }: Place, direction: Direction): number | undefined {
    const isForward = direction === 'right' || direction === 'down';
    const isAcross = direction === 'left' || direction === 'right';
    const line = (of: number) => (isAcross ? this.#row(of, row) : this.#column(of, column));
    const here = line(block);
    const at = isAcross ? column : row;
    const ahead = isForward ? here.slice(at + 1).find(isIndex) : here.slice(0, at).findLast(isIndex);
    if (ahead !== undefined) return ahead;
    const next = isForward ? block + 1 : block - 1;
    const found = isForward ? line(next).find(isIndex) : line(next).findLast(isIndex);
    return found ?? (isForward ? this.#block(next).find(isIndex) : this.#block(next).findLast(isIndex));
  }

  #inRow({ block, row }: Place): readonly (number | undefined)[] {
    return this.#row(block, row);
  }

  #row(block: number, row: number): readonly (number | undefined)[] {
    return this.#layout.blocks[block]?.rows[row]?.cells ?? [];
  }

  #column(block: number, column: number): readonly (number | undefined)[] {
    return this.#layout.blocks[block]?.rows.map(({ cells }) => cells[column]) ?? [];
  }

  #block(block: number): readonly (number | undefined)[] {
    return (this.#layout.blocks[block]?.rows.flatMap(({ cells }) => cells) ?? []).filter(isIndex).sort((a, b) => a - b);
  }
}

function isIndex(index: number | undefined): index is number {
  return index !== undefined;
}
