/**
 * Held resources, released in reverse order of taking (an AsyncDisposableStack, which Node.js 20 lacks). When several
 * releases fail, all are tried and the first failure is thrown.
 */
export class Resources implements AsyncDisposable {
  #held: AsyncDisposable[] = [];

  /** Takes a resource, to be released with the rest. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#held.push(resource);
    return resource;
  }

  /** Hands everything over to a new holder: this one releases nothing any more. */
  move(): Resources {
    const moved = new Resources();
    moved.#held = this.#held;
    this.#held = [];
    return moved;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const resource of this.#held.splice(0).reverse()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
