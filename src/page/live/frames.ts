/** One turn of work a frame: what is asked for between two pictures is done once, before the next one. */

const jobs: (() => void)[] = [];

/** Runs `job` before the next picture; in this turn, where one is running. */
export function onFrame(job: () => void): void {
  if (jobs.push(job) === 1) requestAnimationFrame(runJobs);
}

// Jobs that a job asks for join the turn: a live update and the rendering it causes are one picture.
function runJobs(): void {
  let begun = 0;
  try {
    while (begun < jobs.length) jobs[begun++]?.();
  } finally {
    // Where one threw, the others have the next frame.
    jobs.splice(0, begun);
    if (jobs.length > 0) requestAnimationFrame(runJobs);
  }
}

/** Runs `job` when the next picture is on the screen. */
export function afterPaint(job: () => void): void {
  requestAnimationFrame(() => afterThisFrame(job));
}

/** Runs `job` when the picture of the turn that is running is on the screen. */
export function afterThisFrame(job: () => void): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    job();
  };
  channel.port2.postMessage(undefined);
}
