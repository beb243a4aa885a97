/** A map that forgets what was put into it first when it is full. */
export function boundedMap<K, V>(most: number): Map<K, V> {
  return new BoundedMap<K, V>(most);
}

class BoundedMap<K, V> extends Map<K, V> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    super.delete(key);
    super.set(key, value);
    for (const first of super.keys()) {
      if (this.size <= this.#most) break;
      super.delete(first);
    }
    return this;
  }
}
