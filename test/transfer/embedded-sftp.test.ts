import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedSftp } from '../../src/demo/embedded-sftp.ts';
import { startEmbeddedSftp } from '../../src/demo/embedded-sftp.ts';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { prepareLogin } from '../../src/transfer/login/login.ts';
import { FilePart } from '../../src/transfer/session/file-part.ts';
import { openSession } from '../../src/transfer/session/open-session.ts';
import { OPEN } from '../../src/transfer/session/sftp-requests.ts';
import type { SftpSession } from '../../src/transfer/session/sftp-session.ts';
import { ConnectionLost } from '../../src/transfer/sftp-errors.ts';
import { targetOf } from '../support/bag-to-send.ts';

const { READ, WRITE, CREAT, EXCL } = OPEN;

const partOf = (text: string): FilePart => {
  const part = new FilePart(Buffer.byteLength(text));
  part.content.write(text);
  return part;
};

describe('the embedded SFTP server', () => {
  let home: string;
  let server: EmbeddedSftp;
  let session: SftpSession;
  const root = () => join(home, 'root');
  const start = () =>
    startEmbeddedSftp({ root: root(), hostKeyFile: join(home, 'host'), users: ['skane', 'gotland'], authorizedKeys: [client.public] });
  const client = makeKeyPair();
  const connect = async (username = 'skane', keyFile = 'id') => {
    const target = targetOf({ port: server.port, username, path: '/', privateKey: join(home, keyFile), hostKey: server.fingerprint });
    return openSession({ target, pinnedHostKeys: [], auth: await prepareLogin(target), signal: new AbortController().signal });
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'embedded-'));
    await writeFile(join(home, 'id'), client.private);
    await writeFile(join(home, 'other-id'), makeKeyPair().private);
    await writeFile(join(home, 'outside.txt'), 'outside');
    server = await start();
    session = await connect();
  });
  afterAll(async () => {
    session.close();
    await server.close();
    await rm(home, { recursive: true });
  });

  it('each user sees one folder and cannot leave it, not by dots and not by links', async () => {
    await writeFile(join(root(), 'gotland', 'secret.txt'), 'theirs');
    await symlink(join(home), join(root(), 'skane', 'way-out'));
    for (const path of ['../gotland/secret.txt', '/../../outside.txt', '/way-out/outside.txt']) {
      await expect(session.open(path, READ)).rejects.toMatchObject({ name: 'SftpStatusError' });
    }
    await expect(session.readdir('/way-out').next()).rejects.toMatchObject({ status: 3 });
    await expect(session.mkdir('/way-out/made', 0o700)).rejects.toMatchObject({ status: 3 });
    expect(await session.realpath('/../..')).toBe('/');
  });

  it('an existing name is refused: by EXCL, by mkdir, and by rename', async () => {
    await session.closeHandle(await session.open('/a', WRITE | CREAT | EXCL, 0o600));
    await session.mkdir('/d', 0o700);
    await session.mkdir('/e', 0o700);
    await expect(session.open('/a', WRITE | CREAT | EXCL, 0o600)).rejects.toMatchObject({ status: 4 });
    await expect(session.mkdir('/d', 0o700)).rejects.toMatchObject({ status: 4 });
    await expect(session.rename('/d', '/e')).rejects.toMatchObject({ status: 4 });
    await expect(session.open('/nowhere', WRITE)).rejects.toMatchObject({ status: 2 });
  });

  it('writes land where their offsets say, in any order', async () => {
    const handle = await session.open('/b', WRITE | CREAT | EXCL, 0o600);
    await Promise.all([session.write(handle, partOf('världen'), 4), session.write(handle, partOf('hej '), 0)]);
    await session.closeHandle(handle);
    expect(await readFile(join(root(), 'skane', 'b'), 'utf8')).toBe('hej världen');
  });

  it.each([
    ['gotland', 'other-id'],
    ['root', 'id'],
  ])('%s with %s is not let in', async (user, key) => {
    await expect(connect(user, key)).rejects.toMatchObject({ code: 'sftp_login' });
  });

  it('a client that dies leaves the server working', async () => {
    const doomed = await connect('gotland');
    await mkdir(join(root(), 'gotland', 'x'));
    const handle = await doomed.open('/half', WRITE | CREAT | EXCL, 0o600);
    const write = doomed.write(handle, new FilePart(20_000), 0);
    doomed.kill(new ConnectionLost('closed'));
    await expect(write).rejects.toBeInstanceOf(ConnectionLost);
    const next = await connect('gotland');
    const names: string[] = [];
    for await (const entries of next.readdir('/')) names.push(...entries.map(({ filename }) => filename));
    expect(names).toContain('x');
    next.close();
  });

  it('the host key is kept between starts', async () => {
    const again = await start();
    expect(again.fingerprint).toBe(server.fingerprint);
    await again.close();
  });
});
