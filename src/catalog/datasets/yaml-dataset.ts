/**
 * One JSON value in a YAML 1.1 file, as PyYAML reads and writes it.
 *
 * Options: `save_args` are PyYAML's: `sort_keys` (default: true), `default_flow_style` (default: false), `indent` (spaces,
 * 2 to 10, default 2); `allow_unicode: true` is accepted and is what happens anyway.
 */

import { type Document, LineCounter, parseDocument, stringify } from 'yaml';
import { messageOf } from '../../core/index.ts';
import { writeToDisk } from '../atomic-write.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { flag, integer, oneOf } from '../options.ts';
import { refuseNonJson } from './json-value.ts';
import { readUtf8 } from './utf8.ts';
import { yamlTags } from './yaml-tags.ts';

const YAML_1_1 = { version: '1.1', schema: 'failsafe', customTags: yamlTags, resolveKnownTags: false } as const;

// PyYAML writes an alias for each place where an object stands again; nested ones multiply, and are a bomb.
const MOST_ALIASES = 10_000;

export const yamlDataset = defineFileDataset({
  type: 'yaml.YAMLDataset',
  saveArgs: { sort_keys: flag(), default_flow_style: flag(), indent: integer(2, 10), allow_unicode: oneOf(true) },
  async read(file, { signal }) {
    return parseYaml(await readUtf8(file, { keepMark: false, signal }));
  },
  async write(file, value, { dataset, args, signal }) {
    refuseNonJson(dataset, value);
    const text = stringify(value, {
      ...YAML_1_1,
      aliasDuplicateObjects: false,
      sortMapEntries: args.sort_keys ?? true,
      collectionStyle: args.default_flow_style === true ? 'flow' : 'any',
      indent: args.indent ?? 2,
      // Texts as they are: PyYAML folds lines by rules of its own.
      lineWidth: 0,
    });
    return await writeToDisk(file, text, signal);
  },
});

/** Throws a `SyntaxError` with line and column. */
function parseYaml(text: string): unknown {
  // YAML 1.1 ends a line there and the library does not, so that it would read something else.
  if (/[\x85\u2028\u2029]/.test(text))
    throw new SyntaxError('it has a line break that is none in JSON; write "\\u2028"');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...YAML_1_1,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  // A warning is a tag that nothing here knows, such as `!!python/tuple`: what it stands for is not what would be read.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new SyntaxError(`line ${line}, column ${col}: ${problem.message}`);
  }
  const value = expanded(document);
  if (text.includes('*') && holdsItself(value, new Set(), new Set())) {
    throw new SyntaxError('an alias stands inside its own anchor');
  }
  return value;
}

function expanded(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new SyntaxError(messageOf(error), { cause: error });
  }
}

function holdsItself(value: unknown, open: Set<object>, done: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false;
  if (open.has(value)) return true;
  open.add(value);
  const found = Object.values(value).some((item) => holdsItself(item, open, done));
  open.delete(value);
  done.add(value);
  return found;
}
