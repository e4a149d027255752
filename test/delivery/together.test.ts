import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { together } from '../../src/delivery/together.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Yields its steps, and then returns or throws. */
async function* lane(steps: readonly string[], end: string | Error): AsyncGenerator<string, string> {
  for (const step of steps) {
    await turn();
    yield step;
  }
  if (end instanceof Error) throw end;
  return end;
}

async function run(merged: AsyncGenerator<string, readonly [string, string]>) {
  const steps: string[] = [];
  for (;;) {
    const { value, done } = await merged.next();
    if (done) return { steps, value };
    steps.push(value);
  }
}

describe('two generators together', () => {
  it('yields the steps of both, each in its own order, and returns what both return', async () => {
    const { steps, value } = await run(together(lane(['a', 'b'], 'A'), lane(['1', '2', '3'], 'B'), () => {}));
    expect(steps.filter((step) => 'ab'.includes(step))).toEqual(['a', 'b']);
    expect(steps.filter((step) => '123'.includes(step))).toEqual(['1', '2', '3']);
    expect(value).toEqual(['A', 'B']);
  });

  it('a lane goes on only when its step has been dealt with', async () => {
    let dealtWith = false;
    async function* careful(): AsyncGenerator<string, string> {
      yield 'record';
      expect(dealtWith).toBe(true);
      return 'A';
    }
    const merged = together(careful(), lane([], 'B'), () => {});
    expect(await merged.next()).toEqual({ done: false, value: 'record' });
    for (let turns = 0; turns < 5; turns += 1) await turn();
    dealtWith = true;
    expect(await merged.next()).toEqual({ done: true, value: ['A', 'B'] });
  });

  it('when the following one fails the leading one ends first (D15)', async () => {
    const steps: string[] = [];
    const merged = together(lane(['a', 'b', 'c'], 'A'), lane([], new Error('the server is gone')), () => {
      expect(steps).toEqual(['a', 'b', 'c']);
    });
    const ended = (async () => {
      for await (const step of merged) steps.push(step);
    })();
    await expect(ended).rejects.toThrow('the server is gone');
    expect(steps).toEqual(['a', 'b', 'c']);
  });

  it("when the leading one fails the other is halted, and the failure is the leading one's", async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<string, string> {
      while (!stop.signal.aborted) {
        await turn();
        yield 'on';
      }
      throw new Error('stopped');
    }
    await expect(run(together(lane(['a'], new Error('a view is broken')), endless(), () => stop.abort()))).rejects.toThrow(
      'a view is broken',
    );
  });

  it('steps that have been dealt with are forgotten while the other lane is waited for', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const seen: WeakRef<object>[] = [];
    let left = 0;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    async function* many(): AsyncGenerator<object, string> {
      for (let nr = 0; nr < 100; nr += 1) yield { nr };
      await turn();
      collect();
      left = seen.filter((step) => step.deref()).length;
      open();
      return 'A';
    }
    async function* waiting(): AsyncGenerator<object, string> {
      yield {};
      await gate;
      return 'B';
    }
    for await (const step of together(many(), waiting(), () => {})) seen.push(new WeakRef(step));
    expect(seen).toHaveLength(101);
    expect(left).toBeLessThan(10);
  });

  it('leaving early halts both and waits for them', async () => {
    const stop = new AbortController();
    let ended = 0;
    async function* endless(): AsyncGenerator<string, string> {
      try {
        yield 'on';
        while (!stop.signal.aborted) await turn();
        return '';
      } finally {
        ended += 1;
      }
    }
    const merged = together(endless(), endless(), () => stop.abort());
    for await (const _ of merged) break;
    expect(ended).toBe(2);
  });
});
