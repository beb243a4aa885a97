/**
 * What every session must do, whichever engine is behind it. It talks through `PipelineSession` only, to a copy of a
 * fixture project. An engine of another language brings a twin of `test/projects/native`: the same `conf/` and `data/`, and
 * pipelines of the same names, nodes and datasets that answer the same.
 */
import { describe } from 'vitest';
import { callingOff } from './session/calling-off.ts';
import { describing } from './session/describing.ts';
import { injecting } from './session/injecting.ts';
import { overlapping } from './session/overlapping.ts';
import { returning } from './session/returning.ts';
import { running } from './session/running.ts';
import { slicing } from './session/slicing.ts';
import { startingAgain } from './session/starting-again.ts';
import { inCopyOf, type SessionSubject } from './session/subject.ts';
import { versioning } from './session/versioning.ts';
import { warming } from './session/warming.ts';

export type { SessionSubject } from './session/subject.ts';

export function sessionContract(subject: SessionSubject): void {
  const inCopy = inCopyOf(subject);
  describe(`session contract: ${subject.name}`, () => {
    describe('describe', () => describing(inCopy));
    describe('run', () => running(inCopy, subject));
    describe('data for one run', () => injecting(inCopy, subject));
    describe('what comes back', () => returning(inCopy, subject));
    describe('versions', () => versioning(inCopy));
    describe('starting again', () => startingAgain(inCopy));
    describe('slices', () => slicing(inCopy));
    describe('artifacts', () => warming(inCopy));
    describe('cancel and close', () => callingOff(inCopy, subject));
    describe('runs at once', () => overlapping(inCopy));
  });
}
