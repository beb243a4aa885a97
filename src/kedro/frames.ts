/** Frames as the host speaks them: two lengths (4 bytes each, big-endian), JSON, then bytes that the JSON points into. */

export interface Frame {
  readonly message: Record<string, unknown>;
  readonly attached: Buffer;
}

export function encodeFrame(message: unknown, attached: readonly Uint8Array[] = []): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length, 0);
  head.writeUInt32BE(
    attached.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return Buffer.concat([head, body, ...attached]);
}

/** Takes chunks as they come and hands on whole frames. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = 8;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= wanted) {
      const all: Buffer = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const text = all.readUInt32BE(0);
      const whole = 8 + text + all.readUInt32BE(4);
      chunks = [all];
      if (size < whole) {
        wanted = whole;
        return;
      }
      const rest = all.subarray(whole);
      chunks = rest.length > 0 ? [rest] : [];
      size = rest.length;
      wanted = 8;
      onFrame({ message: JSON.parse(all.toString('utf8', 8, 8 + text)), attached: all.subarray(8 + text, whole) });
    }
  };
}
