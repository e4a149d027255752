import type { Client } from 'ssh2';
import { SftpStream } from './sftp-stream.ts';

/**
 * One more SFTP channel on a connection to a server that calls itself `ident`, or null when the server opens no more (F9), says nothing,
 * or is gone. Settles within `limitMs`.
 */
export function openSftp(client: Client, ident: string, limitMs: number): Promise<SftpStream | null> {
  return new Promise((resolve) => {
    let isLate = false;
    const settle = (stream: SftpStream | null) => {
      if (isLate) stream?.end();
      isLate = true;
      clearTimeout(timer);
      client.off('close', onClose);
      resolve(stream);
    };
    const onClose = () => settle(null);
    const timer = setTimeout(onClose, limitMs);
    client.once('close', onClose);
    try {
      client.subsys('sftp', (error, channel) => {
        if (error) settle(null);
        else if (isLate) channel.close();
        else SftpStream.begin(channel, ident).then(settle, onClose);
      });
    } catch {
      settle(null); // ssh2 throws when the socket is no longer there
    }
  });
}
