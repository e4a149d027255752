import type { SftpSession } from '../session/sftp-session.ts';
import type { CapabilityMemory, ServerProfile } from '../transfer.ts';

/** Servers whose software is known to write what it is sent, in whatever number and order the requests come. */
const NEEDS_NO_CANARY = /^OpenSSH_/;

/** What is known of the server at the other end, from earlier runs and from this one. Learning is written down at once. */
export class ServerKnowledge {
  readonly #hostKey: string;
  readonly #memory: CapabilityMemory | undefined;
  #profile: ServerProfile;

  private constructor(hostKey: string, memory: CapabilityMemory | undefined, profile: ServerProfile) {
    this.#hostKey = hostKey;
    this.#memory = memory;
    this.#profile = profile;
  }

  /** What is remembered holds as long as the server says the same of itself; a server that was exchanged or upgraded is met anew. */
  static async of(session: SftpSession, memory: CapabilityMemory | undefined): Promise<ServerKnowledge> {
    const fresh = freshProfile(session);
    const known = await memory?.read(session.hostKey.fingerprint);
    const isSame = known && known.ident === fresh.ident && [...known.ext].sort().join() === [...fresh.ext].sort().join();
    return new ServerKnowledge(session.hostKey.fingerprint, memory, isSame ? known : fresh);
  }

  get profile(): ServerProfile {
    return this.#profile;
  }

  /** Nothing has yet shown that this server keeps apart what is written by many requests at once. */
  get needsCanary(): boolean {
    return this.#profile.canary === null && !NEEDS_NO_CANARY.test(this.#profile.ident);
  }

  /** It did not: one request at a time, and content is always proven. */
  get isCareful(): boolean {
    return this.#profile.canary === false;
  }

  async learn(change: Partial<ServerProfile>): Promise<void> {
    this.#profile = { ...this.#profile, ...change };
    // What cannot be kept is found out again the next time; that is no reason to stop a delivery.
    await this.#memory?.write(this.#hostKey, this.#profile).catch(() => {});
  }
}

function freshProfile({ ident, can, extensions }: SftpSession): ServerProfile {
  return {
    ident,
    ext: extensions,
    maxWrite: can.chunk,
    maxHandles: Number.isFinite(can.openHandles) ? can.openHandles : null,
    fsync: can.fsync,
    posixRename: extensions.includes('posix-rename@openssh.com'),
    statvfs: can.statvfs,
    exec: null,
    setstat: null,
    reopen: null,
    channels: null,
    canary: null,
    listing: null,
    lstat: null,
  };
}
