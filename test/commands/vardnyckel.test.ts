import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { meetTarget, targetOf } from '../../src/delivery/bind-target.ts';
import type { House } from '../../src/delivery/house.ts';
import { forgetHostKeys, trustHostKey } from '../../src/delivery/trust-host-key.ts';
import { clockAt } from '../../src/domain/calendar.ts';
import { regionOf } from '../../src/domain/regions.ts';
import { verifyAudit } from '../../src/store/audit.ts';
import { loadSettings } from '../../src/store/settings.ts';
import { openState } from '../../src/store/state-folder.ts';
import { makeProgram, type Program } from '../support/program.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { type SshdTarget, startSshdTarget } from '../support/sshd-target.ts';

const WRONG = `SHA256:${'A'.repeat(43)}`;
const ATTEMPT = /publickey|password|userauth|Accepted|Failed|authenticating user/i;

describe.skipIf(!SSHD_PATH)(`vardnyckel against OpenSSH${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  let program: Program;
  let fingerprint: string;
  let ecdsa: string;
  beforeAll(async () => {
    there = await startSshdTarget();
  });
  afterAll(() => there.close());
  beforeEach(async () => {
    [fingerprint = '', ecdsa = ''] = await there.sshd.fingerprints();
    const { host, port, username, path, privateKey } = there.target;
    program = await makeProgram({ targets: { '12': { host, port, username, path, privateKey } } });
  });
  afterEach(() => program.close());

  const vardnyckel = (...args: string[]) => program.run(['vardnyckel', ...args, '--json']);
  const kontrollera = async () => {
    const { json } = await program.run(['kontrollera', '12', '--json']);
    return (json[0] as { checks: { id: string; state: string; detail: string; findings: string[] }[] }).checks.find(
      ({ id }) => id === 'target',
    );
  };
  const knownHosts = () => readFile(join(program.state, 'known_hosts'), 'utf8');
  const name = () => `[${there.target.host}]:${there.target.port}`;
  const newLog = async () => {
    const before = (await there.sshd.log()).length;
    return async () => (await there.sshd.log()).slice(before);
  };

  it('visa and a failed lita try no login; a wrong fingerprint is 14, and what is no fingerprint 2 (N01)', async () => {
    const log = await newLog();
    const { json } = await vardnyckel('visa', '12');
    expect(json[0]).toMatchObject({
      known: [],
      shown: [{ type: 'ssh-ed25519', fingerprint, known: false, revoked: false }, { fingerprint: ecdsa }],
      proven: [],
    });
    expect((await vardnyckel('lita', '12', '--fingeravtryck', WRONG)).code).toBe(14);
    expect((await vardnyckel('lita', '12', '--fingeravtryck', 'SHA256:kort')).code).toBe(2);
    expect((await vardnyckel('lita', '12')).code).toBe(2);
    expect(await log()).not.toMatch(ATTEMPT);
  });

  it('lita pins the key, in the audit log and in a file that ssh reads; ta-bort forgets it again', async () => {
    expect(await kontrollera()).toMatchObject({ state: 'failed' });
    expect(await vardnyckel('lita', '12', '--fingeravtryck', ` ${fingerprint.slice(7)}= `)).toMatchObject({
      code: 0,
      json: [{ fingerprint }],
    });
    expect((await vardnyckel('lita', '12', '--fingeravtryck', fingerprint)).code).toBe(0);
    expect((await knownHosts()).match(/ssh-ed25519/g)).toHaveLength(1);
    expect(execFileSync('ssh-keygen', ['-l', '-F', name(), '-f', join(program.state, 'known_hosts')], { encoding: 'utf8' })).toContain(
      fingerprint,
    );
    expect(await kontrollera()).toMatchObject({ state: 'ok', findings: [] });
    expect((await vardnyckel('visa', '12')).json[0]).toMatchObject({ known: [fingerprint], shown: [{ known: true }, { known: false }] });
    expect((await vardnyckel('ta-bort', '12')).json[0]).toMatchObject({ removed: [fingerprint] });
    expect(await knownHosts()).toBe('');
    const { entries } = await verifyAudit({ audit: join(program.state, 'audit.jsonl') });
    expect(entries.map(({ act }) => act)).toEqual(['host_key_trusted', 'host_key_removed']);
  });

  it('what ssh itself knows counts while nothing was trusted here, and a key it calls revoked never does', async () => {
    const line = async (marker = '') => {
      const text = await readFile(join(program.state, 'known_hosts'), 'utf8');
      await mkdir(join(program.home, '.ssh'), { recursive: true });
      await writeFile(join(program.home, '.ssh', 'known_hosts'), marker + text);
    };
    await vardnyckel('lita', '12', '--fingeravtryck', fingerprint);
    await line();
    await vardnyckel('ta-bort', '12');
    expect(await kontrollera()).toMatchObject({ state: 'ok' });
    await vardnyckel('lita', '12', '--fingeravtryck', fingerprint);
    await line('@revoked ');
    expect((await program.run(['kontrollera', '12'])).stdout).toContain('spärrad (@revoked)');
    expect((await vardnyckel('visa', '12')).json[0]).toMatchObject({ shown: [{ revoked: true }, { revoked: false }], proven: [] });
    expect((await vardnyckel('lita', '12', '--fingeravtryck', fingerprint)).code).toBe(14);
  });

  it('ta-bort claims only what it removed, and says which setting to change when the key stands there (2)', async () => {
    const acts = async () => (await verifyAudit({ audit: join(program.state, 'audit.jsonl') })).entries.map(({ act }) => act);
    await vardnyckel('lita', '12', '--fingeravtryck', fingerprint);
    const { host, port, username, path, privateKey } = there.target;
    await program.set({ targets: { '12': { host, port, username, path, privateKey, hostKey: fingerprint } } });
    for (const act of [['ta-bort'], ['lita', '--fingeravtryck', fingerprint]]) {
      const ran = await program.run(['vardnyckel', act[0] ?? '', '12', ...act.slice(1)]);
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(ran.stderr).toContain(`targets.12.hostKey i ${program.config}`);
    }
    expect(await knownHosts()).not.toBe('');
    await program.set({ targets: { '12': { host, port, username, path, privateKey } } });
    const taBort = async () => (await program.run(['vardnyckel', 'ta-bort', '12'])).stdout;
    expect(await taBort()).toBe('1 sparad nyckel är borttagen.\n');
    expect(await taBort()).toBe('Det fanns ingen sparad nyckel.\n');
    expect(await acts()).toEqual(['host_key_trusted', 'host_key_removed']);
  });

  it('a file that hides its names gets hidden ones', async () => {
    await vardnyckel('lita', '12', '--fingeravtryck', fingerprint);
    execFileSync('ssh-keygen', ['-H', '-f', join(program.state, 'known_hosts')], { stdio: 'ignore' });
    await vardnyckel('lita', '12', '--fingeravtryck', ecdsa);
    expect((await knownHosts()).match(/^\|1\|/gm)).toHaveLength(2);
    expect((await vardnyckel('visa', '12')).json[0]).toMatchObject({ shown: [{ known: true }, { known: true }] });
    expect((await vardnyckel('ta-bort', '12')).json[0]).toMatchObject({ removed: [fingerprint, ecdsa] });
  });

  it('F34 a key that changed is 14 with both fingerprints, and goes on only after ta-bort and lita', async () => {
    await vardnyckel('lita', '12', '--fingeravtryck', fingerprint);
    await there.sshd.kill();
    await there.sshd.changeHostKeys();
    await there.sshd.start();
    const [next = ''] = await there.sshd.fingerprints();
    const log = await newLog();
    expect((await kontrollera())?.detail).toMatch(new RegExp(`Visad: ${next} Godkänd: ${fingerprint}`.replaceAll('+', '\\+')));
    expect(await log()).not.toMatch(ATTEMPT);
    await vardnyckel('ta-bort', '12');
    await vardnyckel('lita', '12', '--fingeravtryck', next);
    expect(await kontrollera()).toMatchObject({ state: 'ok' });
  });

  describe('N20 with twoPerson', () => {
    const houseOf = async (operator: string): Promise<House> => {
      const reloadSettings = () => loadSettings({ configFlag: program.config, env: {} });
      const state = await openState(program.state, { create: true });
      return { settings: reloadSettings(), reloadSettings, state, clock: clockAt(), operator, version: '0' };
    };
    const signal = new AbortController().signal;
    const trustAs = async (operator: string, given = fingerprint) => {
      const house = await houseOf(operator);
      await trustHostKey(house, regionOf('12'), targetOf(house.settings, '12'), given, signal);
    };
    const meet = async () => meetTarget(await houseOf('anna'), '12', 0, signal);
    const anotherPerson = (by: string) => ({ code: 'another_person', exitCode: 20, facts: { by } });
    const setTarget = async (change: Record<string, unknown>) => {
      const { host, port, username, path, privateKey } = there.target;
      await program.set({ twoPerson: true, targets: { '12': { host, port, username, path, privateKey, ...change } } });
    };
    beforeEach(() => setTarget({}));

    it('the one who entered the fingerprint cannot confirm it, and another who gives the same can', async () => {
      await expect(trustAs('anna')).rejects.toMatchObject(anotherPerson('anna'));
      await expect(trustAs('anna')).rejects.toMatchObject(anotherPerson('anna'));
      await expect(trustAs('bo', ecdsa)).rejects.toMatchObject(anotherPerson('bo'));
      await expect(meet()).rejects.toMatchObject({ code: 'host_key_unknown' });
      await trustAs('bo');
      expect((await meet()).binding.hostKey).toBe(fingerprint);
      expect((await kontrollera())?.state).toBe('ok');
    });

    it('a path that is changed afterwards waits for both again, and so does everything after ta-bort', async () => {
      await expect(trustAs('anna')).rejects.toMatchObject(anotherPerson('anna'));
      await trustAs('bo');
      await setTarget({ path: '/tmp' });
      await expect(meet()).rejects.toMatchObject(anotherPerson(''));
      expect((await kontrollera())?.findings.join()).toContain('twoPerson');
      await setTarget({});
      await meet();
      const house = await houseOf('anna');
      await forgetHostKeys(house, regionOf('12'), targetOf(house.settings, '12'));
      await expect(trustAs('bo')).rejects.toMatchObject(anotherPerson('bo'));
    });

    it('a key that the settings pin is confirmed by two as well, and what ssh knows is not enough', async () => {
      await setTarget({ hostKey: fingerprint });
      await expect(meet()).rejects.toMatchObject(anotherPerson(''));
      await expect(trustAs('anna')).rejects.toMatchObject(anotherPerson('anna'));
      await trustAs('bo');
      await meet();
    });

    it('the command ends with 20 for the first, and says who', async () => {
      const { code, stderr } = await program.run(['vardnyckel', 'lita', '12', '--fingeravtryck', fingerprint]);
      expect([code, stderr]).toEqual([20, expect.stringContaining('En annan person ska bekräfta')]);
    });
  });
});
