/** `oc.coerce`: a scalar as another type, by the rules of OmegaConf's typed nodes. */
import type { JsonValue } from '../core/index.ts';
import { float, integer, type Scalar } from './python.ts';

/** The types that {@link coerce} knows. */
export const COERCIBLE = ['int', 'float', 'bool', 'str'] as const;

const INT = /^\s*[-+]?\d+(?:_\d+)*\s*$/;
const FLOAT = /^\s*[-+]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:e[-+]?\d+)?|inf(?:inity)?|nan)\s*$/i;
const TRUE = /^(?:yes|y|on|true)$/i;
const FALSE = /^(?:no|n|off|false)$/i;

/** `value` as `type`; `text` is how Python prints it. Undefined where it does not fit. */
export function coerce(type: (typeof COERCIBLE)[number], value: JsonValue, text: string): Scalar | undefined {
  if (value === null || typeof value === 'object') return undefined;
  const isInteger = typeof value === 'number' && /^-?\d+$/.test(text);
  switch (type) {
    case 'str':
      return { value: text };
    case 'int':
      return isInteger || (typeof value === 'string' && INT.test(value)) ? integer(digitsOf(text)) : undefined;
    case 'float':
      if (typeof value === 'number') return float(value);
      return typeof value === 'string' && FLOAT.test(value) && /\d|inf|nan/i.test(value) ? readFloat(value) : undefined;
    case 'bool':
      if (typeof value === 'boolean') return { value };
      if (isInteger) return { value: value !== 0 };
      return typeof value === 'string' ? readBool(value) : undefined;
    default: {
      const never: never = type;
      return never;
    }
  }
}

function readBool(text: string): Scalar | undefined {
  if (INT.test(text)) return { value: Number(digitsOf(text)) !== 0 };
  if (TRUE.test(text)) return { value: true };
  return FALSE.test(text) ? { value: false } : undefined;
}

function readFloat(text: string): Scalar {
  const digits = digitsOf(text).toLowerCase();
  if (digits.includes('nan')) return float(Number.NaN);
  if (digits.includes('inf'))
    return float(digits.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return float(Number(digits));
}

function digitsOf(text: string): string {
  return text.trim().replaceAll('_', '');
}
