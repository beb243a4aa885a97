/** What is warm in the hosts of a session, so that a new host can be given the same. */
import type { JsonObject, PreloadOptions, WarmArtifact } from '../core/index.ts';

/** A preload as a host takes it. */
export interface PreloadSpec {
  readonly artifacts: string[];
  readonly runtimeParams: JsonObject;
  readonly refresh: NonNullable<PreloadOptions['refresh']>;
  readonly copyMode?: NonNullable<PreloadOptions['copyMode']>;
}

/** One artifact that a host has loaded. */
export interface LoadedArtifact {
  dataset: string;
  type: string;
  /** Of its name and filled definition. */
  key: string;
  durationMs: number;
  /** Estimated, of one host. */
  bytes?: number;
  shared: WarmArtifact['shared'];
}

export class WarmArtifacts {
  #specs: PreloadSpec[] = [];
  readonly #known = new Map<string, WarmArtifact>();

  /** What a new host has to load. */
  get specs(): readonly PreloadSpec[] {
    return this.#specs;
  }

  add(spec: PreloadSpec, loaded: readonly LoadedArtifact[]): void {
    this.#specs.push(spec);
    const { refresh } = spec;
    for (const { dataset, type, key, bytes, shared } of loaded) {
      const size = bytes === undefined ? {} : { bytes };
      this.#known.set(key, { dataset, type, hits: 0, loadedAt: new Date().toISOString(), ...size, refresh, shared });
    }
  }

  hit(keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#known.get(key);
      if (known === undefined) continue;
      known.hits++;
      known.lastUsedAt = new Date().toISOString();
    }
  }

  release(names?: readonly string[]): string[] {
    const released = new Set<string>();
    for (const [key, { dataset }] of this.#known) {
      if (names !== undefined && !names.includes(dataset)) continue;
      released.add(dataset);
      this.#known.delete(key);
    }
    this.#specs = this.#specs
      .map((spec) => ({ ...spec, artifacts: spec.artifacts.filter((name) => !released.has(name)) }))
      .filter(({ artifacts }) => artifacts.length > 0);
    return [...released];
  }

  describe(): WarmArtifact[] {
    return [...this.#known.values()].map((each) => ({ ...each }));
  }
}
