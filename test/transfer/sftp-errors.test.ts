import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { errors } from '../../src/text.ts';
import {
  asLost,
  ConnectionLost,
  factName,
  fromConnect,
  SftpStatusError,
  SpaceLow,
  statusError,
  toOperatorError,
} from '../../src/transfer/sftp-errors.ts';

const facts = { host: 'sftp.region.example', port: 22, username: 'skane', path: '/in' };
const ssh2Error = (message: string, extra: object = {}) => Object.assign(new Error(message), extra);

describe('how a connection was lost', () => {
  it.each([
    [ssh2Error('read ECONNRESET', { code: 'ECONNRESET', level: 'client-socket' }), 'ECONNRESET'],
    [ssh2Error('Keepalive timeout', { level: 'client-timeout' }), 'keepalive'],
    [ssh2Error('No response from server'), 'closed'],
    [ssh2Error('Too many authentication failures', { code: 2 }), 'closed'],
  ])('%s → %s', (error, reason) => {
    expect(asLost(error)).toMatchObject({ name: 'ConnectionLost', reason });
  });

  it.each([
    [2, { name: 'SftpStatusError', status: 2, operation: 'open' }],
    [7, { name: 'ConnectionLost', reason: 'server' }],
  ])('a server that answers status %i', (code, expected) => {
    expect(statusError(code, 'open')).toMatchObject(expected);
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
  const status = (code: number) => new SftpStatusError(code, 'mkdir');
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
