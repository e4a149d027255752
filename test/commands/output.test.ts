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
      output.row('tabell');
      output.fault('fel');
    }
    expect(people.text()).toEqual(['rad\ntabell\n', 'obs\nfel\n']);
    expect(programs.text()).toEqual(['{"a":"å"}\n', 'obs\n']);
    expect(quiet.text()).toEqual(['rad\ntabell\n', 'fel\n']);
  });

  it('sentences are broken at the width of a terminal, tables and JSON never, and nothing in a pipe', () => {
    const sentence = 'Det servern har kvitterat behålls, och leveransen fortsätter där den slutade.';
    const [terminal, pipe, programs] = [streams(), streams(), streams()];
    for (const stream of [terminal.stdout, terminal.stderr, programs.stdout]) Object.assign(stream, { columns: 40 });
    for (const [{ stdout, stderr }, json] of [
      [terminal, false],
      [pipe, false],
      [programs, true],
    ] as const) {
      const output = outputOn(stdout, stderr, { json, quiet: false });
      output.line(sentence);
      output.row(sentence);
      output.object({ sentence });
      output.note(sentence);
    }
    const broken = 'Det servern har kvitterat behålls, och\nleveransen fortsätter där den slutade.\n';
    expect(terminal.text()).toEqual([`${broken}${sentence}\n`, broken]);
    expect(pipe.text()).toEqual([`${sentence}\n${sentence}\n`, `${sentence}\n`]);
    expect(programs.text()[0]).toBe(`${JSON.stringify({ sentence })}\n`);
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
