/** Tokens to a graph of nodes: one document, aliases pointing at what they name. */

import { type Mark, YamlError } from './syntax-error.ts';
import { readTokens, type Token, type TokenKind } from './tokens.ts';

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

// Python's own limit on recursion comes at about this depth.
const DEEPEST = 200;

/** The one document of `text`; undefined where it has none. Throws a `YamlError`. */
export function composeDocument(text: string): YamlDocument | undefined {
  return new Composer(readTokens(text)).document();
}

class Composer {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #hasAliases = false;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #handles = new Map([
    ['!', '!'],
    ['!!', 'tag:yaml.org,2002:'],
  ]);

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  document(): YamlDocument | undefined {
    if (this.#is('end')) return undefined;
    const isMarked = this.#documentStart();
    const isEmpty = isMarked && this.#is('directive', 'document start', 'document end', 'end');
    const root = isEmpty ? this.#empty() : this.#node(true, false);
    if (!this.#is('end', 'document end', 'document start', 'directive')) {
      throw this.#fail('A value does not belong to what stands before it; look at the indentation.');
    }
    while (this.#is('document end')) this.#at += 1;
    if (!this.#is('end')) throw this.#fail('A configuration file holds one document.');
    return { root, hasAliases: this.#hasAliases };
  }

  /** Goes past directives and `---`; whether there was one. */
  #documentStart(): boolean {
    const hasDirectives = this.#is('directive');
    const seen = new Set<string>();
    while (this.#is('directive')) {
      const { handle, value } = this.#take();
      const name = handle ?? value;
      if (seen.has(name)) throw this.#fail(`The directive for "${name}" stands twice.`);
      seen.add(name);
      if (handle !== undefined) this.#handles.set(handle, value);
    }
    if (this.#skip('document start')) return true;
    if (hasDirectives) throw this.#fail('A "---" must follow a directive.');
    return false;
  }

  #node(inBlock: boolean, indentless: boolean): YamlNode {
    const start = this.#token;
    if (this.#is('alias')) {
      const { value } = this.#take();
      const found = this.#anchors.get(value);
      if (found === undefined) throw new YamlError(`No anchor is named "${value}".`, start);
      this.#hasAliases = true;
      return found;
    }
    const { anchor, tag, hasTag } = this.#properties();
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#fail(`It is nested more than ${DEEPEST} levels deep.`);
    const node = this.#content({ start, tag, hasTag, anchor, inBlock, indentless });
    this.#depth -= 1;
    return node;
  }

  #properties(): { anchor: Token | undefined; tag: string | undefined; hasTag: boolean } {
    let anchor: Token | undefined;
    let tag: Token | undefined;
    for (;;) {
      if (anchor === undefined && this.#is('anchor')) anchor = this.#take();
      else if (tag === undefined && this.#is('tag')) tag = this.#take();
      else break;
    }
    return { anchor, tag: tag === undefined ? undefined : this.#wholeTag(tag), hasTag: tag !== undefined };
  }

  #wholeTag(token: Token): string | undefined {
    const { handle, value } = token;
    if (handle === undefined) return value === '!' ? undefined : value;
    const prefix = this.#handles.get(handle);
    if (prefix === undefined) throw new YamlError(`The tag handle "${handle}" is not defined.`, token);
    return prefix + value;
  }

  #content(given: Given): YamlNode {
    const { start, tag, hasTag, inBlock, indentless } = given;
    const token = this.#token;
    const { line, column } = start;
    const place = { line, column, tag };
    if (indentless && token.kind === '-') return this.#sequence(given, place, () => this.#indentlessItems());
    switch (token.kind) {
      case 'scalar':
        this.#at += 1;
        // A lone `!` leaves the type to the form, as no tag does: libyaml has it so for quoted texts too.
        return this.#anchored(given, {
          kind: 'scalar',
          line,
          column,
          tag,
          value: token.value,
          plain: tag === undefined && (token.plain === true || hasTag),
        });
      case '[':
        return this.#sequence(given, place, () => this.#flowItems());
      case '{':
        return this.#mapping(given, place, () => this.#flowPairs());
      case 'block sequence':
        if (inBlock) return this.#sequence(given, place, () => this.#blockItems());
        break;
      case 'block mapping':
        if (inBlock) return this.#mapping(given, place, () => this.#blockPairs());
        break;
      default:
        if (given.anchor === undefined && !hasTag) break;
        return this.#anchored(given, { kind: 'scalar', ...place, value: '', plain: tag === undefined && !hasTag });
    }
    throw this.#fail('A value is missing here.');
  }

  #anchored<T extends YamlNode>({ anchor }: Given, node: T): T {
    if (anchor === undefined) return node;
    if (this.#anchors.has(anchor.value)) throw new YamlError(`The anchor "${anchor.value}" stands twice.`, anchor);
    this.#anchors.set(anchor.value, node);
    return node;
  }

  #sequence(given: Given, place: Place, items: () => YamlNode[]): SequenceNode {
    const node: SequenceNode = this.#anchored(given, { kind: 'sequence', ...place, items: [] });
    for (const item of items()) node.items.push(item);
    return node;
  }

  #mapping(given: Given, place: Place, pairs: () => MappingNode['pairs']): MappingNode {
    const node: MappingNode = this.#anchored(given, { kind: 'mapping', ...place, pairs: [] });
    node.pairs = pairs();
    return node;
  }

  #indentlessItems(): YamlNode[] {
    const items: YamlNode[] = [];
    while (this.#is('-')) {
      this.#at += 1;
      items.push(this.#is('-', 'key', 'value', 'block end') ? this.#empty() : this.#node(true, false));
    }
    return items;
  }

  #blockItems(): YamlNode[] {
    this.#at += 1;
    const items: YamlNode[] = [];
    while (this.#is('-')) {
      this.#at += 1;
      items.push(this.#is('-', 'block end') ? this.#empty() : this.#node(true, false));
    }
    this.#expect('block end', 'A "-" was expected here; look at the indentation.');
    return items;
  }

  #blockPairs(): MappingNode['pairs'] {
    this.#at += 1;
    const pairs: MappingNode['pairs'] = [];
    const side = () => (this.#is('key', 'value', 'block end') ? this.#empty() : this.#node(true, true));
    while (this.#is('key')) {
      this.#at += 1;
      const key = side();
      pairs.push([key, this.#skip('value') ? side() : this.#empty()]);
    }
    this.#expect('block end', 'A key was expected here; look at the indentation.');
    return pairs;
  }

  #flowItems(): YamlNode[] {
    this.#at += 1;
    const items: YamlNode[] = [];
    while (!this.#is(']')) {
      if (items.length > 0) {
        this.#expect(',', 'A "," or "]" was expected here.');
        if (this.#is(']')) break;
      }
      items.push(this.#is('key') ? this.#flowPair() : this.#node(false, false));
    }
    this.#at += 1;
    return items;
  }

  /** `[a: b]` is a list with a mapping of one pair. */
  #flowPair(): MappingNode {
    const { line, column } = this.#take();
    const key = this.#is('value', ',', ']') ? this.#empty() : this.#node(false, false);
    const hasValue = this.#skip('value') && !this.#is(',', ']');
    const value = hasValue ? this.#node(false, false) : this.#empty();
    return { kind: 'mapping', line, column, tag: undefined, pairs: [[key, value]] };
  }

  #flowPairs(): MappingNode['pairs'] {
    this.#at += 1;
    const pairs: MappingNode['pairs'] = [];
    while (!this.#is('}')) {
      if (pairs.length > 0) {
        this.#expect(',', 'A "," or "}" was expected here.');
        if (this.#is('}')) break;
      }
      if (!this.#skip('key')) {
        pairs.push([this.#node(false, false), this.#empty()]);
        continue;
      }
      const key = this.#is('value', ',', '}') ? this.#empty() : this.#node(false, false);
      const hasValue = this.#skip('value') && !this.#is(',', '}');
      pairs.push([key, hasValue ? this.#node(false, false) : this.#empty()]);
    }
    this.#at += 1;
    return pairs;
  }

  #empty(): ScalarNode {
    const { line, column } = this.#token;
    return { kind: 'scalar', line, column, value: '', plain: true, tag: undefined };
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#token;
    this.#at += 1;
    return token;
  }

  #is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#token.kind);
  }

  #skip(kind: TokenKind): boolean {
    if (this.#token.kind !== kind) return false;
    this.#at += 1;
    return true;
  }

  #expect(kind: TokenKind, otherwise: string): void {
    if (!this.#skip(kind)) throw this.#fail(otherwise);
  }

  #fail(message: string): YamlError {
    return new YamlError(message, this.#token);
  }
}

interface Place extends Mark {
  readonly tag: string | undefined;
}

interface Given {
  readonly start: Token;
  readonly tag: string | undefined;
  readonly hasTag: boolean;
  readonly anchor: Token | undefined;
  readonly inBlock: boolean;
  readonly indentless: boolean;
}
