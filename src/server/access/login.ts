/** The way in for a browser, which can send no header with an EventSource: the token once, then a cookie. */
import type { FastifyInstance } from 'fastify';
import { isPlainObject, PipelineError } from '../../core/index.ts';
import type { Tokens } from './tokens.ts';

const FORM = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · kedro-temporal</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { display: grid; place-content: center; min-height: 90vh; margin: 0 }
  form { display: grid; gap: 0.75rem; width: min(22rem, 90vw) }
  input, button { font: inherit; padding: 0.5rem 0.75rem; border-radius: 6px; border: 1px solid #8888 }
  button { cursor: pointer }
  [role="alert"] { color: #c62828; margin: 0 }
  @media (prefers-color-scheme: dark) { [role="alert"] { color: #ff8a80 } }
</style>
<form method="post" action="/login">
  <h1>kedro-temporal</h1>
  <!--wrong-->
  <label for="token">Token of this endpoint</label>
  <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
  <button>Sign in</button>
</form>
</html>
`;
const WRONG = '<p role="alert">That is not the token.</p>';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const HIDDEN = { schema: { hide: true } };

/** Registers `/login`. Without tokens there is nothing to sign in to, and it leads to the page. */
export async function addLogin(app: FastifyInstance, tokens: Tokens | undefined): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser(FORM_TYPE, { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    scope.get('/login', HIDDEN, (_request, reply) =>
      tokens === undefined ? reply.redirect('/', 303) : reply.type('text/html; charset=utf-8').send(FORM),
    );
    scope.post('/login', HIDDEN, (request, reply) => {
      const isForm = request.headers['content-type']?.startsWith(FORM_TYPE) === true;
      if (tokens !== undefined && !isRight(request.body, tokens)) {
        if (!isForm) throw new PipelineError('NOT_AUTHENTICATED', 'That is not the token of this endpoint.');
        return reply.code(401).type('text/html; charset=utf-8').send(FORM.replace('<!--wrong-->', WRONG));
      }
      if (tokens !== undefined) reply.header('set-cookie', tokens.passCookie());
      return isForm ? reply.redirect('/', 303) : reply.code(204).send();
    });
  });
}

function isRight(body: unknown, tokens: Tokens): boolean {
  const given = isPlainObject(body) ? body.token : undefined;
  return typeof given === 'string' && tokens.isToken(given);
}
