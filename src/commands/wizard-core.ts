import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { acceptedKeys, receiverOf } from '../delivery/bind-target.ts';
import { deliveryFolder, runFolder } from '../delivery/delivery-folder.ts';
import { connectToWorker, type WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import { takenNames } from '../delivery/make-plan.ts';
import { bagName, nextNumber } from '../delivery/plan.ts';
import { viewRegion, viewRegions } from '../delivery/region-views.ts';
import { stopIdleDelivery } from '../delivery/stop-delivery.ts';
import { trustHostKey } from '../delivery/trust-host-key.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import { DEFAULT_DIALECT } from '../domain/dialect.ts';
import { givenPathError } from '../domain/given-path.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { REVERSAL_FILE, stagedBag } from '../domain/package.ts';
import { REGIONS, regionOf } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import { saveDecision } from '../store/save-decision.ts';
import { saveKvittens } from '../store/save-kvittens.ts';
import { isMissing } from '../store/shared-files.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { checkText, gateConditions } from '../text.ts';
import { needsForwardedAgent } from '../transfer/login/login.ts';
import { fetchHostKey } from '../transfer/session/fetch-host-key.ts';
import type { StartCheck, WizardCore } from '../ui/core.ts';
import { type Check, checkDisk, checkSource, checkState, checkTargets } from './checks.ts';
import type { CommandContext } from './command.ts';
import { countSource, gateCaveats } from './count-source.ts';
import { saveStack } from './error-report.ts';
import { gateReport } from './gallringsunderlag.ts';
import { joinWorker } from './join-worker.ts';
import { type KnownSizes, liveEstimates } from './live-estimates.ts';
import { errorOf } from './watch.ts';
import { wizardLog } from './wizard-log.ts';

const LOG_LINES = 500;

/** The checks of S0, one after the other, with the whole table after each. */
async function* startChecks(house: House, terminal: string): AsyncGenerator<readonly StartCheck[]> {
  const { targets, hostKeys } = await checkTargets(house, REGIONS);
  const plain = (detail: string): Check => ({ state: 'ok', detail, findings: [], exitCode: 0 });
  const checks: readonly [StartCheck['id'], () => Promise<Check>][] = [
    ['terminal', async () => plain(terminal)],
    ['settings', async () => plain(house.settings.file)],
    ['state', () => checkState(house)],
    ['targets', async () => targets],
    ['host_keys', async () => hostKeys],
    ['disk', () => checkDisk(house)],
    ['source', () => checkSource(house)],
  ];
  const rows: StartCheck[] = checks.map(([id]) => ({ id, state: 'waiting', detail: '' }));
  for (const [index, [id, check]] of checks.entries()) {
    rows[index] = { id, state: 'running', detail: '' };
    yield [...rows];
    const { state, detail, findings } = await check();
    rows[index] = { id, state, detail: state === 'warning' ? checkText.withRemarks(detail, findings.length) : detail };
  }
  yield rows;
}

async function lastLines(file: string): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      lines.push(line);
      if (lines.length > LOG_LINES) lines.shift();
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return lines;
}

