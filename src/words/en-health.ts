// What health says, in English. A `problem` is a sentence of ours, or is in the words of the other side.

import { duration } from './en-duration.ts'

const clock = 'look at the clock of this machine'

export const healthWords = {
  health: {
    eventsNotKept: () => 'events cannot be kept: look at the free space of DATA_DIR, at the database, and at the log',
    bug: () => 'because of a bug, health cannot be reported: look at the log',
    clockAhead: (seconds: number) =>
      `the clock of this machine, or of PostgreSQL, jumped ${duration(seconds)} ahead: set it right`,
    clockBack: (seconds: number) =>
      `the clock of this machine, or of PostgreSQL, jumped ${duration(seconds)} back: set it right`,
    uncounted: (cause: string) =>
      `nothing is delivered: ledger.sqlite.sent in DATA_DIR cannot be written (${cause}); check who owns it, and how much space is free`,
    workerStill: () => 'the worker is stuck: restart the bridge',
    oldest: (seconds: number) => `the oldest for ${duration(seconds)}`,
    oldestAhead: (seconds: number) => `the oldest is dated ${duration(seconds)} ahead of now: ${clock}`,
    needPerson: () => 'these need a person',
    portalRefuses: () => 'the portal refuses PORTAL_TOKEN: make a new API key',
    portalDown: (seconds: number) => `the portal has not answered for ${duration(seconds)}`,
    mailWaits: (seconds: number) =>
      `a mail to ALERT_EMAIL has waited for ${duration(seconds)}: look at SMTP_URL, and at the log`,
    alike: (numbers: string, more: number) =>
      `${numbers}${more > 0 ? ` and ${more} more` : ''}: kept beside a number that only looks different; check in the portal whether one invoice is there twice`,
    readingFailed: (problem: string, seconds: number) => `${problem}, for ${duration(seconds)}`,
    readingUnclear: (problem: string, seconds: number) =>
      `${problem}, for ${duration(seconds)}: what is in doubt waits`,
    firstReading: () => 'the portal is being read for the first time; deliveries begin when that is done',
    firstReadingStill: (seconds: number) => `the first reading has made no progress for ${duration(seconds)}`,
    read: (seconds: number) => `the portal was last read ${duration(seconds)} ago`,
    readAhead: (seconds: number) => `the portal was last read ${duration(seconds)} ahead of now: ${clock}`,
    readWhole: (seconds: number) => `the portal was last read as a whole ${duration(seconds)} ago`,
    readWholeAhead: (seconds: number) =>
      `the portal was last read as a whole ${duration(seconds)} ahead of now: ${clock}`,
    backlog: (minutes: number) => `what waits takes about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
    noTool: () => 'no tool is set up: set INTAKE_SECRET',
    secretMissing: (variable: string) => `webhook secret missing: ${variable}`,
    toolRefuses: (problem: string) => `it refuses its API token: make a new one. ${problem}`,
    notAsked: (problem: string) => problem,
    asked: (seconds: number, problem: string) => `${after(problem)}last asked ${duration(seconds)} ago`,
    askedAhead: (seconds: number, problem: string) =>
      `${after(problem)}last asked ${duration(seconds)} ahead of now: ${clock}`,
    unproven: (requests: number, causes: string, last: string) =>
      `${requests} ${requests === 1 ? 'request' : 'requests'} refused (${causes}), last at ${last}`.replace(
        'NOT_AUTHENTIC',
        'wrong secret?'
      ),
    unreadable: (requests: number, reasons: string, since: string, last: string) =>
      `${requests} authentic ${requests === 1 ? 'request' : 'requests'} refused since ${since}, last at ${last} (${reasons}): correct the sender, and send again`,
    guessing: (clients: number) =>
      `OPERATOR_TOKEN is being guessed: ${clients} ${clients === 1 ? 'client is' : 'clients are'} locked out; the log says which`,
    strangers: () =>
      'unproven requests take all places, so that senders may have to wait: look at who sends them. Behind a proxy TRUST_PROXY_HEADER tells clients apart'
  }
}

const after = (problem: string): string => (problem === '' ? '' : `${problem}; `)
