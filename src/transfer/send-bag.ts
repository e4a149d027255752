import { EventQueue } from './event-queue.ts';
import type { SendOptions } from './sending.ts';
import { Sending } from './sending.ts';
import type { SendRequest, SendResult, TransferEvent } from './transfer.ts';

/**
 * Sends a sealed bag and publishes it, or goes on where the journal and the server together prove that an earlier run came.
 * Returns only when the whole bag stands under its own name; a bag that is already published costs no connection.
 * Leaving the loop early, like the signal, stops the work safely: up to 3 s for replies, a checkpoint, and goodbye.
 * Throws OperatorError: `host_key_unknown`, `host_key_changed`, `sftp_login`, `sftp_down`, `sftp_failed`, `permission_remote`,
 * `remote_disk_full`, `bag_exists`, `staged_file_changed`, `checksum_mismatch`, `target_changed`, `permission_local`, `stopped`,
 * and whatever `verifyBinding` and the journal throw.
 */
export async function* sendBag(request: SendRequest, options: SendOptions = {}): AsyncGenerator<TransferEvent, SendResult> {
  const stop = new AbortController();
  const events = new EventQueue();
  const sending = new Sending({ ...request, signal: AbortSignal.any([request.signal, stop.signal]) }, options, (event) =>
    events.push(event),
  );
  const work = sending.run().finally(() => events.end());
  work.catch(() => {}); // thrown below, once the events before it have been read
  try {
    yield* events;
    return await work;
  } finally {
    stop.abort();
    await work.catch(() => {});
  }
}
