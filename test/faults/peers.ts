import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OperatorError } from '../../src/domain/operator-error.ts';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { partBelow } from '../support/arrived.ts';
import { BAG, MemoryJournal, MiB, noise, send, sha256, stageBag } from '../support/bag-to-send.ts';
import { honest, type Rule, type ScriptedSftp, silence, startScriptedSftp } from '../support/scripted-sftp.ts';
import { status } from '../support/sftp-packets.ts';

// node --import ./test/bench/typescript.mjs test/faults/peers.ts
// Plays the same fault to OpenSSH's sftp, lftp, rclone and us: a first run meets it, a second one resumes. Prints the table of docs/faults.md.

const NAME = 'omrade1_anmalningar.csv';
const SIZE = 24 * MiB;
const RUN_MS = 60_000;

/** A server, a source file, and one program that sends it there. */
interface Trial {
  readonly server: ScriptedSftp;
  readonly source: string;
  /** Sends, or goes on sending; what the program said: null is success. */
  run(): Promise<string | null>;
  /** Where the file, whole or in part, is now on the server's disk. */
  file(): Promise<string>;
}

interface Tool {
  readonly name: string;
  start(server: ScriptedSftp): Promise<Trial>;
}

const ssh = (server: ScriptedSftp): string[] => [
  ...['-i', server.target.privateKey ?? '', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=5'],
];

async function runProgram(program: string, args: readonly string[]): Promise<string | null> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return code === 0 ? null : signal ? `hangs (${RUN_MS / 1000} s)` : `exit ${code}`;
}

/** A program that takes a path; `args` makes its command line for the first run and the later ones. */
const program = (
  name: string,
  command: string,
  args: (server: ScriptedSftp, source: string, isFirst: boolean) => Promise<string[]>,
): Tool => ({
  name,
  async start(server) {
    const source = join(server.home, NAME);
    await writeFile(source, noise(SIZE, 1));
    let runs = 0;
    return {
      server,
      source,
      run: async () => runProgram(command, await args(server, source, runs++ === 0)),
      file: async () => join(server.folder, NAME),
    };
  },
});

const TOOLS: readonly Tool[] = [
  program('sftp reput', 'sftp', async (server, source, isFirst) => {
    const batch = join(server.home, 'batch');
    await writeFile(batch, `${isFirst ? 'put' : 'reput'} ${source} /${NAME}\n`);
    return ['-q', '-b', batch, '-P', String(server.target.port), ...ssh(server), `${server.target.username}@127.0.0.1`];
  }),
  program('lftp put -c', 'lftp', async (server, source) => {
    const { port, username } = server.target;
    const settings = `set sftp:connect-program "ssh -a -x ${ssh(server).join(' ')}"; set net:max-retries 2; set net:reconnect-interval-base 1; set cmd:fail-exit yes`;
    return ['--norc', '-e', `${settings}; open sftp://${username}:@127.0.0.1:${port}; put -c ${source} -o /${NAME}; bye`];
  }),
  program('rclone copyto', 'rclone', async (server, source) => {
    const { port, username, privateKey } = server.target;
    const to = ['--sftp-host', '127.0.0.1', '--sftp-port', String(port), '--sftp-user', username, '--sftp-key-file', privateKey ?? ''];
    const tries = ['--retries', '1', '--low-level-retries', '1', '--sftp-shell-type', 'none'];
    return ['copyto', source, `:sftp:/${NAME}`, '--config', '/dev/null', ...to, ...tries];
  }),
  {
    name: 'sminet-leverans',
    async start(server) {
      const bag = await stageBag(join(server.home, BAG), { [`data/${NAME}`]: SIZE });
      let records: readonly TransferRecord[] = [];
      const inBag = join('data', NAME);
      return {
        server,
        source: join(bag.dir, inBag),
        async run() {
          const journal = new MemoryJournal(records);
          try {
            await send({ target: server.target, journal, bag });
            return null;
          } catch (error) {
            return error instanceof OperatorError ? `exit ${error.exitCode} (${error.code})` : String(error);
          } finally {
            records = journal.lines;
          }
        },
        file: async () => join(await partBelow(server.folder).catch(() => join(server.folder, BAG)), inBag),
      };
    },
  },
];

interface Fault {
  readonly name: string;
  /** Brings the server to where the second run begins; returns what else is worth saying of the first. */
  play(trial: Trial): Promise<string | undefined>;
}

