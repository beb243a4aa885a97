/** What the inputs and outputs of a node may be, by the function's own types. */

// The type that every function fits; the typed door is `node()`.
export type NodeFunction = (...args: never[]) => unknown;

/** What `inputs` may be for a function: one name, names in the order of its arguments, or names by key of its object. */
export type InputsFor<F extends NodeFunction> =
  | (Parameters<F> extends readonly [] ? null | readonly [] : OneName<Parameters<F>>)
  | NameEach<Parameters<F>>
  | KeysOf<Parameters<F>[0]>;

/** Whether `inputs` may be left out: only where the function can be called with nothing. */
export type InputsAsked<F extends NodeFunction> = [] extends Parameters<F> ? unknown : { inputs: InputsFor<F> };

// Over a type parameter of its own, so that a tuple stays a tuple.
type NameEach<T extends readonly unknown[]> = { readonly [K in keyof T]: string };
type OneName<T extends readonly unknown[]> = T extends readonly [unknown?, ...infer Rest]
  ? [] extends Rest
    ? string
    : never
  : never;
type KeysOf<T> = unknown extends T
  ? Readonly<Record<string, string>>
  : T extends readonly unknown[] | NodeFunction
    ? never
    : T extends object
      ? { readonly [K in keyof T]: string }
      : never;

/** What `outputs` may be: one name for the whole result, names in the order of its array, or names by key of its object. */
export type OutputsFor<F extends NodeFunction> = null | string | PartsOf<Awaited<ReturnType<F>>>;

type PartsOf<R> = unknown extends R
  ? readonly string[] | Readonly<Record<string, string>>
  : R extends readonly unknown[]
    ? NameEach<R>
    : R extends object
      ? { readonly [K in keyof R]?: string }
      : never;
