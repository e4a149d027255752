import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 5;

/**
 * Looks at a target folder all the time, as a receiver who takes whatever is visible would: a bag that is not whole at the very moment
 * when its name is first seen is remembered. Whole is what stands in the staging folder under the same name.
 */
export class WatchedFolder {
  readonly halfVisible: string[] = [];
  readonly #folder: string;
  readonly #staging: string;
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, staging: string) {
    this.#folder = folder;
    this.#staging = staging;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** The bags that are visible now. */
  look(): readonly string[] {
    const bags = readdirSync(this.#folder).filter((name) => !name.startsWith('.'));
    for (const bag of bags) {
      if (this.#seen.has(bag)) continue;
      this.#seen.add(bag);
      const [there, here] = [sizesBelow(join(this.#folder, bag)), sizesBelow(join(this.#staging, bag))];
      if (there !== here) this.halfVisible.push(`${bag} was seen as ${there}, not ${here}`);
    }
    return bags;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.look();
  }
}

/** Every file below with its size, as one text. */
const sizesBelow = (dir: string): string =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stat: lstatSync(join(dir, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => `${name} ${stat.size}`)
    .sort()
    .join('\n');
