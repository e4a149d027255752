import { describe, expect, it } from 'vitest';
import { Interruption } from '../../src/delivery/interruption.ts';

const state = ({ exporting, sending, reason, operator }: Interruption) => [exporting.aborted, sending.aborted, reason, operator];

describe('who may end a delivery early, and how soon', () => {
  it('D15: a pause lets the export finish, a stop and a signal end everything', () => {
    const [paused, stopped, signalled] = [new Interruption(), new Interruption(), new Interruption()];
    expect(state(paused)).toEqual([false, false, undefined, undefined]);
    paused.request('pause', 'anna');
    expect(state(paused)).toEqual([false, true, 'pause', 'anna']);
    stopped.request('stop', 'bo');
    expect(state(stopped)).toEqual([true, true, 'stop', 'bo']);
    signalled.request('signal');
    expect(state(signalled)).toEqual([true, true, 'signal', undefined]);
  });

  it('a stop after a pause is a stop; a pause after a stop is nothing', () => {
    const both = new Interruption();
    both.request('pause', 'anna');
    both.request('stop', 'bo');
    expect(state(both)).toEqual([true, true, 'stop', 'bo']);
    both.request('pause', 'anna');
    expect(state(both)).toEqual([true, true, 'stop', 'bo']);
  });
});
