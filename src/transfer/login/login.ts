import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey, Prompt } from 'ssh2';
import { OperatorError } from '../../domain/operator-error.ts';
import type { AskSecret, SecretNeed } from '../../domain/secret-need.ts';
import type { Target } from '../../domain/target.ts';
import { targetFacts } from '../sftp-errors.ts';
import type { Credentials } from '../transfer.ts';
import { agentKeys, OneKeyAgent } from './agent.ts';
import { decryptKey, type KeyFile, readKeyFile } from './key-file.ts';

/** How often a person is asked for the same thing in one connection; servers and their guards lose patience soon after. */
const TRIES = 3;

/** What a person types, in the order they are tried. */
const TYPED = ['keyboard-interactive', 'password'] as const;

/** What one connection's login tells whoever dials. */
export interface LoginWatch {
  /** A person is being asked: the time that takes is not the server's. */
  readonly asking: (isAsking: boolean) => void;
  /** There is no way left; nothing more is sent. */
  readonly failed: (error: Error) => void;
}

/**
 * The ways to log in to one target. A key that was opened stays open for as long as the work runs, so that a reconnection hours later
 * asks nobody; nothing is asked before the server's host key is accepted, and only for a method that the server takes.
 * The order is OpenSSH's: key or agent, keyboard-interactive, password.
 */
export class Login {
  readonly #target: Target;
  readonly #keyFiles: readonly (readonly [path: string, file: KeyFile])[];
  readonly #ask: AskSecret | undefined;
  #agentSocket: string | undefined;
  readonly #opened = new Map<string, ParsedKey>();

  constructor(target: Target, keyFiles: readonly (readonly [string, KeyFile])[], credentials: Credentials | undefined) {
    this.#target = target;
    this.#keyFiles = keyFiles;
    this.#ask = credentials?.ask;
    this.#agentSocket = agentSocketFor(target, process.env);
  }

  /** What ssh2 asks for the next method to try, for one connection. */
  handler({ asking, failed }: LoginWatch): AuthHandlerMiddleware {
    const ask: AskSecret = async (need) => {
      asking(true);
      const answer = await this.#ask?.(need);
      asking(false);
      return answer;
    };
    const methods = this.#methods(ask, failed);
    return (left, _isPartial, next) => {
      methods.next(left ?? []).then(({ value }) => {
        if (value) next(value);
      }, failed);
    };
  }

