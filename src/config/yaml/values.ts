/** The values of scalars: what PyYAML makes of a text that has the form of a number, or a tag. */
import { float, integer, type Scalar } from '../python.ts';
import type { ScalarNode } from './compose.ts';
import { scalarType } from './resolve.ts';
import { YamlError } from './syntax-error.ts';

const TRUE = /^(?:yes|true|on)$/i;
const FALSE = /^(?:no|false|off)$/i;

/** The value of a scalar. Throws a `YamlError` for a tag without a value in JSON, and where tag and text do not fit. */
export function scalarValue(node: ScalarNode): Scalar {
  const type = scalarType(node);
  switch (type) {
    case 'str':
      return { value: node.value };
    case 'null':
      return { value: null };
    case 'bool':
      if (TRUE.test(node.value)) return { value: true };
      if (FALSE.test(node.value)) return { value: false };
      throw doesNotFit(node, type);
    case 'int':
      return readInt(node);
    case 'float':
      return readFloat(node);
    case 'merge':
    case 'value':
      throw new YamlError(`A plain "${node.value}" has no value; put quotes around it.`, node);
    default:
      throw new YamlError(`The tag "${node.tag}" has no value here; write the value without it.`, node);
  }
}

function readInt(node: ScalarNode): Scalar {
  const text = node.value.replaceAll('_', '');
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.replace(/^[-+]/, '');
  if (digits === '0') return { value: 0 };
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits)) return integer(`${sign}${BigInt(digits)}`);
  if (/^0[0-7]*$/.test(digits)) return integer(`${sign}${BigInt(`0o${digits}`)}`);
  if (/^\d+(?::\d+)+$/.test(digits)) {
    const sum = digits.split(':').reduce((total, part) => total * 60n + BigInt(part), 0n);
    return integer(`${sign}${sum}`);
  }
  if (!/^[1-9]\d*$/.test(digits)) throw doesNotFit(node, 'int');
  return integer(sign + digits);
}

function readFloat(node: ScalarNode): Scalar {
  const text = node.value.replaceAll('_', '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '.inf') return float(sign * Number.POSITIVE_INFINITY);
  if (digits === '.nan') return float(Number.NaN);
  if (/^[\d.]+(?::[\d.]+)+$/.test(digits)) {
    const parts = digits.split(':').map(Number).reverse();
    return float(sign * parts.reduce((sum, part, index) => sum + part * 60 ** index, 0));
  }
  if (/^(?:inf|infinity)$/.test(digits)) return float(sign * Number.POSITIVE_INFINITY);
  if (digits === 'nan') return float(Number.NaN);
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(digits)) throw doesNotFit(node, 'float');
  return float(sign * Number(digits));
}

function doesNotFit({ value, line, column }: ScalarNode, type: string): YamlError {
  return new YamlError(`"${value}" is no ${type}.`, { line, column });
}
