/** The ports that traced runs listen on, for untraced ones that are under way at the same time. */
export class AwaitedPorts {
  readonly #learnt = new Map<string, readonly number[]>();
  readonly #waiting: (() => void)[] = [];
  #isOver = false;

  learn(scenario: string, ports: readonly number[]): void {
    this.#learnt.set(scenario, ports);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Nothing more is to be learnt: nobody waits in vain. */
  end(): void {
    this.#isOver = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async of(scenario: string): Promise<readonly number[]> {
    while (!this.#learnt.has(scenario) && !this.#isOver) await new Promise<void>((wake) => this.#waiting.push(wake));
    return this.#learnt.get(scenario) ?? [];
  }
}