  /** The methods in order; each `yield` gives back those that the server still takes. Ends only through an error. */
  async *#methods(ask: AskSecret, failed: LoginWatch['failed']): AsyncGenerator<AnyAuthMethod, never, readonly AuthenticationType[]> {
    const { username, host } = this.#target;
    const subject = `${username}@${host}`;
    let left = yield { type: 'none', username };
    if (left.includes('publickey')) {
      for await (const method of this.#keys(ask, subject, left.length === 1)) {
        const before = left;
        left = yield method;
        if (method.type !== 'agent' || !(method.agent instanceof OneKeyAgent && method.agent.hasSigned)) continue;
        // ssh2 keeps to itself what a server answers to an agent's signature, which may be that it wants something more: ask what it takes now.
        left = yield { type: 'none', username };
        if (left.join() !== before.join()) break;
      }
    }
    const tried = new Set<AuthenticationType>();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const type = TYPED.find((each) => left.includes(each));
      if (type === undefined) break;
      const isRetry = tried.has(type);
      tried.add(type);
      if (type === 'keyboard-interactive') {
        const prompt = (_name: string, _text: string, _lang: string, prompts: Prompt[], finish: (answers: string[]) => void) => {
          this.#answerAll(ask, subject, prompts, isRetry).then(finish, failed);
        };
        left = yield { type, username, prompt };
      } else {
        const password = await this.#answer(ask, { reason: 'password', subject, ...(isRetry && { isRetry }) });
        left = yield { type, username, password };
      }
    }
    throw this.#refusal('refused');
  }

  /** The keys that the settings name, else all of the agent's. An encrypted key that the agent holds needs no passphrase. */
  async *#keys(ask: AskSecret, account: string, isOnlyWay: boolean): AsyncGenerator<AnyAuthMethod> {
    const { username } = this.#target;
    for (const [path, file] of this.#keyFiles) {
      if (file.kind === 'open') yield { type: 'publickey', username, key: file.key };
      else if (file.kind === 'public') {
        for (const agent of await this.#agent(ask, path, file.publicBlob)) yield { type: 'agent', username, agent };
      } else if (file.kind === 'encrypted') {
        const [agent] = file.publicBlob ? await agentKeys(this.#agentSocket, file.publicBlob) : [];
        yield agent ? { type: 'agent', username, agent } : { type: 'publickey', username, key: await this.#open(ask, path, file.bytes) };
      }
    }
    if (this.#keyFiles.length > 0) return;
    const agents = isOnlyWay ? await this.#agent(ask, account) : await agentKeys(this.#agentSocket);
    for (const agent of agents) yield { type: 'agent', username, agent };
  }

  /**
   * The agent with the key that is needed, or with each of its keys; a forwarded one is gone when its terminal is, and comes with another terminal again.
   * One that ssh's configuration names is not replaced by a terminal's.
   */
  async #agent(ask: AskSecret, subject: string, publicBlob?: Buffer): Promise<readonly OneKeyAgent[]> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const agents = await agentKeys(this.#agentSocket, publicBlob);
      if (agents.length > 0) return agents;
      if (this.#target.route?.agentSocket !== undefined) break;
      const socket = await ask({ reason: 'agent', subject, ...(tries > 0 && { isRetry: true }) });
      if (!socket) break;
      this.#agentSocket = socket;
    }
    throw this.#refusal(this.#agentSocket ? 'agent' : 'no_credentials', publicBlob && subject);
  }

  async #open(ask: AskSecret, path: string, bytes: Buffer): Promise<ParsedKey> {
    const known = this.#opened.get(path);
    if (known) return known;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const passphrase = await ask({ reason: 'passphrase', subject: path, ...(tries > 0 && { isRetry: true }) });
      if (passphrase === undefined) throw this.#refusal('passphrase_missing', path);
      const key = decryptKey(bytes, passphrase);
      if (!key) continue;
      this.#opened.set(path, key);
      return key;
    }
    throw this.#refusal('passphrase_wrong', path);
  }

  async #answerAll(ask: AskSecret, subject: string, prompts: readonly Prompt[], isRetry: boolean): Promise<string[]> {
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      answers.push(
        await this.#answer(ask, {
          reason: 'password',
          subject,
          prompt: spoken(prompt),
          ...(echo && { isEchoed: true }),
          ...(isRetry && { isRetry: true }),
        }),
      );
    }
    return answers;
  }

  async #answer(ask: AskSecret, need: SecretNeed): Promise<string> {
    const answer = await ask(need);
    if (answer === undefined) throw this.#refusal('password_missing');
    return answer;
  }

  #refusal(reason: string, key?: string): OperatorError {
    return new OperatorError('sftp_login', { ...targetFacts(this.#target), reason, ...(key && { key }) });
  }
}

/** A server's question may be shown in a terminal: one line, without control characters, not endless. */
const spoken = (prompt: string): string =>
  prompt
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);

/** The socket of the agent that is asked; undefined for none. */
const agentSocketFor = ({ route }: Target, env: NodeJS.ProcessEnv): string | undefined =>
  (route?.agentSocket ?? env.SSH_AUTH_SOCK) || undefined;

/**
 * What there is to log in with, before any connection. Asks nobody.
 * Throws OperatorError `sftp_login` with `reason` `key_unreadable`, `key_invalid`, or `no_credentials` when there is neither key nor agent
 * nor anyone to ask. The login itself fails with `refused`, `agent`, `passphrase_missing`, `passphrase_wrong` or `password_missing`.
 */
export async function prepareLogin(target: Target, credentials?: Credentials): Promise<Login> {
  const paths = target.privateKey ? [target.privateKey] : [];
  const files = await Promise.all(paths.map(async (path) => [path, await readKeyFile(path)] as const));
  for (const [key, file] of files) {
    if (file.kind !== 'unreadable' && file.kind !== 'invalid') continue;
    throw new OperatorError('sftp_login', { ...targetFacts(target), key, reason: `key_${file.kind}` }, file.cause);
  }
  if (files.length === 0 && !agentSocketFor(target, process.env) && !credentials)
    throw new OperatorError('sftp_login', { ...targetFacts(target), reason: 'no_credentials' });
  return new Login(target, files, credentials);
}

/**
 * Whether only an ssh-agent can make this login, and one that may be forwarded, since somebody is logged in here over ssh: it is gone when they
 * log out, and the delivery then pauses.
 */
export async function needsForwardedAgent(target: Target, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (!agentSocketFor(target, env) || !env.SSH_CONNECTION) return false;
  const { privateKey } = target;
  return !privateKey || (await readKeyFile(privateKey)).kind === 'public';
}

/** The reasons of `sftp_login` that a person who answers would have prevented: the work pauses for them. */
const UNANSWERED = ['agent', 'passphrase_missing', 'password_missing'];

/** Whether a login failed because nobody answered. */
export const isUnanswered = (error: unknown): error is OperatorError =>
  error instanceof OperatorError && error.code === 'sftp_login' && UNANSWERED.includes(String(error.facts.reason));
