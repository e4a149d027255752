/** One of the generators, and how it ended. */
interface Lane<S> {
  readonly steps: AsyncGenerator<S, unknown>;
  end?: { readonly value: unknown } | { readonly error: unknown };
}

/** A step of a lane; none when it has ended. */
interface Turn<S> {
  readonly lane: Lane<S>;
  readonly step?: S;
}

/** What a lane does next. */
async function turnOf<S>(lane: Lane<S>): Promise<Turn<S>> {
  try {
    const { value, done } = await lane.steps.next();
    if (!done) return { lane, step: value };
    lane.end = { value };
  } catch (error) {
    lane.end = { error };
  }
  return { lane };
}

/**
 * Runs two generators side by side and yields the steps of both as they come; a lane goes on only when its own step has been dealt with.
 * When `leading` fails, `halt` must make both end soon. When `following` fails, `leading` goes on to its end first.
 * Returns what both return, or throws the failure of `leading`, else that of `following`. Leaving early halts both.
 */
export async function* together<S, A, B>(
  leading: AsyncGenerator<S, A>,
  following: AsyncGenerator<S, B>,
  halt: (cause: unknown) => void,
): AsyncGenerator<S, readonly [A, B]> {
  const lead: Lane<S> = { steps: leading };
  const lanes: readonly Lane<S>[] = [lead, { steps: following }];
  // Not a race of the turns: each race hangs itself on the lane that is waited for, and a server that is down for an hour is waited for.
  const taken: Turn<S>[] = [];
  let wake = () => {};
  const take = async (lane: Lane<S>) => {
    taken.push(await turnOf(lane));
    wake();
  };
  for (const lane of lanes) void take(lane);
  try {
    for (let running = lanes.length; running > 0; ) {
      const turn = taken.shift();
      if (!turn) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (turn.step === undefined) {
        running -= 1;
        if (turn.lane === lead && lead.end && 'error' in lead.end) halt(lead.end.error);
      } else {
        yield turn.step;
        void take(turn.lane);
      }
    }
  } finally {
    halt(new Error('nobody waits for the steps any more'));
    await Promise.all([leading.return(undefined as never), following.return(undefined as never)]);
  }
  const values = lanes.map(({ end }) => {
    if (end && 'value' in end) return end.value;
    throw end?.error;
  });
  return values as unknown as readonly [A, B];
}
