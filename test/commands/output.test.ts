import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { reportError } from '../../src/commands/error-report.ts';
import { outputOn } from '../../src/commands/output.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';

function streams() {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  return { stdout, stderr, text: () => [stdout.read() ?? '', stderr.read() ?? ''] };
}

describe('where words go', () => {
  it('lines for people, objects for programs, never both; remarks to stderr unless -q', () => {
    const [people, programs, quiet] = [streams(), streams(), streams()];
    for (const [{ stdout, stderr }, options] of [
      [people, { json: false, quiet: false }],
      [programs, { json: true, quiet: false }],
      [quiet, { json: false, quiet: true }],
    ] as const) {
      const output = outputOn(stdout, stderr, options);
      output.line('rad');
      output.object({ a: 'å' });
      output.note('obs');
    }
    expect(people.text()).toEqual(['rad\n', 'obs\n']);
    expect(programs.text()).toEqual(['{"a":"å"}\n', 'obs\n']);
    expect(quiet.text()).toEqual(['rad\n', '']);
  });

  it('a reader that went away ends nothing', () => {
    const { stdout, stderr } = streams();
    outputOn(stdout, stderr, { json: false, quiet: false });
    expect(stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(true);
  });

  it('under --json an error is the last object on stdout, with its exit code and facts', () => {
    const { stdout, stderr, text } = streams();
    const output = outputOn(stdout, stderr, { json: true, quiet: false });
    expect(reportError(new OperatorError('sftp_login', { host: 'h', username: 'u', reason: 'refused' }), output)).toBe(13);
    const [out, err] = text();
    expect(JSON.parse(out)).toEqual({
      type: 'error',
      code: 13,
      error: 'sftp_login',
      message: expect.stringContaining('Inloggningen som u på h gick inte.'),
      facts: { host: 'h', username: 'u', reason: 'refused' },
    });
    expect(err).toBe('');
  });
});
