/** How many bytes of each file are done, and of all together. */
export class ByteCounter {
  readonly #files = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  set(path: string, bytes: number): void {
    this.#total += bytes - (this.#files.get(path) ?? 0);
    this.#files.set(path, bytes);
  }
}
