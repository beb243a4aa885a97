/** Bodies of requests for runs, read as `kedro server` reads them: JSON by its content type, anything else is a text. */
import type { FastifyInstance } from 'fastify';
import type { JsonObject, JsonValue } from '../../core/index.ts';
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
  checkNesting(value, text.includes('__proto__') || text.includes('\\u'));
  return value;
}

/** Deeper ones would overflow the stack of whatever walks them. */
const MOST_LEVELS = 100;

/** `mayHaveProto`: whether the text may spell that key; it can be written with escapes as well. */
function checkNesting(value: JsonValue, mayHaveProto: boolean): void {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) throw refused(`its values are nested deeper than ${MOST_LEVELS} levels.`);
    // It would be an object's prototype as soon as somebody copies it.
    if (mayHaveProto && level.some((each) => Object.hasOwn(each, '__proto__')))
      throw refused('"__proto__" is no name that a value can have.');
    level = level.flatMap((each) => Object.values(each).filter(isContainer));
  }
}

function isContainer(value: JsonValue): value is JsonValue[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function refused(why: string): BodyInvalid {
  return new BodyInvalid([valueIssue([], why, null)]);
}
