// A real PostgreSQL server for one test or bench, which ends with it.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { startEmbeddedPostgres } from '../src/commands/embedded-postgres.ts'
import { type Disposable, temporaryFolder } from './end-to-end/bridge-process.ts'

export type PostgresServer = {
  /** The address of a new, empty database. */
  database: () => Promise<string>
  /** Kills the server without a goodbye. */
  stop: () => Promise<void>
  /**
   * Stops it, as `pg_ctl -m fast` or `-m immediate` would, and starts it on the same files. `meanwhile`: while it is
   * away.
   */
  restart: (mode: 'fast' | 'immediate', meanwhile?: () => Promise<void>) => Promise<void>
  /** Kills it, and lets a replica take over that has all it had. */
  replace: () => Promise<void>
}

const password = 'only-for-tests'
const signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const

// A test that pulls the plug tests the bridge, not the disk.
const hasty = ['-c', 'fsync=off', '-c', 'full_page_writes=off']

/** `syncs`: every commit waits for the disk, as a figure needs it. */
export const startPostgresServer = async (t: Disposable, { syncs = false } = {}): Promise<PostgresServer> => {
  const flags = ['-c', 'max_connections=200', ...(syncs ? [] : hasty)]
  const { server, url } = await startEmbeddedPostgres(temporaryFolder(t), { password, flags })
  let admin: pg.Client | undefined
  const administer = async (): Promise<pg.Client> => {
    if (admin) return admin
    admin = server.getPgClient()
    await admin.connect()
    return admin
  }
  const leave = async (): Promise<void> => {
    const leaving = admin
    admin = undefined
    await leaving?.end()
  }
  t.teardown(async () => {
    await leave().catch(() => {})
    await server.stop()
  })
  const end = async (mode: keyof typeof signals): Promise<void> => {
    await leave()
    const { process: running } = server as unknown as { process: ChildProcess }
    const exited = once(running, 'exit')
    running.kill(signals[mode])
    await exited
  }
  let databases = 0
  return {
    async database() {
      const name = `test_${++databases}`
      await (await administer()).query(`CREATE DATABASE ${name}`)
      return url(name)
    },
    stop: () => server.stop(),
    async restart(mode, meanwhile = async () => {}) {
      await end(mode)
      await meanwhile()
      await server.start()
    },
    async replace() {
      await end('immediate')
      const { options } = server as unknown as { options: { databaseDir: string; onLog: (line: string) => void } }
      writeFileSync(join(options.databaseDir, 'standby.signal'), '')
      const following = Promise.withResolvers<void>()
      options.onLog = line => {
        if (/read-only connections/.test(line)) following.resolve()
      }
      const started = server.start()
      await following.promise
      await (await administer()).query('SELECT pg_promote()')
      await started
    }
  }
}
