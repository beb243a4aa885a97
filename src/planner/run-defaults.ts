/** How a run is kept alive where nobody says, by a worker and by a process without a server. Durations are Temporal's. */
export const RUN_DEFAULTS = {
  retry: { maximumAttempts: 5, initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '30 seconds',
} as const;
