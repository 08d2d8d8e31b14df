// PostgreSQL, for several processes. Every writer takes one lock of the database first, so that every transaction of
// every process sees what the one before it left, as on SQLite: the rules need not know of other machines. Transactions
// that wait run as one, and so share the lock and a commit; if one of them fails, they run again with a savepoint for
// each.

import pg from 'pg'
import { type Clock, type Instant, systemClock } from '../../core/clock.ts'
import { BridgeError } from '../../core/errors.ts'
import type { Cell, Cells, Driver, SharedDriver, Tx, Work } from '../driver.ts'
import { isAgain, isLost, translate } from './failures.ts'
import { identityOf, identitySql, replaced } from './identity.ts'
import { lockedMode, migrate, outgrown, outgrownSql, writerLock } from './migrate.ts'
import { unusable } from './unusable.ts'

/** A statement of it failed, and the work that ran it swallowed the error. */
class NotCommitted extends BridgeError {}

/** What one of several threw, before the COMMIT was asked for. */
class Thrown extends Error {}

export type PostgresOptions = {
  url: string
  /** How many connections at most, two or more. */
  pool: number
  timeoutMs: number
  clock?: Pick<Clock, 'monotonic'>
  /** For tests: by how much the ledger's clock is ahead of the server's; or whose time it is. */
  offsetMs?: () => number
  time?: 'server' | 'caller'
}

/** By the statement that asks for the time. */
type Standing = { now: number; outgrown?: number | null; identity?: string }

type Waiting = {
  work: Work<unknown>
  at: Instant | undefined
  resolve: (value: never) => void
  reject: (error: unknown) => void
}

// Enough to share a commit well, few enough that no other process waits long for the lock.
const batchMax = 200

// Of a transaction that can simply be run again.
const attemptsMax = 5

// A clock that is kept right moves by much less, and the portal's minutes need not be counted closer than that.
const stepMsMin = 1000

// bigint and numeric come as text, because they may be too large for a number. No count, time or amount here is.
const numbers = new Set([20, 1700])
export const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (numbers.has(oid) ? Number : pg.types.getTypeParser(oid, format))
}

