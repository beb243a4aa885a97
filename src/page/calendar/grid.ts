/**
 * The cells of a calendar, made once and changed one by one, outside of the component tree: an update of ten intervals
 * touches ten cells, of 10,000 as of 100. Cells of a table with the role `grid`: one is in the tab order, arrows move it.
 */
import type { IntervalStates } from '../../server/index.ts';
import { type Layout, layoutOf } from './layout.ts';
import { Moves } from './moves.ts';
import { Standings, standingWords } from './states.ts';

export interface GridOptions {
  job: string;
  keys: readonly string[];
  /** Called with the key of the interval that is clicked, or entered. */
  onOpen(key: string): void;
  /** Called with how many blocks are folded away, when that changes. */
  onFold(blocks: number): void;
}

export class CalendarGrid {
  readonly #host: HTMLElement;
  readonly #options: GridOptions;
  readonly #layout: Layout;
  readonly #moves: Moves;
  readonly #cells: HTMLTableCellElement[] = [];
  readonly #tables: HTMLElement[];
  readonly #standings = new Standings();
  #codes: Uint16Array;
  #tabStop = 0;
  #folds = true;
  #folded = 0;

  constructor(host: HTMLElement, options: GridOptions) {
    this.#host = host;
    this.#options = options;
    this.#layout = layoutOf(options.keys);
    this.#moves = new Moves(this.#layout);
    this.#codes = new Uint16Array(options.keys.length);
    host.dataset.shape = this.#layout.shape;
    this.#tables = this.#layout.blocks.map((block) => this.#blockOf(block));
    host.replaceChildren(...this.#tables);
    this.#cells[0]?.setAttribute('tabindex', '0');
    host.addEventListener('click', this.#onClick);
    host.addEventListener('keydown', this.#onKey);
    host.addEventListener('pointerover', this.#onHover);
    host.addEventListener('focusin', this.#onFocus);
  }

  /** Whether it was made for these keys. */
  isOf(keys: readonly string[]): boolean {
    const own = this.#options.keys;
    return keys === own || (keys.length === own.length && keys.every((key, index) => key === own[index]));
  }

  /** Changes the cells whose state is another than before. */
  update(states: IntervalStates): void {
    const codes = this.#standings.codesOf(states, this.#options.keys.length);
    for (let index = 0; index < codes.length; index++) {
      if (codes[index] !== this.#codes[index]) this.#paint(index, codes[index] ?? 0);
    }
    this.#codes = codes;
    this.#fold();
  }

  /** Shows the blocks that are folded away: those of which all is to come, where others have more to say. */
  unfold(): void {
    this.#folds = false;
    this.#fold();
  }

  /** Scrolls its own box to where work is: to what runs, else to the last interval that is not to come. */
  reveal(): void {
    const isRunning = (code: number) => this.#standings.at(code).state === 'running';
    const running = this.#codes.findIndex(isRunning);
    const cell = this.#cells[running >= 0 ? running : this.#codes.findLastIndex((code) => code !== 0)];
    if (cell === undefined) return;
    const { clientHeight, clientWidth } = this.#host;
    const [own, at] = [this.#host.getBoundingClientRect(), cell.getBoundingClientRect()];
    const block = cell.closest('table')?.getBoundingClientRect() ?? at;
    const isNear = at.bottom - block.top < clientHeight;
    const top = isNear ? block.top : at.top - clientHeight / 2;
    if (at.bottom - own.top > clientHeight) this.#host.scrollTop += top - own.top;
    if (at.right - own.left > clientWidth) this.#host.scrollLeft += at.left - own.left - clientWidth / 2;
  }

  /** Puts the focus on an interval, where there is one of that key. */
  focus(key: string): void {
    const index = this.#options.keys.indexOf(key);
    if (index >= 0) this.#moveTo(index);
  }

  remove(): void {
    this.#host.removeEventListener('click', this.#onClick);
    this.#host.removeEventListener('keydown', this.#onKey);
    this.#host.removeEventListener('pointerover', this.#onHover);
    this.#host.removeEventListener('focusin', this.#onFocus);
    this.#host.replaceChildren();
  }

  #blockOf({ title, heads, rows }: Layout['blocks'][number]): HTMLElement {
    const table = document.createElement('table');
    table.setAttribute('role', 'grid');
    table.setAttribute('aria-label', `${this.#options.job}, ${title}`);
    const words = document.createElement('span');
    words.textContent = title;
    table.createCaption().append(words);
    if (heads.length > 0) table.append(headOf(heads));
    const body = table.createTBody();
    for (const row of rows) body.append(this.#rowOf(row));
    return table;
  }

  #rowOf({ label, cells }: Layout['blocks'][number]['rows'][number]): HTMLTableRowElement {
    const row = document.createElement('tr');
    row.append(labelOf(label, 'row'));
    for (const index of cells) {
      const cell = document.createElement('td');
      row.append(cell);
      if (index === undefined) continue;
      cell.dataset.index = String(index);
      cell.dataset.state = 'to-come';
      cell.setAttribute('tabindex', '-1');
      cell.setAttribute('aria-label', `${this.#options.keys[index]}: to come`);
      this.#cells[index] = cell;
    }
    return row;
  }

  #paint(index: number, code: number): void {
    const cell = this.#cells[index];
    if (cell === undefined) return;
    const standing = this.#standings.at(code);
    cell.dataset.state = standing.state;
    cell.setAttribute('aria-label', `${this.#options.keys[index]}: ${standingWords(standing)}`);
    if (cell.title !== '') cell.removeAttribute('title');
  }

  #fold(): void {
    const isEmpty = this.#layout.blocks.map(({ rows }) =>
      rows.every(({ cells }) => cells.every((i) => !this.#codes[i ?? -1])),
    );
    const folds = this.#folds && isEmpty.filter(Boolean).length > 1 && isEmpty.includes(false);
    for (const [i, table] of this.#tables.entries()) {
      const isHidden = folds && isEmpty[i] === true;
      if (table.hidden !== isHidden) table.hidden = isHidden;
    }
    const folded = folds ? isEmpty.filter(Boolean).length : 0;
    if (folded !== this.#folded) this.#options.onFold(folded);
    this.#folded = folded;
  }

  #moveTo(index: number): void {
    const cell = this.#cells[index];
    if (cell?.closest('table')?.hidden === true) this.unfold();
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  readonly #onFocus = (event: Event): void => {
    const index = indexOf(event);
    if (index === undefined || index === this.#tabStop) return;
    this.#cells[this.#tabStop]?.setAttribute('tabindex', '-1');
    this.#cells[index]?.setAttribute('tabindex', '0');
    this.#tabStop = index;
  };

  readonly #onClick = (event: Event): void => {
    this.#open(indexOf(event));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const index = indexOf(event);
    if (index === undefined || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') this.#open(index);
    const next = this.#moves.from(index, event.key, event.ctrlKey);
    if (next === undefined && event.key !== ' ') return;
    // Arrows and the space would scroll the page as well.
    event.preventDefault();
    if (next !== undefined) this.#moveTo(next);
  };

  // A cell's hint is written when somebody points at it: 10,000 of them would be made for nobody.
  readonly #onHover = (event: Event): void => {
    const index = indexOf(event);
    const cell = index === undefined ? undefined : this.#cells[index];
    if (cell !== undefined && cell.title === '') cell.title = cell.getAttribute('aria-label') ?? '';
  };

  #open(index: number | undefined): void {
    const key = index === undefined ? undefined : this.#options.keys[index];
    if (key !== undefined) this.#options.onOpen(key);
  }
}

function indexOf({ target }: Event): number | undefined {
  const index = target instanceof HTMLElement ? target.dataset.index : undefined;
  return index === undefined ? undefined : Number(index);
}

function headOf(heads: Layout['blocks'][number]['heads']): HTMLTableSectionElement {
  const head = document.createElement('thead');
  const row = document.createElement('tr');
  row.append(document.createElement('td'));
  for (const { text, span } of heads) {
    const cell = labelOf(text, 'col');
    cell.colSpan = span;
    row.append(cell);
  }
  head.append(row);
  return head;
}

function labelOf(text: string, scope: 'row' | 'col'): HTMLTableCellElement {
  const cell = document.createElement('th');
  const words = document.createElement('span');
  cell.scope = scope;
  words.textContent = text;
  cell.append(words);
  return cell;
}
