import type { Client } from 'ssh2';
import type { RawSftp } from './ssh-connection.ts';

/** One more SFTP channel on a connection, or null when the server opens no more (F9), says nothing, or is gone. Settles within `limitMs`. */
export function openSftp(client: Client, limitMs: number): Promise<RawSftp | null> {
  return new Promise((resolve) => {
    const settle = (sftp: RawSftp | null) => {
      clearTimeout(timer);
      client.off('close', onClose);
      resolve(sftp);
    };
    const onClose = () => settle(null);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      settle(null);
    }, limitMs);
    client.once('close', onClose);
    try {
      client.sftp((error, sftp) => {
        if (isLate) sftp?.end();
        else settle(error ? null : (sftp as RawSftp));
      });
    } catch {
      settle(null); // ssh2 throws when the socket is no longer there
    }
  });
}
