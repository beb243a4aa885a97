/** Ten functions of their own, so that a loop over them is no cheaper than it must be. */
export const steps: ((value: number) => number)[] = Array.from({ length: 10 }, (_, i) => (value: number) => value + i);
