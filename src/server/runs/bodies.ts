/** Bodies of requests for runs, read as `kedro server` reads them: JSON by its content type, anything else is a text. */
import type { FastifyInstance } from 'fastify';
import type { JsonValue } from '../../core/index.ts';
import { BodyInvalid, noJson, valueIssue } from './issues.ts';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:$|[ ;])/i;

/** Registers how the bodies of `scope` are read. */
export function addBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parse(String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body || undefined));
}

/** The body of a request, which must have one. Throws {@link BodyInvalid}. */
export function bodyOf(body: unknown): JsonValue {
  if (body !== undefined && body !== '') return body as JsonValue;
  throw new BodyInvalid([{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]);
}

function parse(text: string): JsonValue | undefined {
  if (text === '') return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw noJson(text, error);
  }
  // A key that would be an object's prototype as soon as somebody copies it; it can be written with escapes as well.
  if ((text.includes('__proto__') || text.includes('\\u')) && hasProto(value)) {
    throw new BodyInvalid([valueIssue([], '"__proto__" is no name that a value can have.', null)]);
  }
  return value;
}

function hasProto(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}
