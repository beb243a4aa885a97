/** Fields of an object that are said. */

export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Those that have a value: an undefined option is a mistake to many who take options. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