/** The program as the wizard may ask it: every screen's question answered by the same functions that the commands call. */
export function wizardCore(context: CommandContext, house: House, terminal: string): WizardCore {
  const { state, settings, clock, operator } = house;
  const dialectOf = (code: string) => settings.targets[code]?.dialect ?? DEFAULT_DIALECT;
  const saving = (expectedRevision: number) => ({ state, clock, operator, expectedRevision });
  const withSource = async <T>(use: (source: ReturnType<typeof openSource>) => Promise<T>): Promise<T> => {
    const source = openSource(sourceSettings(settings));
    try {
      return await use(source);
    } finally {
      await source.close();
    }
  };
  const following = new Map<string, WorkerConnection>();
  const begin = async (region: string, typedName: string): Promise<void> => {
    const connection = await joinWorker(context, house, regionOf(region), typedName);
    try {
      // With the plan there is a delivery to show; an error before it is why there will be none.
      for await (const event of connection.events) {
        if (event.type === 'error') throw errorOf(event);
        return;
      }
      throw new OperatorError('worker_died', { region });
    } finally {
      connection.close();
    }
  };
  const tell = async (region: string, command: 'pause' | 'stop' | 'retry'): Promise<boolean> => {
    const connection = await connectToWorker(state.dir, region);
    connection?.send({ command, operator });
    connection?.close();
    return connection !== undefined;
  };
  const knownSizes: KnownSizes = new Map();
  return {
    clock,
    operator,
    isNewState: state.isNew,
    staging: settings.staging,
    startChecks: () => startChecks(house, terminal),
    overview: () =>
      viewRegions(
        state,
        REGIONS.map(({ code }) => code),
      ),
    async saveDecision(region, draft, revision) {
      await saveDecision(saving(revision), region, draft);
      return viewRegion(state, region);
    },
    async *estimates(visible, signal) {
      const source = openSource(sourceSettings(settings));
      try {
        yield* liveEstimates(source, dialectOf, visible, signal, knownSizes);
      } finally {
        await source.close();
      }
    },
    async review(region) {
      const target = settings.targets[region];
      const { deliveries } = await viewRegion(state, region);
      const latest = deliveries.at(-1);
      const isOpen = latest && latest.outcome !== 'done' && latest.outcome !== 'stopped';
      return {
        target: target
          ? {
              username: target.username,
              host: target.host,
              port: target.port,
              path: target.path,
              ...((await needsForwardedAgent(await receiverOf(settings, region), context.env)) && { agent: true as const }),
              hostKeyKnown: (await acceptedKeys(house, await receiverOf(settings, region))).length > 0,
            }
          : null,
        bag: isOpen
          ? latest.bag
          : bagName(regionOf(region), clock.today(), nextNumber(regionOf(region), clock.today(), await takenNames(state, deliveries))),
      };
    },
    start: begin,
    async *follow(region, signal): AsyncGenerator<DeliveryEvent> {
      const connection = await connectToWorker(state.dir, region);
      if (!connection) return;
      signal.addEventListener('abort', connection.close, { once: true });
      following.set(region, connection);
      try {
        for await (const event of connection.events) {
          const agent =
            event.type === 'credentials' && event.reason === 'agent' && !event.isOver && !event.isRetry && context.env.SSH_AUTH_SOCK;
          // This terminal's own agent needs no asking for.
          if (agent) connection.send({ command: 'credentials', operator, question: event.question, secret: agent });
          else yield event;
        }
      } finally {
        signal.removeEventListener('abort', connection.close);
      }
    },
    async pause(region) {
      await tell(region, 'pause');
    },
    resume: (region) => begin(region, regionOf(region).name),
    async retry(region) {
      await tell(region, 'retry');
    },
    async stop(region) {
      if (!(await tell(region, 'stop'))) await stopIdleDelivery(house, regionOf(region));
    },
    async answer(region, question, secret) {
      following.get(region)?.send({ command: 'credentials', operator, question, secret });
    },
    async hostKeys(region) {
      const { host, port, route } = await receiverOf(settings, region);
      const shown = await fetchHostKey(host, port, new AbortController().signal, route?.jump);
      return shown.map(({ type, fingerprint }) => ({ type, fingerprint }));
    },
    async trustHostKey(region, fingerprint) {
      await trustHostKey(house, regionOf(region), await receiverOf(settings, region), fingerprint, new AbortController().signal);
    },
    async saveReceipt(region, delivery, draft, revision) {
      const { deliveries } = await viewRegion(state, region);
      const found = deliveries.find(({ id }) => id === delivery);
      if (!found) throw new OperatorError('no_delivery', { region: regionOf(region).name });
      await saveKvittens(saving(revision), found, draft);
      return viewRegion(state, region);
    },
    async reversal(region, delivery) {
      const found = (await viewRegion(state, region)).deliveries.find(({ id }) => id === delivery);
      if (!found) throw new OperatorError('no_delivery', { region: regionOf(region).name });
      const file = join(stagedBag(settings.staging, found.bag), REVERSAL_FILE);
      return readFile(file, 'utf8').catch((error) => {
        throw givenPathError(error, file);
      });
    },
    async log(region) {
      if (region === undefined) return lastLines(wizardLog(state.dir));
      const latest = (await viewRegion(state, region)).deliveries.at(-1);
      return lastLines(latest ? deliveryFolder(state.dir, latest.id).log : join(runFolder(state.dir, region), 'worker.log'));
    },
    reportBug: saveStack,
    async unmetConditions(region) {
      const view = await viewRegion(state, region);
      const counted = await (settings.source ? withSource(countSource) : countSource(undefined));
      const { regions } = await gateReport(house, [view], counted, clock.today());
      const gates = regions[0]?.gates ?? [];
      return {
        perArea: new Map(
          view.areas.map(({ area }, index) => [area, (gates[index]?.unmet ?? []).map(({ code, facts }) => gateConditions[code](facts))]),
        ),
        caveats: gateCaveats(counted),
      };
    },
  };
}