export const openPostgresDriver = async (options: PostgresOptions, owner: string): Promise<SharedDriver> => {
  const { url, pool: max, timeoutMs, clock = systemClock, offsetMs = () => 0, time: whose = 'server' } = options
  const open = (connections: number): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs * 2,
      allowExitOnIdle: true,
      types
    })
    // The query that uses a connection that dies gets the error; the next connection takes its place.
    pool.on('error', () => {})
    pool.on('connect', client => client.on('error', () => {}))
    return pool
  }
  // Large, slow transactions never take the last connection from small ones.
  const apart = open(Math.floor(max / 2))
  const pool = open(Math.ceil(max / 2))
  let queue: Waiting[] = []
  let running: Promise<void> | undefined
  let closed: Promise<void> | undefined
  const unfit = Promise.withResolvers<BridgeError>()
  // Empty until it is known, and where the database does not show it.
  let identity = ''
  // The server's time when this process's monotonic clock stood at zero, as the latest transaction told it: it lies
  // between these two.
  let zero: { from: Instant; to: Instant } | undefined
  let clockSteps = 0

  const connect = async (from: pg.Pool): Promise<pg.PoolClient> => {
    try {
      return await from.connect()
    } catch (error) {
      throw translate(error)
    }
  }

  const txOn = (client: pg.PoolClient, now: Instant): Tx => {
    const ask = async (sql: string, values: Cell[]): Promise<Cells[]> => {
      try {
        return (await client.query(marked(sql), values)).rows
      } catch (error) {
        throw translate(error)
      }
    }
    return {
      now,
      clockSteps,
      owner,
      one: async (sql, ...values) => (await ask(sql, values))[0],
      all: (sql, ...values) => ask(sql, values),
      run: async (sql, ...values) => void (await ask(sql, values))
    }
  }

  // One round trip. SET LOCAL ends with the transaction, so that a pooler in between may hand the connection on. A
  // commit that does not wait for the disk would break the ledger's first promise.
  const limits = `SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL lock_timeout = ${timeoutMs};
    SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs};`
  const durable = `SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') = 'off';`
  const time = `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`
  // A separate statement, so that it sees what was committed before the lock was free.
  const underLock = `${durable} SELECT pg_advisory_xact_lock(${writerLock}); ${time}, ${outgrownSql} AS outgrown`
  // Whichever server the connection leads to by now.
  const fit = () => (identity === '' ? underLock : `${underLock}, ${identitySql} AS identity`)

  /** Why this process can no longer write. */
  const misfit = ({ outgrown: version, identity: found = identity }: Omit<Standing, 'now'>): BridgeError | null => {
    if (typeof version === 'number') return outgrown(version)
    return found === identity ? null : replaced(identity, found)
  }

  const begin = async (client: pg.PoolClient, mode: string, first: string): Promise<Tx> => {
    const askedAt = clock.monotonic()
    const answers = await client.query(`BEGIN ${mode}; ${limits} ${first}`)
    const { now: server, ...more } = (answers as unknown as pg.QueryResult<Standing>[]).at(-1)?.rows[0] ?? { now: 0 }
    const cause = misfit(more)
    if (cause) {
      unfit.resolve(cause)
      throw new BridgeError('LEDGER_UNAVAILABLE', cause.message, { cause })
    }
    const now = server + offsetMs()
    const measured = { from: now - clock.monotonic(), to: now - askedAt }
    if (zero && (measured.from > zero.to + stepMsMin || measured.to < zero.from - stepMsMin)) clockSteps += 1
    zero = measured
    return txOn(client, now)
  }

  /** The server does not commit a transaction in which a statement failed, and does not answer with COMMIT. */
  const end = async (client: pg.PoolClient): Promise<void> => {
    const { command } = await client.query('COMMIT').catch(cause => {
      // Without an answer it may have been committed.
      throw cause instanceof pg.DatabaseError ? cause : new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause })
    })
    if (command !== 'COMMIT') throw new NotCommitted('LEDGER_UNAVAILABLE', `COMMIT was answered by ${command}`)
  }

  const timed = (tx: Tx, at: Instant | undefined): Tx =>
    whose === 'caller' && at !== undefined ? { ...tx, now: at } : tx

  type RunOne = (waiting: Waiting, tx: Tx, client: pg.PoolClient) => Promise<() => void>

  const run = async ({ work, at, resolve }: Waiting, tx: Tx): Promise<() => void> => {
    const value = await work(timed(tx, at))
    return () => resolve(value as never)
  }

  const runAsIs: RunOne = (waiting, tx) =>
    run(waiting, tx).catch(cause => {
      throw new Thrown('', { cause })
    })

  /** If it throws, no other is undone. */
  const runSaved: RunOne = async (waiting, tx, client) => {
    await client.query('SAVEPOINT event')
    try {
      const answer = await run(waiting, tx)
      await client.query('RELEASE event')
      return answer
    } catch (error) {
      if (isLost(error) || isAgain(error)) throw error
      await client.query('ROLLBACK TO event; RELEASE event')
      return () => waiting.reject(translate(error))
    }
  }

  const transact = async (batch: Waiting[], runOne: RunOne): Promise<(() => void)[]> => {
    const client = await connect(pool)
    let broken: Error | undefined
    try {
      const tx = await begin(client, lockedMode, fit())
      const answers: (() => void)[] = []
      for (const waiting of batch) answers.push(await runOne(waiting, tx, client))
      await end(client)
      return answers
    } catch (error) {
      await client.query('ROLLBACK').catch(cause => (broken = cause))
      throw error
    } finally {
      client.release(broken)
    }
  }

  /**
   * They hardly ever throw. Only if one does, each gets a savepoint, which costs it two more statements. What may have
   * been committed never runs again: it would answer differently the second time.
   */
  const transactAll = (batch: Waiting[]): Promise<(() => void)[]> =>
    transact(batch, runAsIs).catch(error => {
      const cause = error instanceof Thrown ? error.cause : error
      const isOfOne = error instanceof Thrown && !isLost(translate(cause)) && !isAgain(cause)
      if (batch.length === 1 || !(isOfOne || error instanceof NotCommitted)) throw cause
      return transact(batch, runSaved)
    })

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchMax)
      queue = queue.slice(batchMax)
      for (let attempt = 1; ; attempt += 1) {
        try {
          for (const answer of await transactAll(batch)) answer()
        } catch (error) {
          if (isAgain(error) && attempt < attemptsMax) continue
          for (const { reject } of batch) reject(translate(error))
        }
        break
      }
    }
    running = undefined
  }

  /** A transaction that waits for no turn. */
  const runAlone = async <T>(from: pg.Pool, mode: string, first: string, work: Work<T>): Promise<T> => {
    const client = await connect(from)
    let broken: Error | undefined
    try {
      const value = await work(await begin(client, mode, first))
      await end(client)
      return value
    } catch (error) {
      await client.query('ROLLBACK').catch(cause => (broken = cause))
      throw translate(error)
    } finally {
      client.release(broken)
    }
  }

  const read: Driver['read'] = (work, at) =>
    runAlone(pool, 'ISOLATION LEVEL REPEATABLE READ READ ONLY', time, tx => work(timed(tx, at)))

  const start = async (): Promise<void> => {
    await migrate(url, timeoutMs)
    identity = await identityOf(read)
  }
  await start().catch(async error => {
    await pool.end()
    throw unusable(url, error)
  })

  const close = async (): Promise<void> => {
    await running
    await Promise.all([pool.end(), apart.end()])
  }

  return {
    write: (work, at) =>
      new Promise((resolve, reject) => {
        queue.push({ work, at, resolve, reject })
        running ??= new Promise(resolve => setImmediate(resolve)).then(flush)
      }),
    read,
    writeApart: work => runAlone(apart, '', `${durable} ${time}`, work),
    now: () => Math.floor((zero?.from ?? 0) + clock.monotonic()),
    close: () => (closed ??= close()),
    identity,
    unfit: unfit.promise,
    beside: undefined,
    isShared: true
  }
}

// Every `?` in the ledger's SQL marks a value: no text or comment in it has one.
const marks = new Map<string, string>()
const marked = (sql: string): string =>
  marks.getOrInsertComputed(sql, () => {
    let count = 0
    return sql.replace(/\?/g, () => `$${++count}`)
  })
