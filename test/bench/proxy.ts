import { startTcpProxy } from '../support/tcp-proxy.ts';

const [upstream, oneWayMs] = process.argv.slice(2).map(Number);
const proxy = await startTcpProxy(upstream ?? 0);
proxy.delay(oneWayMs ?? 0);
console.log(proxy.port);
