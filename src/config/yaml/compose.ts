/** One document to a graph of nodes, by the `yaml` package: aliases point at what they name, and no scalar has a type yet. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLParseError,
} from 'yaml';
import { type Mark, YamlError } from './syntax-error.ts';

export interface ScalarNode extends Mark {
  readonly kind: 'scalar';
  readonly value: string;
  /** Whether the value's form decides its type: it is plain. */
  readonly plain: boolean;
  /** The whole tag, `tag:yaml.org,2002:int`; undefined where there is none. */
  readonly tag: string | undefined;
}

export interface SequenceNode extends Mark {
  readonly kind: 'sequence';
  readonly items: YamlNode[];
  readonly tag: string | undefined;
}

export interface MappingNode extends Mark {
  readonly kind: 'mapping';
  pairs: (readonly [YamlNode, YamlNode])[];
  readonly tag: string | undefined;
}

export type YamlNode = ScalarNode | SequenceNode | MappingNode;

/** A document. */
export interface YamlDocument {
  readonly root: YamlNode;
  /** Whether a node stands at more than one place. */
  readonly hasAliases: boolean;
}

/** What a text may not hold anywhere. `\uFEFF` may only begin it. */
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Breaks of YAML 1.1 that the library takes for characters of a line. */
const OLD_BREAKS = /\r(?!\n)|[\x85\u2028\u2029]/g;
/** Half a character, as JSON writes those beyond U+FFFF. */
const SURROGATE = /(?<!\\)(?:\\\\)*\\(?:u|U0000)[dD][89a-fA-F]/;
const OTHER_VERSION = /^%YAML\s+(?!1\.\d)/m;
// Python's own limit on recursion comes at about this depth.
const DEEPEST = 200;

/** The one document of `text`; undefined where it has none. Throws a `YamlError`. */
export function composeDocument(given: string): YamlDocument | undefined {
  const text = given.replace(OLD_BREAKS, '\n');
  const lines = new LineCounter();
  // YAML 1.1 without a type for anything: `resolve.ts` has PyYAML's rules.
  const document = parseDocument(text, {
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const markAt = (offset: number): Mark => {
    const { line, col } = lines.linePos(offset);
    return { line: line - 1, column: col - 1 };
  };
  const bad = NOT_PRINTABLE.exec(text);
  if (bad !== null) {
    const code = (text.codePointAt(bad.index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new YamlError(`The character U+${code} is not allowed in YAML.`, markAt(bad.index));
  }
  const [problem] = document.errors;
  if (problem !== undefined) throw new YamlError(whyInvalid(problem, text), markAt(problem.pos[0]));
  const { contents } = document;
  if (contents === null) return undefined;
  const version = OTHER_VERSION.exec(text.slice(0, contents.range[0]));
  if (version !== null) throw new YamlError('Only YAML 1.1 and its like are read.', markAt(version.index));
  const builder = new Builder(text, markAt);
  return { root: builder.node(contents), hasAliases: builder.hasAliases };
}

class Builder {
  hasAliases = false;
  readonly #text: string;
  readonly #markAt: (offset: number) => Mark;
  readonly #anchors = new Map<string, YamlNode>();
  #depth = 0;

  constructor(text: string, markAt: (offset: number) => Mark) {
    this.#text = text;
    this.#markAt = markAt;
  }

  node(node: Node | null): YamlNode {
    const place = this.#markAt(node?.range?.[0] ?? 0);
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new YamlError(`It is nested more than ${DEEPEST} levels deep.`, place);
    const made = this.#node(node, place);
    this.#depth -= 1;
    return made;
  }

  #node(node: Node | null, place: Mark): YamlNode {
    if (node === null) return { kind: 'scalar', ...place, value: '', plain: true, tag: undefined };
    if (isAlias(node)) return this.#named(node.source, place);
    const tag = node.tag === '!' ? undefined : node.tag;
    if (isScalar(node)) {
      this.#checkEscapes(node, place);
      const value = this.#textOf(node);
      // A lone `!` leaves the type to the form, as no tag does: libyaml has it so for quoted texts too.
      const plain = tag === undefined && (node.type === 'PLAIN' || node.tag === '!');
      return this.#anchored(node.anchor, { kind: 'scalar', ...place, value, plain, tag });
    }
    if (isSeq(node)) {
      const made: SequenceNode = this.#anchored(node.anchor, { kind: 'sequence', ...place, items: [], tag });
      for (const item of node.items) made.items.push(this.node(item as Node | null));
      return made;
    }
    if (!isMap(node)) throw new YamlError('It has a value that is no scalar, list or mapping.', place);
    const made: MappingNode = this.#anchored(node.anchor, { kind: 'mapping', ...place, pairs: [], tag });
    for (const { key, value } of node.items) {
      if (node.flow === true && isNothing(value)) this.#checkColon(key);
      made.pairs.push([this.node(key as Node | null), this.node((value ?? null) as Node | null)]);
    }
    return made;
  }

  // At the end of a file that ends without a line break libyaml makes none up for a block.
  #textOf({ type, value, range }: Scalar): string {
    if (typeof value !== 'string') return '';
    const isLast = (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') && range?.[1] === this.#text.length;
    return isLast && !this.#text.endsWith('\n') && value.endsWith('\n') ? value.slice(0, -1) : value;
  }

  // JSON's way to write characters beyond U+FFFF; YAML has `\U0001F600` for them.
  #checkEscapes({ type, range }: Scalar, place: Mark): void {
    if (type !== 'QUOTE_DOUBLE' || !range) return;
    if (SURROGATE.test(this.#text.slice(range[0], range[1]))) {
      throw new YamlError('It has half a character: write one beyond U+FFFF as it is, or as "\\U0001F600".', place);
    }
  }

  // `{a:}` is the text "a:" to libyaml, and then nothing ends the mapping's key; `{a: }` and `{"a":}` are well.
  #checkColon(key: unknown): void {
    if (!isScalar(key) || key.type !== 'PLAIN' || !key.range) return;
    const end = key.range[1];
    if (this.#text[end] === ':' && /[,\]}]/.test(this.#text[end + 1] ?? '')) {
      throw new YamlError('A space must follow the ":" of a key.', this.#markAt(end));
    }
  }

  #named(name: string, place: Mark): YamlNode {
    const found = this.#anchors.get(name);
    if (found === undefined) throw new YamlError(`No anchor is named "${name}".`, place);
    this.hasAliases = true;
    return found;
  }

  #anchored<T extends YamlNode>(anchor: string | undefined, node: T): T {
    if (anchor === undefined) return node;
    if (this.#anchors.has(anchor)) throw new YamlError(`The anchor "${anchor}" stands twice.`, node);
    this.#anchors.set(anchor, node);
    return node;
  }
}

function isNothing(value: unknown): boolean {
  return value === null || (isScalar(value) && value.type === 'PLAIN' && value.value === '');
}

function whyInvalid(problem: YAMLParseError, text: string): string {
  // The library's sentence about several documents is advice for programmers.
  if (problem.code === 'MULTIPLE_DOCS') return 'A configuration file holds one document.';
  const hole = text.slice(problem.pos[0] - 1, problem.pos[0] + 1) === '${';
  return `${problem.message}.${hole ? ' Inside [ ] and { }, put quotes around a text with "${".' : ''}`;
}
