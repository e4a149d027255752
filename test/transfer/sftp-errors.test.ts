import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { errors } from '../../src/text.ts';
import {
  ConnectionLost,
  factName,
  fromConnect,
  fromSsh2,
  SftpStatusError,
  SpaceLow,
  toOperatorError,
} from '../../src/transfer/sftp-errors.ts';

const facts = { host: 'sftp.region.example', port: 22, username: 'skane', path: '/in' };
const ssh2Error = (message: string, extra: object = {}) => Object.assign(new Error(message), extra);

describe('what ssh2 reports', () => {
  it.each([
    [ssh2Error('No such file', { code: 2 }), SftpStatusError],
    [ssh2Error('Connection lost', { code: 7 }), ConnectionLost],
    [ssh2Error('No response from server'), ConnectionLost],
    [ssh2Error('read ECONNRESET', { code: 'ECONNRESET', level: 'client-socket' }), ConnectionLost],
  ])('%s', (error, kind) => {
    expect(fromSsh2(error, 'open')).toBeInstanceOf(kind);
  });

  it.each([
    [ssh2Error('All configured authentication methods failed', { level: 'client-authentication' }), { code: 'sftp_login' }],
    [ssh2Error('Handshake failed: no matching host key format', { level: 'handshake' }), { code: 'sftp_failed' }],
    [ssh2Error('Timed out while waiting for handshake', { level: 'client-timeout' }), { name: 'ConnectionLost' }],
    [ssh2Error('Too many authentication failures', { code: 2 }), { name: 'ConnectionLost' }],
  ])('when it could not connect: %s', (error, expected) => {
    expect(fromConnect(error, facts)).toMatchObject(expected);
  });
});

describe('what an operator meets', () => {
  const status = (code: number) => new SftpStatusError(code, 'mkdir', undefined);
  it.each([
    [new ConnectionLost('ETIMEDOUT'), 'sftp_down', 13],
    [status(3), 'permission_remote', 17],
    [status(4), 'sftp_failed', 13],
    [new SpaceLow(100, 5), 'remote_disk_full', 16],
  ])('%s → %s (%i)', (error, code, exitCode) => {
    const shown = toOperatorError(error, facts) as OperatorError;
    expect(shown).toMatchObject({ code, exitCode });
    const text = errors[shown.code]?.(shown.facts);
    expect(JSON.stringify(text)).not.toMatch(/undefined|NaN/);
  });

  it('what is not the server or the line stays what it is', () => {
    const bug = new TypeError('bug');
    expect(toOperatorError(bug, facts)).toBe(bug);
    const known = new OperatorError('stopped');
    expect(toOperatorError(known, facts)).toBe(known);
  });

  it('an attachment is never named (D13)', () => {
    expect(factName('data/omrade2_bilagor/Anna Andersson.pdf')).toBe('data/omrade2_bilagor/…');
    expect(factName('data/omrade1_anmalningar.csv')).toBe('data/omrade1_anmalningar.csv');
  });
});
