/**
 * Our endpoint in a process of its own, so that whoever asks it is not in its way: `endpoint.ts PORT native PROJECT`, or
 * `endpoint.ts PORT kedro PROJECT PYTHON`. Ends with SIGTERM.
 */
import { openKedroSession, openNativeSession } from 'kedro-temporal';
import { createKedroServer } from 'kedro-temporal/server';

const [port, engine, project = '', python = ''] = process.argv.slice(2);
const session = engine === 'kedro' ? await openKedroSession({ project, python }) : await openNativeSession({ project });
const server = await createKedroServer({ session });
await server.listen({ port: Number(port) });
process.once('SIGTERM', async () => {
  await server.close();
  await session.close();
});