/** The first write at or after `offset` is never done, later ones are, and at `end` the server dies, until somebody starts it. */
const dieWithHole = (server: ScriptedSftp, offset: number, end: number): Rule => {
  let hole: number | undefined;
  let isDead = false;
  return async (request, next, line) => {
    if (isDead) return null;
    if (request.op !== 'write' || request.length < 4096) return next();
    if (hole === undefined && request.offset >= offset) hole = request.offset;
    if (request.offset === hole) return silence;
    const reply = await next();
    if (request.offset < end || isDead) return reply;
    isDead = true;
    server.isAway = true;
    line.drop();
    return null;
  };
};

const dieAt = (server: ScriptedSftp, end: number): Rule => dieWithHole(server, Number.POSITIVE_INFINITY, end);

function revive(server: ScriptedSftp): void {
  server.rule = honest;
  server.isAway = false;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'F17: server writes out of order and dies (hole in the partial)',
    async play({ server, run }) {
      server.rule = dieWithHole(server, 8 * MiB, 9.5 * MiB);
      await run();
      revive(server);
      return undefined;
    },
  },
  {
    name: 'F15: one write fails, later ones succeed',
    async play({ server, run, file }) {
      let failed = -1;
      server.rule = async (request, next) => {
        if (request.op === 'write' && failed < 0 && request.offset >= 8 * MiB) failed = request.offset;
        return request.op === 'write' && request.offset === failed ? status(4) : next();
      };
      const said = await run();
      server.rule = honest;
      return `first run: ${said ?? 'success'}, ${await sizeOf(await file())} left`;
    },
  },
  {
    name: 'F26: source replaced by other content of the same size between the runs',
    async play({ server, run, source }) {
      server.rule = dieAt(server, 12 * MiB);
      await run();
      revive(server);
      await writeFile(source, noise(SIZE, 2));
      return undefined;
    },
  },
  {
    name: 'F28: same size, same time, other content on the server',
    async play({ server, run, file, source }) {
      server.rule = dieAt(server, 20 * MiB);
      await run();
      revive(server);
      const { mtime } = await stat(source);
      await writeFile(await file(), noise(SIZE, 3)).catch(() => writeFile(join(server.folder, NAME), noise(SIZE, 3)));
      await utimes(await file(), mtime, mtime);
      return undefined;
    },
  },
  {
    name: 'F24: partial of full size with nothing in it (preallocated)',
    async play({ server, run, file }) {
      server.rule = dieAt(server, 20 * MiB);
      await run();
      revive(server);
      const partial = await file();
      await writeFile(partial, '').catch(() => {});
      await truncate(partial, SIZE);
      return undefined;
    },
  },
  {
    name: 'F11: disk full with a partial of 10 MiB, then room again',
    async play({ server, run, file }) {
      server.rule = dieAt(server, 10 * MiB);
      await run();
      revive(server);
      const before = await sizeOf(await file());
      server.rule = async (request, next) => (request.op === 'write' && request.offset + request.length > 14 * MiB ? status(4) : next());
      const said = await run();
      server.rule = honest;
      return `${before} before, ${await sizeOf(await file())} after (${said ?? 'success'})`;
    },
  },
];

const sizeOf = async (file: string): Promise<string> =>
  stat(file).then(
    ({ size }) => `${(size / MiB).toFixed(1)} MiB`,
    () => 'nothing',
  );

async function outcomeOf(tool: Tool, fault: Fault): Promise<string> {
  const server = await startScriptedSftp();
  try {
    const trial = await tool.start(server);
    const said = await fault.play(trial);
    const end = await trial.run();
    const file = await trial.file();
    const content = await readFile(file).catch(() => null);
    const isRight = content !== null && sha256(content) === sha256(await readFile(trial.source));
    const isVisible = !dirname(file).includes('.part');
    const isPart = content !== null && content.length < SIZE;
    const wrong = isPart ? 'a part under the final name' : '**WRONG content**';
    const what = content === null ? 'no file' : !isVisible ? 'nothing published' : isRight ? 'right' : wrong;
    return `${what}, ${end ?? 'success'}${said ? `; ${said}` : ''}`;
  } finally {
    await server.close();
  }
}

const versions = {
  sftp: spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim(),
  lftp: versionOf('lftp'),
  rclone: versionOf('rclone'),
};
console.log(`${Object.values(versions).join(' · ')}\n`);
console.log(`| fault | ${TOOLS.map(({ name }) => name).join(' | ')} |\n|---|${TOOLS.map(() => '---|').join('')}`);
for (const fault of FAULTS) {
  const cells: string[] = [];
  for (const tool of TOOLS) cells.push(await outcomeOf(tool, fault));
  console.log(`| ${fault.name} | ${cells.join(' | ')} |`);
}

function versionOf(command: string): string {
  return execFileSync(command, [command === 'rclone' ? 'version' : '--version'], { encoding: 'utf8' }).split('\n')[0] ?? command;
}
