/** Asks for the token that the endpoint was started with. */
import { useState } from 'preact/hooks';
import { useLive } from '../live/hooks.ts';
import { ask, type RequestError } from '../live/requests.ts';

export function Login() {
  const live = useLive();
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const enter = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    await ask<unknown>('POST', 'login', { token }).then(
      () => live.restart(),
      (error: RequestError) => setProblem(error.status === 401 ? 'That is not the token.' : error.message),
    );
    setBusy(false);
  };
  return (
    <form class="login" onSubmit={enter}>
      <h1 tabIndex={-1}>Sign in</h1>
      <p>This endpoint shows its page to those who have its token.</p>
      <label>
        Token
        <input
          type="password"
          autocomplete="current-password"
          required
          value={token}
          aria-invalid={problem !== undefined}
          aria-describedby="login-problem"
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <p id="login-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        Sign in
      </button>
    </form>
  );
}
