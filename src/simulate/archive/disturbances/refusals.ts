/** Answers that are no file: errors with a status, and errors that pretend to be success. */
import { errorPage } from '../pages.ts';
import { send, textReply } from '../reply.ts';
import type { Disturbance, Exchange } from './types.ts';

const PAGE = 'text/html; charset=iso-8859-1';
/** Pauses that servers ask for, seconds: short, so that a drill with a real clock ends. */
const PAUSES = [1, 2, 3];

function refuse({ request, response }: Exchange, status: number, title: string, headers = {}): void {
  send(
    request,
    response,
    textReply(status, PAGE, errorPage(`${status} ${title}`, title, 'SIMULATED trouble.'), headers),
  );
}

/** A file that is there, and for once is said not to be. */
export const notFound: Disturbance = {
  spoils: 'file',
  spoil: (exchange) => refuse(exchange, 404, 'Not Found'),
};

export const tooManyRequests: Disturbance = {
  spoils: 'all',
  spoil: (exchange) =>
    refuse(exchange, 429, 'Too Many Requests', {
      'Retry-After': PAUSES[exchange.random.int(PAUSES.length)]!,
    }),
};

/** Retry-After comes in seconds or as a date. */
export const unavailable: Disturbance = {
  spoils: 'all',
  spoil(exchange) {
    const seconds = PAUSES[exchange.random.int(PAUSES.length)]!;
    const asDate = new Date(Date.now() + seconds * 1000).toUTCString();
    const pause = exchange.random.uniform() < 0.5 ? seconds : asDate;
    refuse(exchange, 503, 'Service Temporarily Unavailable', { 'Retry-After': pause });
  },
};

export const serverError: Disturbance = {
  spoils: 'all',
  spoil: (exchange) => refuse(exchange, 500, 'Internal Server Error'),
};

/** HTTP 200 with an error for a body, as JSOC answers. */
export const errorBody: Disturbance = {
  spoils: 'file',
  spoil({ request, response }) {
    const page = errorPage('JSOC error', 'Database is down', 'SIMULATED trouble under status 200.');
    send(request, response, textReply(200, 'text/html;charset=UTF-8', page));
  },
};

/** An error in the JSON, under HTTP 200: the database is away for a moment. Exports that were asked for may be under way. */
export const jsocError: Disturbance = {
  spoils: 'jsoc',
  spoil({ request, response, jsoc }) {
    const answer =
      jsoc === 'export'
        ? { status: 4, error: 'Cant save new export-request hash (SIMULATED trouble)' }
        : { status: 1, error: 'DRMS: cannot connect to the database (SIMULATED trouble)' };
    send(request, response, textReply(200, 'application/json', `${JSON.stringify(answer)}\n`));
  },
};
