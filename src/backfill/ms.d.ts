// The package's types are not where its "exports" would have them.
declare module 'ms' {
  /** Milliseconds of a text, NaN for one that is no duration. */
  export default function ms(text: string): number;
}
