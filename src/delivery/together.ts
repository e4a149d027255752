/** One of the generators, and how it ended. */
interface Lane<S> {
  readonly steps: AsyncGenerator<S, unknown>;
  end?: { readonly value: unknown } | { readonly error: unknown };
}

/** The next step of a lane; none when it has ended. */
async function turnOf<S>(lane: Lane<S>): Promise<{ readonly lane: Lane<S>; readonly step?: S }> {
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
  const turns = new Map(lanes.map((lane) => [lane, turnOf(lane)]));
  try {
    while (turns.size > 0) {
      const { lane, step } = await Promise.race(turns.values());
      if (step === undefined) {
        turns.delete(lane);
        if (lane === lead && lane.end && 'error' in lane.end) halt(lane.end.error);
      } else {
        yield step;
        turns.set(lane, turnOf(lane));
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
