/**
 * What a scalar is, as PyYAML under OmegaConf reads YAML 1.1: `yes`, `on` and their opposites are booleans, `y` and `n` are
 * not; `017` is octal, `0o17` a text; `1:30` is 90; `1_000` is 1000; `1e5` is a number; dates and times stay texts.
 */
import type { ScalarNode } from './compose.ts';

const PREFIX = 'tag:yaml.org,2002:';
const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
// What none of the forms above can start with is a text: most values are.
const MAYBE = /^(?:[-+.0-9~nNtTfFyYoO=<]|$)/;

/** The short name of a scalar's type: `str`, `int`, `float`, `bool`, `null`, `merge`, `value`, or another whole tag. */
export function scalarType({ value, plain, tag }: ScalarNode): string {
  if (tag !== undefined) return tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : tag;
  if (!plain || !MAYBE.test(value)) return 'str';
  if (BOOL.test(value)) return 'bool';
  if (INT.test(value)) return 'int';
  if (FLOAT.test(value)) return 'float';
  if (NULL.test(value)) return 'null';
  if (value === '<<') return 'merge';
  return value === '=' ? 'value' : 'str';
}
