import { join } from 'node:path';

/** Where the demo keeps everything, so that an interrupted run resumes. Removing the folder forgets it all. */
export interface DemoFolder {
  readonly dir: string;
  readonly settings: string;
  readonly state: string;
  readonly staging: string;
  /** The embedded database. */
  readonly source: string;
  /** What the attachments that lie outside the database are. */
  readonly attachments: string;
  /** The regions' SFTP server: one folder per region's slug. */
  readonly sftp: string;
  readonly hostKey: string;
  readonly clientKey: string;
  /** Which port the SFTP server had, to have it again: a delivery is bound to its receiver's port. */
  readonly ports: string;
  /** The servers' process answers here while it lives. */
  readonly lease: string;
  readonly log: string;
}

/** The demo's folder under `root`. Nothing is created. */
export function demoFolder(root: string): DemoFolder {
  const dir = join(root, '.demo');
  return {
    dir,
    settings: join(dir, 'config.json'),
    state: join(dir, 'state'),
    staging: join(dir, 'staging'),
    source: join(dir, 'source'),
    attachments: join(dir, 'bilagor'),
    sftp: join(dir, 'sftp'),
    hostKey: join(dir, 'sftp_host_key'),
    clientKey: join(dir, 'client_key'),
    ports: join(dir, 'ports.json'),
    lease: join(dir, 'servers.sock'),
    log: join(dir, 'servers.log'),
  };
}

/** The folder on each region's server where bags are put. */
export const INBOX = 'in';
