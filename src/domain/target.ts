import type { Dialect } from './dialect.ts';

/** How the content is proven after the upload; `auto` is the server's own hash where a command may run there, else a full read-back. */
export type VerifyChoice = 'auto' | 'server' | 'full' | 'seam' | 'ack';
/** What was in fact done. Only `server` and `full` prove content. */
export type Verification = Exclude<VerifyChoice, 'auto'>;

/** Where one region's bag goes, as the settings say. Holds no secret. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly path: string;
  readonly privateKey?: string;
  /** `SHA256:…` as OpenSSH prints it; settings win over `<state>/known_hosts`. */
  readonly hostKey?: string;
  readonly verify: VerifyChoice;
  readonly modes: { readonly file?: string; readonly dir?: string };
  readonly dialect: Dialect;
  /** Never in the settings: `resolveAlias` found it. */
  readonly route?: Route;
}

/** How the operator's ssh configuration says that a server is reached, where the target's host was an alias in it. */
export interface Route {
  /** The name under which known_hosts has its keys, instead of host and port (`HostKeyAlias`). */
  readonly hostKeyName?: string;
  /** Instead of `~/.ssh/known_hosts` (`UserKnownHostsFile`). */
  readonly knownHostsFiles?: readonly string[];
  /** Jump hosts, nearest first, as ssh writes them (`ProxyJump`). */
  readonly jump?: string;
  /** The socket of the ssh-agent instead of SSH_AUTH_SOCK (`IdentityAgent`); '' for no agent. */
  readonly agentSocket?: string;
}

/** A receiver as people name it, with the key that the server is known by. */
export interface Receiver {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly path: string;
  /** `SHA256:…` of the key the server showed at the first connection. */
  readonly hostKey: string;
}

/** What ties a delivery to one receiver; compared right before the first byte and right before publishing (D16). */
export interface TargetBinding extends Receiver {
  /** What the server says that `path` is, without links and dots. */
  readonly realPath: string;
}

/** Whether two receivers are named the same. */
export const sameReceiver = (a: Receiver, b: Receiver): boolean =>
  a.host === b.host && a.port === b.port && a.username === b.username && a.path === b.path && a.hostKey === b.hostKey;

/** Whether it is the same receiver, and the same folder there. */
export const sameBinding = (a: TargetBinding, b: TargetBinding): boolean => sameReceiver(a, b) && a.realPath === b.realPath;
