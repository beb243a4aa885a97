import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, type Frame, frameReader } from '../../src/kedro/frames.ts';

it('frames come out as they went in, however the pipe cuts them', () => {
  const frame = fc.record({ message: fc.record({ a: fc.jsonValue() }), attached: fc.uint8Array({ maxLength: 50 }) });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(40), { minLength: 1 }), (frames, cuts) => {
      const all = Buffer.concat(frames.map(({ message, attached }) => encodeFrame(message, [attached])));
      const out: Frame[] = [];
      const read = frameReader((each) => out.push({ ...each, attached: Buffer.from(each.attached) }));
      for (let at = 0, i = 0; at < all.length; i++) {
        const end = at + 1 + (cuts[i % cuts.length] as number);
        read(all.subarray(at, end));
        at = end;
      }
      const plain = frames.map(({ message }) => JSON.parse(JSON.stringify(message)));
      expect(out.map(({ message }) => message)).toEqual(plain);
      expect(out.map(({ attached }) => [...attached])).toEqual(frames.map(({ attached }) => [...attached]));
    }),
  );
});
