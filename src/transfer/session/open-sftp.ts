import type { Client, ClientChannel } from 'ssh2';
import { SftpStream } from './sftp-stream.ts';

/**
 * One more SFTP channel on a connection to a server that calls itself `ident`, or null when the server opens no more (F9), says nothing,
 * or is gone. Settles within `limitMs`; a channel that came to nothing is closed, since the server counts them.
 */
export function openSftp(client: Client, ident: string, limitMs: number): Promise<SftpStream | null> {
  return new Promise((resolve) => {
    let isOver = false;
    let channel: ClientChannel | undefined;
    const settle = (stream: SftpStream | null) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      client.off('close', giveUp);
      if (!stream) channel?.close();
      resolve(stream);
    };
    const giveUp = () => settle(null);
    const timer = setTimeout(giveUp, limitMs);
    client.once('close', giveUp);
    try {
      client.subsys('sftp', (error, opened) => {
        if (error) return giveUp();
        if (isOver) return opened.close();
        channel = opened;
        SftpStream.begin(opened, ident).then(settle, giveUp);
      });
    } catch {
      giveUp(); // ssh2 throws when the socket is no longer there
    }
  });
}
