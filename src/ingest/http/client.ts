/**
 * One GET over undici: connections pooled and limited per host, every wait bounded, redirects followed to allowed hosts
 * only. Retries are not made here.
 */
import { Agent, buildConnector, Pool } from 'undici';
import { SunganError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { Exchange } from './exchange.ts';
import { createSocketMemory } from './socket-memory.ts';

export interface HttpAnswer {
  status: number;
  /** Lower-case names; of repeated headers the first. */
  headers: Record<string, string>;
  /** Must be read to its end or destroyed. */
  body: Pick<Exchange, 'read' | 'destroy'>;
  /** After redirects. */
  url: string;
}

export interface HttpClient {
  get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** Concurrent connections to a host (with port, where it is not the default). */
  connectionsOf(host: string): number;
  /** Longest silence, in milliseconds: before the headers, and between two pieces of the body. */
  idleTimeoutMs: number;
  /** Hosts (with port, where it is not the default) that may be spoken to. */
  allowedHosts: ReadonlySet<string>;
}

const CONNECT_TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 3;

export function createHttpClient({
  connectionsOf,
  idleTimeoutMs,
  allowedHosts,
}: HttpClientOptions): HttpClient {
  const agent = new Agent({
    factory: (origin, settings) =>
      new Pool(origin, { ...settings, connections: connectionsOf(new URL(origin).host) }),
    pipelining: 1,
    connect: createConnector(Math.min(CONNECT_TIMEOUT_MS, idleTimeoutMs)),
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    keepAliveTimeout: 30_000,
  });

  const get: HttpClient['get'] = async (address, headers, signal) => {
    let url = requireAllowed(address, allowedHosts);
    for (let redirects = 0; ; redirects++) {
      signal.throwIfAborted();
      const body = new Exchange(signal);
      const asked = {
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET' as const,
        headers: { 'user-agent': `sungan/${VERSION}`, 'accept-encoding': 'identity', ...headers },
      };
      agent.dispatch(asked, body);
      const head = await body.head;
      const location = head.headers['location'];
      if (head.status < 300 || head.status > 399 || typeof location !== 'string')
        return { status: head.status, headers: firstValues(head.headers), body, url: url.href };
      body.destroy();
      if (redirects === MAX_REDIRECTS) throw refusal('too many redirects', address);
      url = requireAllowed(new URL(location, url).href, allowedHosts);
    }
  };

  return { get, close: () => agent.destroy() };
}

function createConnector(timeout: number): buildConnector.connector {
  // What is decrypted comes from OpenSSL in pieces of its own.
  const secure = buildConnector({ timeout });
  return (options, callback) =>
    options.protocol === 'https:'
      ? secure(options, callback)
      : buildConnector({ timeout, onread: createSocketMemory() })(options, callback);
}

/** An address that may be asked: http or https, no password, a host of the configuration. */
function requireAllowed(address: string, allowedHosts: ReadonlySet<string>): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refusal('not an http(s) address', address);
  if (url.username || url.password) throw refusal('address with a password', url.host);
  if (!allowedHosts.has(url.host))
    throw refusal(`redirect or link to a host that is not configured (${url.host})`, address);
  return url;
}

/** Without the query, which may hold somebody's e-mail address. */
function refusal(message: string, where: string): SunganError {
  return new SunganError('network', message, { where: where.split('?')[0]! });
}

function firstValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name.toLowerCase(), first] as const];
  });
  return Object.fromEntries(entries);
}
