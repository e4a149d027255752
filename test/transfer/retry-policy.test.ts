import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { RetryPolicy } from '../../src/transfer/retry-policy.ts';
import { ConnectionLost, SftpStatusError, SpaceLow } from '../../src/transfer/sftp-errors.ts';

const options = { maxOfflineMs: 3_600_000, waitForSpace: true, spacePollMs: 30_000 };
const lost = new ConnectionLost('ECONNRESET');
const failure = new SftpStatusError(4, 'write', undefined);

describe('RetryPolicy', () => {
  it('a lost line is tried again after a jittered while that grows to a minute at most', () => {
    const policy = new RetryPolicy(options);
    for (let n = 0; n < 20; n++) {
      const retry = policy.next(lost, 0);
      expect(retry?.attempt).toBe(n + 1);
      expect(retry?.waitMs).toBeGreaterThanOrEqual(500);
      expect(retry?.waitMs).toBeLessThanOrEqual(Math.max(500, Math.min(60_000, 1000 * 2 ** n)));
    }
  });

  it('progress starts the count anew; the same mark does not', () => {
    const policy = new RetryPolicy(options);
    policy.next(lost, 5);
    expect(policy.next(lost, 5)?.attempt).toBe(2);
    expect(policy.next(lost, 6)?.attempt).toBe(1);
  });

  it('no more than six connections a minute', () => {
    const policy = new RetryPolicy(options);
    for (let n = 0; n < 6; n++) policy.connecting();
    expect(policy.next(lost, 0)?.waitMs).toBeGreaterThan(59_000);
  });

  it('it gives up when the wait would pass max-offline', () => {
    expect(new RetryPolicy({ ...options, maxOfflineMs: 0 }).next(lost, 0)).toBeNull();
  });

  it('a full disk is polled, or ends the run, as the caller chose', () => {
    const space = new SpaceLow(10, 5);
    expect(new RetryPolicy(options).next(space, 0)).toMatchObject({ waitMs: 30_000, reason: 'disk_full' });
    expect(new RetryPolicy({ ...options, waitForSpace: false }).next(space, 0)).toBeNull();
  });

  it('an unexplained refusal is tried once more, and once more again after progress', () => {
    const policy = new RetryPolicy(options);
    expect(policy.next(failure, 0)?.waitMs).toBe(2000);
    expect(policy.next(failure, 0)).toBeNull();
    expect(policy.next(failure, 1)?.waitMs).toBe(2000);
  });

  it('what no time can mend is never tried again (I10)', () => {
    const policy = new RetryPolicy(options);
    for (const error of [
      new OperatorError('host_key_changed'),
      new OperatorError('sftp_login'),
      new SftpStatusError(3, 'open', undefined),
    ]) {
      expect(policy.next(error, 0)).toBeNull();
    }
  });
});
